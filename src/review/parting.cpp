#include "src/review/parting.hpp"

#include <algorithm>
#include <cstring>

#include "spec/lang/memory.hpp"
#include "src/review/rule_diff.hpp"
#include "src/trace/layout.hpp"
#include "src/trace/names.hpp"
#include "src/trace/steps.hpp"

namespace pasid::review {
namespace {

using spec::NativeFacts;
using spec::NativeState;

/// The world of the trace, with the knobs of another design.
NativeFacts with_knobs(const lang::Tree& tree, NativeFacts facts, const NativeFacts& knobs) {
  auto* const to = reinterpret_cast<std::uint8_t*>(&facts);
  const auto* const from = reinterpret_cast<const std::uint8_t*>(&knobs);
  for (const lang::CellInfo& cell : tree.cells) {
    if (!lang::is_knob(cell)) continue;
    lang::each_index(facts, cell, [&](std::span<const std::uint8_t> index) {
      to[lang::place(cell, index)] = from[lang::place(cell, index)];
    });
  }
  return facts;
}

std::string differing_cells(const lang::Tree& tree, const NativeFacts& facts, const NativeState& theirs,
                            const NativeState& here) {
  const trace::Names names(tree, facts);
  std::vector<std::string> out;
  for (const trace::Change& c : trace::changes(tree, facts, theirs, here))
    out.push_back(trace::cell_text(names, *c.cell, c.index) + ": " + names(c.cell->value, c.from) + ", here " +
                  names(c.cell->value, c.to));
  constexpr std::size_t most = 3;
  const std::size_t more = out.size() > most ? out.size() - most : 0;
  out.resize(out.size() - more);
  return trace::joined(out, "; ") + (more > 0 ? "; and " + std::to_string(more) + " more" : "");
}

/// Runs the firings of a trace in the other design.
class Run {
 public:
  Run(const trace::Trace& trace, const Side& from, const Side& to)
      : trace_(trace), from_(from), to_(to), facts_(with_knobs(*to.tree, trace.facts, to.knobs)),
        counterparts_(counterparts(from, to)), state_(trace.initial) {}

  std::optional<Parting> operator()() {
    if (const auto* axiom = spec::broken_axiom(facts_))
      return Parting{.kind = Parting::Kind::world, .guard = std::string(axiom->name)};
    for (std::size_t i = 0; i < trace_.steps.size(); ++i) {
      for (const trace::Firing& f : trace_.steps[i].firings)
        if (auto p = fire(f)) {
          p->step = i + 1;
          p->label = trace_.steps[i].label;
          return p;
        }
      if (std::memcmp(&state_, &trace_.steps[i].after, sizeof state_) != 0)
        return Parting{.kind = Parting::Kind::state,
                       .step = i + 1,
                       .label = trace_.steps[i].label,
                       .rule = last_,
                       .changes = differing_cells(*to_.tree, facts_, trace_.steps[i].after, state_)};
    }
    return std::nullopt;
  }

 private:
  std::optional<Parting> fire(const trace::Firing& f) {
    const lang::RuleTree& rule = from_.tree->rules[static_cast<std::size_t>(f.rule)];
    const std::string label(rule.label);
    const auto known = counterparts_.find(label);
    if (known == counterparts_.end() || known->second.empty())
      return Parting{.kind = Parting::Kind::no_rule, .rule = label};
    last_ = known->second;
    const int number = to_.tree->rule_named(last_);
    const lang::RuleTree& other = to_.tree->rules[static_cast<std::size_t>(number)];
    std::array<std::uint8_t, spec::max_params> args{};
    for (std::size_t k = 0; k < other.params.size(); ++k) {
      const auto same = std::ranges::find(rule.params, other.params[k].name, &lang::Param::name);
      // Of what the other rule alone is told, an environment does the ordinary thing.
      args[k] =
          same == rule.params.end() ? std::uint8_t{1} : f.args[static_cast<std::size_t>(same - rule.params.begin())];
    }
    NativeState next = state_;
    const lang::Outcome outcome =
        to_.reading.rules[static_cast<std::size_t>(number)].apply(facts_, state_, next, args.data(), false);
    if (outcome.kind != lang::Outcome::Kind::done)
      return Parting{.kind = Parting::Kind::refused,
                     .rule = last_,
                     .guard = outcome.label,
                     .err = outcome.err,
                     .cites = std::string(other.source)};
    state_ = next;
    return std::nullopt;
  }

  const trace::Trace& trace_;
  const Side& from_;
  const Side& to_;
  NativeFacts facts_;
  std::map<std::string, std::string> counterparts_;
  NativeState state_;
  std::string last_;
};

}  // namespace

std::optional<Parting> parting(const trace::Trace& trace, const Side& from, const Side& to) {
  return Run(trace, from, to)();
}

std::string in_words(const Parting& p) {
  const std::string step = "step " + std::to_string(p.step) + ", " + p.label;
  switch (p.kind) {
    case Parting::Kind::world: return "not in this world, for which " + p.guard + " does not hold";
    case Parting::Kind::no_rule: return step + ": there is no " + p.rule;
    case Parting::Kind::refused: {
      const char* const err = p.err == 0 ? nullptr : strerrorname_np(p.err);
      const std::string what = err == nullptr ? "cannot happen" : "-" + std::string(err);
      return step + ": " + what + " (" + p.guard + "); " + p.cites;
    }
    case Parting::Kind::state: return step + ", has another effect: " + p.changes;
  }
  return {};
}

}  // namespace pasid::review
