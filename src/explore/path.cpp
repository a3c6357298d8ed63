#include "src/explore/path.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <stdexcept>

#include "src/explore/renaming.hpp"
#include "src/explore/scope.hpp"

namespace pasid::explore {
namespace {

using lang::SortInfo;

const std::vector<lang::Param>& params(const lang::Tree& tree, const Fired& fired) {
  return tree.rules[static_cast<std::size_t>(fired.rule)].params;
}

Path renamed(const lang::Tree& tree, const Path& path, const Renaming& names) {
  Path out{renamed(tree, path.facts, names), path.steps};
  for (PathStep& step : out.steps) {
    step.after = renamed(tree, path.facts, step.after, names);
    const auto rename = [&](Fired& f) {
      const auto& sorts = params(tree, f);
      for (std::size_t k = 0; k < sorts.size(); ++k) f.args[k] = names(sorts[k].sort, f.args[k]);
    };
    std::ranges::for_each(step.fired, rename);
    if (step.refused) rename(step.refused->section);
  }
  return out;
}

/// Hands out names in the order in which entities are met.
class Naming {
 public:
  void meet(const SortInfo* sort, std::uint8_t x) {
    if (sort->kind != lang::SortKind::entity || x == 0) return;
    const auto s = static_cast<std::size_t>(sort->index);
    if (names_.to[s][x] != 0) return;
    names_.to[s][x] = ++count_[s];
    met_[s].push_back(x);
  }
  /// The elements of a sort in the order of their names so far.
  [[nodiscard]] const std::vector<std::uint8_t>& met(const SortInfo* sort) const {
    return met_[static_cast<std::size_t>(sort->index)];
  }
  [[nodiscard]] const Renaming& names() const { return names_; }

 private:
  Renaming names_{};
  std::array<std::uint8_t, lang::max_entity_sorts> count_{};
  std::array<std::vector<std::uint8_t>, lang::max_entity_sorts> met_;
};

/// Meets what the facts say of the elements that index them, in the order of these.
void meet_in_facts(const lang::Tree& tree, const spec::NativeFacts& facts, Naming& naming) {
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(&facts);
  for (const lang::CellInfo& cell : tree.cells) {
    if (!cell.rigid || cell.value->kind != lang::SortKind::entity || cell.index.size() != 1 ||
        cell.index[0]->kind != lang::SortKind::entity)
      continue;
    const auto in_order = naming.met(cell.index[0]);
    for (const std::uint8_t x : in_order) naming.meet(cell.value, bytes[lang::place(cell, std::span(&x, 1))]);
  }
}

[[noreturn]] void fail(const Path& path, std::size_t step, const std::string& what) {
  throw std::logic_error("replay: step " + std::to_string(step + 1) + " of " + std::to_string(path.steps.size()) +
                         " (" + path.steps[step].label + "): " + what);
}

bool same(const spec::NativeState& a, const spec::NativeState& b) { return std::memcmp(&a, &b, sizeof a) == 0; }

/// The first rule that does not fire; none if all do and leave the states of the path.
struct Mismatch {
  std::size_t step;
  std::string what;
};
std::optional<Mismatch> mismatch(const Reading& reading, const Path& path, bool policies) {
  spec::NativeState state;
  for (std::size_t i = 0; i < path.steps.size(); ++i) {
    const PathStep& step = path.steps[i];
    for (std::size_t k = 0; k <= step.fired.size(); ++k) {
      spec::NativeState next = state;
      const auto tried = [&](const Fired& f) {
        return reading.rules.at(static_cast<std::size_t>(f.rule))
            .apply(path.facts, state, next, f.args.data(), policies);
      };
      if (step.refused && step.refused->at == k) {
        const Refusal& r = *step.refused;
        const lang::Outcome outcome = tried(r.section);
        if (outcome.kind != lang::Outcome::Kind::refused || outcome.err != r.err || outcome.label != r.guard)
          return Mismatch{i, "'" + std::string(r.guard) + "' does not refuse"};
      }
      if (k == step.fired.size()) break;
      const lang::Outcome outcome = tried(step.fired[k]);
      if (outcome.kind != lang::Outcome::Kind::done)
        return Mismatch{i, "rule '" +
                               std::string(reading.rules.at(static_cast<std::size_t>(step.fired[k].rule)).label) +
                               "' does not fire: " + outcome.label};
      state = next;
    }
    if (!same(state, path.steps[i].after)) return Mismatch{i, "the state after it is another"};
  }
  return std::nullopt;
}

}  // namespace

Path named_by_first_use(const lang::Tree& tree, const Path& path) {
  Naming naming;
  const auto meet = [&](const Fired& f) {
    const auto& sorts = params(tree, f);
    for (std::size_t k = 0; k < sorts.size(); ++k) naming.meet(sorts[k].sort, f.args[k]);
  };
  for (const PathStep& step : path.steps) {
    std::ranges::for_each(step.fired, meet);
    if (step.refused) meet(step.refused->section);
  }
  meet_in_facts(tree, path.facts, naming);
  for (const SortInfo* s : entity_sorts(tree)) {
    for (int x = 1; x <= lang::size_of(path.facts, s); ++x) naming.meet(s, static_cast<std::uint8_t>(x));
    meet_in_facts(tree, path.facts, naming);
  }
  return renamed(tree, path, naming.names());
}

void replay(const Reading& reading, const Path& path) {
  if (const auto found = mismatch(reading, path, false)) fail(path, found->step, found->what);
}

bool possible_under_policy(const lang::Tree& tree, const Path& path, const Reading& reading) {
  const SortInfo* const pasid = &lang::sort_info<spec::Pasid>;
  Renaming names = Renaming::identity();
  return std::ranges::any_of(permutations(lang::size_of(path.facts, pasid)), [&](const auto& row) {
    names.to[static_cast<std::size_t>(pasid->index)] = row;
    return !mismatch(reading, renamed(tree, path, names), true);
  });
}

}  // namespace pasid::explore
