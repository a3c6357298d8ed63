#include "src/trace/sequence.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "spec/lang/memory.hpp"
#include "src/trace/explain.hpp"
#include "src/trace/layout.hpp"
#include "src/trace/names.hpp"
#include "src/trace/steps.hpp"

namespace pasid::trace {
namespace {

using lang::CellInfo;
using lang::SortInfo;
using lang::SortKind;

struct Participant {
  const SortInfo* sort;
  std::uint8_t value;
  friend bool operator==(const Participant&, const Participant&) = default;
};

bool participates(const SortInfo* sort) { return sort->name == "As" || sort->name == "Dev" || sort->name == "Unit"; }

struct Message {
  Participant from;
  std::optional<Participant> to;
  std::string label;
  std::vector<std::string> changed;
};

class Diagram {
 public:
  Diagram(const lang::Tree& tree, const Trace& trace) : tree_(tree), trace_(trace), names_(tree, trace.facts) {}

  Sequence drawn() {
    std::vector<Message> messages;
    for (std::size_t i = 0; i < trace_.steps.size(); ++i) messages.push_back(message(i));
    // Software stands to the left of hardware.
    std::ranges::sort(participants_, {}, [](const Participant& p) {
      return std::pair(p.sort->name == "As" ? 0 : p.sort->name == "Dev" ? 1 : 2, p.value);
    });

    Sequence out;
    const bool kernel = std::ranges::any_of(messages, [](const Message& m) { return m.from.value == 0; });
    if (kernel || messages.empty()) out.lanes.push_back({std::string(Sequence::kernel), std::string(Sequence::kernel)});
    for (const Participant& p : participants_) out.lanes.push_back({name(p), description(p)});
    for (Message& m : messages)
      out.messages.push_back({name(m.from), name(m.to.value_or(m.from)), std::move(m.label), std::move(m.changed)});
    out.verdict = verdict();
    return out;
  }

 private:
  std::string name(const Participant& p) const {
    return p.value == 0 ? std::string(Sequence::kernel) : names_(p.sort, p.value);
  }

  /// "dev1 (iommu1)", "A (mm)": the first fact of a single element.
  std::string description(const Participant& p) const {
    for (const CellInfo& cell : tree_.cells)
      if (cell.rigid && cell.index.size() == 1 && cell.index[0] == p.sort && p.value != 0)
        return fmt::format("{} ({})", name(p), names_(cell.value, read(cell, p.value, trace_.initial)));
    return name(p);
  }

  std::uint8_t read(const CellInfo& cell, std::uint8_t index, const spec::NativeState& s) const {
    return holder(cell, trace_.facts, s)[lang::place(cell, std::array{index})];
  }

  /// The participants an element stands for: itself, or what the cells of that element alone lead to, one cell after
  /// the other: work leads to the device of its queue, then to its submitter.
  std::vector<Participant> stands_for(const SortInfo* sort, std::uint8_t value, std::size_t i) const {
    std::vector<Participant> reached;
    reach({sort, value}, i, reached);
    std::erase_if(reached, [](const Participant& p) { return !participates(p.sort); });
    return reached;
  }
  void reach(const Participant& at, std::size_t i, std::vector<Participant>& reached) const {
    if (std::ranges::find(reached, at) != reached.end()) return;
    reached.push_back(at);
    if (participates(at.sort)) return;
    for (const CellInfo& cell : tree_.cells) {
      if (cell.index.size() != 1 || cell.index[0] != at.sort || cell.value->kind != SortKind::entity) continue;
      // What the step makes of it, or what it was where the step ends it.
      std::uint8_t to = read(cell, at.value, trace_.steps[i].after);
      if (to == 0) to = read(cell, at.value, trace_.before(i));
      if (to != 0) reach({cell.value, to}, i, reached);
    }
  }

  Message message(std::size_t i) {
    const Step& step = trace_.steps[i];
    const auto args = arguments(tree_, step);
    std::vector<Participant> named;
    const auto add = [&](const Participant& p) {
      if (std::ranges::find(named, p) == named.end()) named.push_back(p);
    };
    // The first argument's own participant is the sender; then those named as arguments, then those reached.
    for (const Argument& a : args) {
      if (a.sort->kind != SortKind::entity || a.value == 0) continue;
      const auto reached = stands_for(a.sort, a.value, i);
      if (named.empty() && !reached.empty()) add(reached.front());
    }
    for (const Argument& a : args)
      if (participates(a.sort) && a.value != 0) add({a.sort, a.value});
    for (const Argument& a : args)
      if (a.sort->kind == SortKind::entity && a.value != 0) std::ranges::for_each(stands_for(a.sort, a.value, i), add);

    Message m{named.empty() ? Participant{nullptr, 0} : named[0], {}, step.label, {}};
    if (named.size() > 1) m.to = named[1];
    std::vector<std::string> shown;
    for (const Argument& a : args) {
      const bool drawn =
          participates(a.sort) && (m.from == Participant{a.sort, a.value} || m.to == Participant{a.sort, a.value});
      if (notable(a) && !drawn) shown.push_back(fmt::format("{}={}", a.name, names_(a.sort, a.value)));
    }
    m.label += "(" + joined(shown, ", ") + ")";
    if (step.refused) m.label += " " + error_text(*step.refused);
    for (const Participant* p : {&m.from, m.to ? &*m.to : nullptr})
      if (p != nullptr && p->value != 0 && std::ranges::find(participants_, *p) == participants_.end())
        participants_.push_back(*p);

    constexpr std::size_t most = 4;
    const auto all = changes(tree_, trace_.facts, trace_.before(i), step.after);
    for (const Change& c : all) {
      if (m.changed.size() == most) {
        m.changed.push_back(fmt::format("… and {} more", all.size() - most));
        break;
      }
      const bool boolean = c.cell->value->kind == SortKind::boolean;
      const std::string cell = cell_text(names_, *c.cell, c.index);
      m.changed.push_back(
          boolean ? fmt::format("{}: {}", cell, c.to != 0 ? "set" : "cleared")
                  : fmt::format("{}: {} → {}", cell, names_(c.cell->value, c.from), names_(c.cell->value, c.to)));
    }
    return m;
  }

  std::vector<std::string> verdict() const {
    const lang::Formula* formula = tree_.formula_named(trace_.property);
    if (formula == nullptr) return {};
    const auto why = explain(tree_, trace_.facts, trace_.before_last(), trace_.last(), formula->body);
    if (!why) return {};
    return {trace_.property + " is violated for " + joined(why->instance, ", "),
            "expected " + joined(why->expected, " or "), "found " + joined(why->found, ", ")};
  }

  const lang::Tree& tree_;
  const Trace& trace_;
  Names names_;
  std::vector<Participant> participants_;
};

}  // namespace

Sequence sequence(const lang::Tree& tree, const Trace& trace) { return Diagram(tree, trace).drawn(); }

}  // namespace pasid::trace
