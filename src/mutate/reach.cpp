#include "src/mutate/reach.hpp"

#include <algorithm>

#include "src/check/scopes.hpp"
#include "src/check/seek.hpp"
#include "src/explore/search.hpp"
#include "src/explore/topology.hpp"
#include "src/mutate/probe.hpp"
#include "src/mutate/progress.hpp"

namespace pasid::mutate {

using spec::NativeFacts;
using spec::NativeState;

namespace {

/// Into so many parts mutants are shared out, each with a search of its own, which is little beside what they take.
/// Their number is not that of the threads: what is found does not depend on it.
constexpr std::size_t shares = 8;

std::vector<std::size_t> those_of(std::size_t share, std::span<const Mutant> mutants) {
  std::vector<std::size_t> out;
  for (std::size_t m = 0; m < mutants.size(); ++m)
    if (mutants[m].of_a_rule() && static_cast<std::size_t>(mutants[m].rule) % shares == share) out.push_back(m);
  return out;
}

/// What one scope shows.
Reached reach_in(const Original& original, const lang::Tree& tree, std::span<const Judge> judges,
                 std::span<const Mutant> mutants, const std::vector<bool>& may_break, const explore::Scope& scope,
                 std::size_t share, std::size_t max_states) {
  const std::vector<std::size_t> mine = those_of(share, mutants);
  Probe probe(original, tree, judges, mutants, may_break, mine);
  explore::Options options;
  options.grain = explore::Grain::step;
  options.slice = false;
  options.max_states = max_states;
  options.reading = check::search_reading();
  for (const bool falling : {false, true})
    for (const std::size_t m : mine) {
      if (falling && !may_break[m]) continue;
      options.properties.push_back(static_cast<int>(options.reading.properties.size()));
      options.reading.properties.push_back(
          {"mutant", lang::PropertyKind::state, [](const NativeFacts&) { return true; },
           [&probe, m, falling](const NativeFacts& facts, const NativeState&, const NativeState& after) {
             return falling ? probe.keeps(m, facts, after) : probe.alike(m, facts, after);
           }});
    }
  Reached out;
  out.parts.resize(mutants.size());
  out.falls.resize(mutants.size());
  if (options.properties.empty()) return out;
  explore::Result found =
      explore::search(original.tree, explore::topologies(original.tree, original.knobs, scope), options);
  out.states = found.states;
  std::size_t i = 0;
  for (const bool falling : {false, true})
    for (const std::size_t m : mine) {
      if (falling && !may_break[m]) continue;
      auto& path = found.paths[i++];
      if (!path) continue;
      auto shown = probe.shown(m, path->facts, path->last(), falling);
      if (!shown) throw std::logic_error("mutate: " + mutants[m].name() + ": what a search found is not found again");
      shown->path = std::move(*path);
      (falling ? out.falls : out.parts)[m] = std::move(shown);
    }
  out.convicts = std::move(probe.convicts);
  return out;
}

void keep_shorter(std::vector<std::optional<Shown>>& all, std::vector<std::optional<Shown>>& more) {
  for (std::size_t m = 0; m < all.size(); ++m)
    if (more[m] && (!all[m] || more[m]->steps() < all[m]->steps())) all[m] = std::move(more[m]);
}

}  // namespace

Reached reach(const Original& original, std::span<const Mutant> mutants, const std::vector<bool>& may_break,
              const ReachOptions& options) {
  lang::Tree tree = original.tree;
  const std::vector<Judge> judges = judges_of(tree, original);
  const auto scopes = check::growing_scopes(original.tree, original.knobs);
  const std::size_t n = std::min(options.scopes, scopes.size());
  std::vector<Reached> found(n * shares);
  told_in_parallel(found.size(), options.threads, options.progress, "reachable states", [&](std::size_t i, unsigned) {
    found[i] =
        reach_in(original, tree, judges, mutants, may_break, scopes[i / shares].scope, i % shares, options.max_states);
  });
  Reached out;
  out.parts.resize(mutants.size());
  out.falls.resize(mutants.size());
  for (std::size_t scope = 0; scope < n; ++scope) {
    std::size_t states = 0;  // each search stops once it has nothing left to find
    for (Reached& r : std::span(found).subspan(scope * shares, shares)) {
      keep_shorter(out.parts, r.parts);
      keep_shorter(out.falls, r.falls);
      out.convicts.merge(r.convicts);
      states = std::max(states, r.states);
    }
    out.states += states;
  }
  return out;
}

}  // namespace pasid::mutate
