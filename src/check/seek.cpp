#include "src/check/seek.hpp"

#include <algorithm>

#include "src/explore/topology.hpp"
#include "src/explore/widening.hpp"

namespace pasid::check {

using explore::Grain;

namespace {

/// Where to look, in this order, each with the scope it is of.
struct Arenas {
  std::vector<explore::Arena> list;
  std::vector<std::size_t> scope;  ///< by arena
};

/// Large scopes come late and get one in so many of the states that others get.
constexpr std::size_t share_of_large = 8;
/// So do steps, of the states that calls get in the same scope; but a tiny scope is gone through step by step before
/// larger ones are looked at.
constexpr std::size_t share_of_steps = 4;

/// Every scope by calls and, once no sequence of calls is left in it, by steps: a sequence of calls is easier to read
/// and to reproduce.
Arenas arenas_of(const lang::Tree& tree, const spec::NativeFacts& knobs, const std::vector<GrowingScope>& scopes,
                 bool calls_only) {
  Arenas out;
  std::vector<int> by_calls(scopes.size());  // the scope's arena
  const auto add = [&](std::size_t i, Grain grain) {
    const GrowingScope& g = scopes[i];
    const auto topologies = [&tree, &knobs, &g] { return explore::topologies(tree, knobs, g.scope); };
    const std::size_t share = g.extent == Extent::large ? share_of_large : 1;
    if (grain == Grain::call) {
      by_calls[i] = static_cast<int>(out.list.size());
      out.list.push_back({grain, topologies, -1, share});
    } else if (calls_only) {
      return;
    } else {
      out.list.push_back({grain, topologies, by_calls[i], g.extent == Extent::tiny ? 1 : share * share_of_steps});
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

Sought look_in(const lang::Tree& tree, const spec::NativeFacts& knobs, const explore::Scope& scope, int property,
               const Place& place, explore::Options options) {
  options.properties = {property};
  options.grain = place.grain;
  const explore::Result r = explore::search(tree, explore::topologies(tree, knobs, scope), options);
  return {property,     r.paths.front(), place.grain, scope,     place.scope,
          r.topologies, r.states,        r.depth,     r.seconds, false};
}

}  // namespace

explore::Reading search_reading(explore::Reading reading) {
  for (explore::RunnableRule& r : reading.rules)
    if (r.label == recycling) r.only_if = [](const spec::NativeFacts&) { return false; };
  return reading;
}

std::vector<Sought> seek(const lang::Tree& tree, const spec::NativeFacts& knobs, std::vector<int> properties,
                         const explore::Options& common, const std::map<int, Place>& known,
                         std::size_t max_states_where_known) {
  explore::Options where_known = common;
  if (max_states_where_known > 0) where_known.max_states = max_states_where_known;
  const auto scopes = growing_scopes(tree, knobs);
  std::vector<Sought> out;
  for (const auto& [property, place] : known) {
    if (place.scope >= scopes.size()) continue;
    auto found = look_in(tree, knobs, scopes[place.scope].scope, property, place, where_known);
    if (!found.path) continue;
    out.push_back(std::move(found));
    std::erase(properties, property);
  }
  for (const bool calls_only : {false, true}) {
    const Arenas all = arenas_of(tree, knobs, scopes, calls_only);
    explore::Options options = common;
    options.properties.clear();
    for (const int p : properties)
      if (common.reading.properties[static_cast<std::size_t>(p)].only_of_calls() == calls_only)
        options.properties.push_back(p);
    if (options.properties.empty()) continue;
    const auto found = explore::Widening(tree, common.reading, all.list).look(options);
    for (std::size_t i = 0; i < found.size(); ++i) {
      const auto& [arena, r, everywhere] = found[i];
      out.push_back({options.properties[i], r.paths.front(), all.list[arena].grain, scopes[all.scope[arena]].scope,
                     all.scope[arena], r.topologies, r.states, r.depth, r.seconds, everywhere});
    }
  }
  return out;
}

}  // namespace pasid::check
