#include "src/check/seek.hpp"

#include <algorithm>

#include "src/explore/topology.hpp"
#include "src/explore/widening.hpp"

namespace pasid::check {

using explore::Grain;

namespace {

/// Where to look, in this order.
struct Places {
  std::vector<explore::Arena> arenas;
  std::vector<std::size_t> scope;  ///< by arena
};

/// Large scopes come late and get one in so many of the states that others get.
constexpr std::size_t share_of_large = 8;
/// So do steps, of the states that calls get in the same scope; but a tiny scope is gone through step by step before
/// larger ones are looked at.
constexpr std::size_t share_of_steps = 4;

/// Every scope by calls and, once no sequence of calls is left in it, by steps: a sequence of calls is easier to read
/// and to reproduce.
Places places(const lang::Tree& tree, const spec::NativeFacts& knobs, const std::vector<GrowingScope>& scopes,
              bool calls_only) {
  Places out;
  std::vector<int> by_calls(scopes.size());  // the scope's arena
  const auto add = [&](std::size_t i, Grain grain) {
    const GrowingScope& g = scopes[i];
    const auto topologies = [&tree, &knobs, &g] { return explore::topologies(tree, knobs, g.scope); };
    const std::size_t share = g.extent == Extent::large ? share_of_large : 1;
    if (grain == Grain::call) {
      by_calls[i] = static_cast<int>(out.arenas.size());
      out.arenas.push_back({grain, topologies, -1, share});
    } else if (calls_only) {
      return;
    } else {
      out.arenas.push_back({grain, topologies, by_calls[i], g.extent == Extent::tiny ? 1 : share * share_of_steps});
    }
    out.scope.push_back(i);
  };
  for (std::size_t i = 0; i < scopes.size(); ++i)
    for (const Grain grain : {Grain::call, Grain::step})
      if (scopes[i].extent == Extent::tiny) add(i, grain);
  for (const Grain grain : {Grain::call, Grain::step})
    for (std::size_t i = 0; i < scopes.size(); ++i)
      if (scopes[i].extent != Extent::tiny) add(i, grain);
  return out;
}

}  // namespace

explore::Reading search_reading(const lang::Tree& tree, bool edited) {
  explore::Reading out = edited ? explore::tree_reading(tree) : explore::native_reading();
  for (explore::RunnableRule& r : out.rules)
    if (r.label == "process.recycle") r.only_if = [](const spec::NativeFacts&) { return false; };
  return out;
}

std::vector<Sought> seek(const lang::Tree& tree, const spec::NativeFacts& knobs, const std::vector<int>& properties,
                         const explore::Options& common) {
  const auto scopes = growing_scopes(tree, knobs);
  std::vector<Sought> out;
  for (const bool calls_only : {false, true}) {
    const Places all = places(tree, knobs, scopes, calls_only);
    explore::Options options = common;
    options.properties.clear();
    for (const int p : properties)
      if (common.reading.properties[static_cast<std::size_t>(p)].only_of_calls() == calls_only)
        options.properties.push_back(p);
    if (options.properties.empty()) continue;
    const auto found = explore::Widening(tree, common.reading, all.arenas).look(options);
    for (std::size_t i = 0; i < found.size(); ++i) {
      const auto& [arena, r, everywhere] = found[i];
      out.push_back({options.properties[i], r.paths.front(), all.arenas[arena].grain, scopes[all.scope[arena]].scope,
                     r.topologies, r.states, r.depth, r.seconds, everywhere});
    }
  }
  return out;
}

}  // namespace pasid::check
