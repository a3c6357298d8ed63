#include "src/check/seek.hpp"

#include <algorithm>

#include "src/explore/topology.hpp"
#include "src/explore/widening.hpp"

namespace pasid::check {

using explore::Grain;

namespace {

/// Every scope by calls and, once no sequence of calls is left in it, by steps: a sequence of calls is easier to read
/// and to reproduce. The last one is the largest scope, at the finest grain at which there is something to see.
struct Places {
  std::vector<explore::Arena> arenas;
  std::vector<std::size_t> scope;  ///< by arena
};

Places places(const lang::Tree& tree, const spec::NativeFacts& knobs, const std::vector<explore::Scope>& scopes,
              bool calls_only) {
  Places out;
  for (std::size_t i = 0; i < scopes.size(); ++i) {
    const auto topologies = [&tree, &knobs, &scope = scopes[i]] { return explore::topologies(tree, knobs, scope); };
    const int calls = static_cast<int>(out.arenas.size());
    out.arenas.push_back({Grain::call, topologies, -1});
    out.scope.push_back(i);
    if (calls_only) continue;
    out.arenas.push_back({Grain::step, topologies, calls});
    out.scope.push_back(i);
  }
  return out;
}

}  // namespace

std::vector<Sought> seek(const lang::Tree& tree, const spec::NativeFacts& knobs, const std::vector<int>& properties,
                         const explore::Options& common) {
  const auto scopes = growing_scopes(tree, knobs);
  std::vector<Sought> out;
  for (const bool calls_only : {false, true}) {
    const Places all = places(tree, knobs, scopes, calls_only);
    explore::Widening widening(tree, common.reading, all.arenas);
    for (const int property : properties) {
      const auto judges = common.reading.properties[static_cast<std::size_t>(property)].judges;
      if ((judges == lang::PropertyKind::call) != calls_only) continue;
      explore::Options options = common;
      options.properties = {property};
      const explore::Widened w = widening.look(options);
      const explore::Result& r = w.result;
      const bool all_seen = w.arena + 1 == all.arenas.size() && r.end == explore::End::exhausted;
      out.push_back({property, r.paths.front(), all.arenas[w.arena].grain, scopes[all.scope[w.arena]], r.topologies,
                     r.states, r.depth, r.seconds, all_seen});
    }
  }
  return out;
}

}  // namespace pasid::check
