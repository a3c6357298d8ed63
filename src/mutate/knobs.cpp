#include "src/mutate/knobs.hpp"

#include <algorithm>
#include <cstring>

#include "spec/lang/edit.hpp"
#include "spec/lang/memory.hpp"
#include "spec/lang/rewrite.hpp"
#include "src/check/hints.hpp"
#include "src/check/seek.hpp"
#include "src/mutate/progress.hpp"
#include "src/review/side.hpp"

namespace pasid::mutate {
namespace {

/// Rules, axioms and what is proved or assumed are one text under both.
bool one_text(lang::Tree tree, const spec::NativeFacts& a, const spec::NativeFacts& b) {
  const auto same_rule = [](const lang::RuleTree& x, const lang::RuleTree& y) {
    return x.label == y.label && lang::same(x, y);
  };
  if (!std::ranges::equal(review::rules_of(tree, tree.rules, a), review::rules_of(tree, tree.rules, b), same_rule))
    return false;
  return std::ranges::all_of(tree.formulas, [&](const lang::Formula& f) {
    const auto folded = [&](const spec::NativeFacts& knobs) {
      return std::pair(lang::fold(tree, f.body, &knobs), lang::fold(tree, f.applies, &knobs));
    };
    return f.kind == lang::FormulaKind::axiom ? lang::fold(tree, f.body, &a) == lang::fold(tree, f.body, &b)
                                              : folded(a) == folded(b);
  });
}

std::optional<Verdict> judged(const Original& original, const Mutant& m, const KnobOptions& options) {
  if (one_text(original.tree, original.knobs, m.facts))
    return Verdict{Fate::equivalent, "no rule, axiom or property of the design reads it", 0, {}};
  smt::ProveOptions how;
  how.hints = check::proof_hints();
  how.precedents = options.precedents;
  const smt::Proof now = smt::prove(original.tree, m.facts, how);
  if (!now.axioms_satisfiable) return std::nullopt;  // nothing falls in no world: see knob_readings()
  explore::Options search;
  search.reading = check::search_reading();
  search.max_states = options.max_states;
  std::vector<int> fallen;
  for (const int p : original.proved) {
    const smt::Item* item = now.find(search.reading.properties[static_cast<std::size_t>(p)].name);
    if (item != nullptr && (item->status == smt::Status::dropped || item->status == smt::Status::unknown))
      fallen.push_back(p);
  }
  if (fallen.empty()) return std::nullopt;
  std::optional<Verdict> shortest;
  for (const check::Sought& found : check::seek(original.tree, m.facts, fallen, search)) {
    if (!found.path || (shortest && shortest->steps <= found.path->steps.size())) continue;
    const auto p = static_cast<std::size_t>(found.property);
    shortest = Verdict{Fate::property, std::string(search.reading.properties[p].name), found.path->steps.size(), {}};
  }
  return shortest;
}

}  // namespace

spec::NativeFacts with_knobs(const lang::Tree& tree, spec::NativeFacts world, const spec::NativeFacts& knobs) {
  auto* const to = reinterpret_cast<std::uint8_t*>(&world);
  const auto* const from = reinterpret_cast<const std::uint8_t*>(&knobs);
  for (const lang::CellInfo& cell : tree.cells) {
    if (!lang::is_knob(cell)) continue;
    std::size_t bytes = 1;
    for (const lang::SortInfo* s : cell.index) bytes *= static_cast<std::size_t>(s->capacity) + 1;
    std::memcpy(to + cell.offset, from + cell.offset, bytes);
  }
  return world;
}

std::vector<std::optional<Verdict>> judge_knobs(const Original& original, std::span<const Mutant> mutants,
                                                const KnobOptions& options) {
  std::vector<std::optional<Verdict>> out(mutants.size());
  told_in_parallel(mutants.size(), options.threads, options.progress, "knobs",
                   [&](std::size_t i, unsigned) { out[i] = judged(original, mutants[i], options); });
  return out;
}

}  // namespace pasid::mutate
