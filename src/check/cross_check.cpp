#include "src/check/cross_check.hpp"

#include <algorithm>

#include "src/check/scopes.hpp"
#include "src/explore/topology.hpp"

namespace pasid::check {
namespace {

/// In each world, at each grain. Two of three violations in shipped designs are met among so few (the tests count).
constexpr std::size_t states = 2'000;

}  // namespace

CrossCheck cross_check(const lang::Tree& tree, const spec::NativeFacts& knobs, const std::vector<int>& properties,
                       const explore::Options& common) {
  CrossCheck out;
  for (const explore::Scope& scope : confusing_scopes(tree, knobs)) {
    const auto topologies = explore::topologies(tree, knobs, scope);
    for (const explore::Grain grain : {explore::Grain::call, explore::Grain::step}) {
      explore::Options options = common;
      options.grain = grain;
      options.max_states = states;
      options.properties.clear();
      for (const int p : properties) {
        const auto judges = common.reading.properties[static_cast<std::size_t>(p)].judges;
        const bool known = std::ranges::find(out.disagreements, p, &Disagreement::property) != out.disagreements.end();
        if (!known && (grain == explore::Grain::call || judges != lang::PropertyKind::call))
          options.properties.push_back(p);
      }
      if (options.properties.empty()) continue;
      const explore::Result r = explore::search(tree, topologies, options);
      out.states += r.states;
      out.firings += r.counts.firings;
      for (std::size_t i = 0; i < options.properties.size(); ++i)
        if (r.paths[i]) out.disagreements.push_back({options.properties[i], *r.paths[i]});
    }
  }
  return out;
}

}  // namespace pasid::check
