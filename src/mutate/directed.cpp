#include "src/mutate/directed.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "src/check/scopes.hpp"
#include "src/check/seek.hpp"
#include "src/explore/topology.hpp"
#include "src/mutate/equivalence.hpp"
#include "src/mutate/probe.hpp"
#include "src/mutate/progress.hpp"

namespace pasid::mutate {
namespace {

constexpr std::string_view the_same = "the same step";
/// The first time round each world gets one in so many of the states.
constexpr std::size_t near = 64;

/// That the mutant does what the rule does, as a property of states; which becomes the last of the tree's.
void add_sameness(lang::Tree& tree, const lang::RuleTree& rule, const Mutant& mutant) {
  const SameStep same = same_step(tree, rule, mutant.changed);
  lang::NodeId all = tree.truth(true);
  for (const smt::Implication& i : same.asked) all = tree.conj(all, tree.imply(i.premise, i.goal));
  for (const lang::NodeId v : same.over) all = tree.quantify(lang::Op::forall, v, all);
  for (const lang::Param& p : rule.params) all = tree.quantify(lang::Op::forall, p.variable, all);
  tree.formulas.push_back({lang::FormulaKind::property, the_same, "what a mutant does is what the rule does",
                           tree.truth(true), all, lang::PropertyKind::state});
}

struct World {
  explore::Scope scope;
  bool twice;            ///< what is far away there is worth looking for
  bool by_calls = true;  ///< and there is something to see between calls
};

/// One of everything but PASIDs, and so many address spaces beside one mm.
explore::Scope one_of_each(const lang::Tree& tree, const spec::NativeFacts& knobs, int others, check::Widths widths) {
  check::Sizes sizes = check::default_sizes(knobs);
  for (auto& [sort, size] : sizes)
    if (sort != "Pasid") size = 1;
  sizes["As"] = 1 + others;
  sizes["Space"] = 2;
  return check::scope_of(tree, knobs, sizes, widths);
}

/// A process with a file on each of two devices, and a number for it.
explore::Scope two_files(const lang::Tree& tree, const spec::NativeFacts& knobs) {
  check::Sizes sizes = check::default_sizes(knobs);
  sizes["As"] = sizes["Task"] = 1;
  sizes["Pasid"] = 2;
  return check::scope_of(tree, knobs, sizes, check::Widths::wide, check::Others::none, check::Devices::apart);
}

/// First those in which mutants differ and a violation is seldom: that of two_files(); of the kernel's domains one or
/// two, with a number for each; and devices that lack something, beside a number that nobody hands out. Then the small
/// ones of check::growing_scopes().
std::vector<World> small_worlds(const lang::Tree& tree, const spec::NativeFacts& knobs) {
  std::vector<World> out{{two_files(tree, knobs), true, false}};
  const int others = check::default_sizes(knobs)["As"] - 2;
  for (int n = 1; n <= std::min(others, 2); ++n)
    out.push_back({one_of_each(tree, knobs, n, check::Widths::wide), true});
  explore::Scope any = one_of_each(tree, knobs, others, check::Widths::any);
  std::erase_if(any.pins, [](const explore::Pin& p) { return p.cell != "kind" && p.cell != "rid_pasid"; });
  any.mentioned.clear();
  out.push_back({std::move(any), false});
  for (const check::GrowingScope& g : check::growing_scopes(tree, knobs))
    if (g.extent <= check::Extent::small) out.push_back({g.scope, g.others == check::Others::none});
  return out;
}

/// In one small world after another, by whole calls and by single steps: at first with so few states that what is near
/// is found soon.
std::optional<explore::Path> first_path(const lang::Tree& tree, const spec::NativeFacts& knobs,
                                        explore::Options options, std::size_t max_states) {
  struct Open {
    World world;
    explore::Grain grain;
  };
  std::vector<Open> open;
  for (const World& w : small_worlds(tree, knobs))
    for (const explore::Grain grain : {explore::Grain::call, explore::Grain::step})
      if (w.by_calls || grain == explore::Grain::step) open.push_back({w, grain});
  for (const std::size_t most : {max_states / near, max_states}) {
    options.max_states = most;
    std::vector<Open> left;
    for (const Open& o : open) {
      options.grain = o.grain;
      auto found = explore::search(tree, explore::topologies(tree, knobs, o.world.scope), options);
      if (found.paths.front()) return std::move(found.paths.front());
      if (found.end == explore::End::max_states && o.world.twice) left.push_back(o);
    }
    open = std::move(left);
  }
  return std::nullopt;
}

std::optional<Shown> look(const Original& original, std::span<const Mutant> mutants, std::size_t m,
                          std::size_t max_states) {
  lang::Tree tree = original.tree;
  add_sameness(tree, *original.rule(mutants[m].of), mutants[m]);
  explore::Options options;
  options.reading = check::search_reading();
  // The tree's property says what may matter; the probe says the same of a state, and is faster.
  const std::vector<bool> nothing_breaks(mutants.size(), false);
  Probe probe(original, original.tree, {}, mutants, nothing_breaks, {m});
  const int property = static_cast<int>(options.reading.properties.size());
  options.reading.properties.push_back(
      {the_same, lang::PropertyKind::state, [](const spec::NativeFacts&) { return true; },
       [&probe, m](const spec::NativeFacts& facts, const spec::NativeState&, const spec::NativeState& after) {
         return probe.alike(m, facts, after);
       }});
  options.properties = {property};
  auto path = first_path(tree, original.knobs, std::move(options), max_states);
  if (!path) return std::nullopt;
  auto out = probe.shown(m, path->facts, path->last(), false);
  if (!out) throw std::logic_error("mutate: " + mutants[m].name() + ": what a search found is not found again");
  out->path = *std::move(path);
  return out;
}

}  // namespace

std::vector<std::optional<Shown>> directed(const Original& original, std::span<const Mutant> mutants,
                                           const DirectedOptions& options) {
  std::vector<std::optional<Shown>> out(mutants.size());
  told_in_parallel(mutants.size(), options.threads, options.progress, "directed searches",
                   [&](std::size_t m, unsigned) { out[m] = look(original, mutants, m, options.max_states); });
  return out;
}

}  // namespace pasid::mutate
