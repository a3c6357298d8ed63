#include "src/check/cross_check.hpp"

#include <algorithm>

#include "src/check/scopes.hpp"
#include "src/explore/topology.hpp"

namespace pasid::check {
namespace {

/// In each of the growing scopes up to `largest`, at each grain: nine of ten violations in shipped designs are met
/// there (a test counts).
constexpr auto largest = Extent::small;
constexpr std::size_t states = 9'000;

}  // namespace

CrossCheck cross_check(const lang::Tree& tree, const spec::NativeFacts& knobs, const std::vector<int>& properties,
                       const explore::Options& common) {
  CrossCheck out;
  explore::Options options = common;
  options.max_states = states;
  const auto look = [&](const std::vector<spec::NativeFacts>& topologies, explore::Grain grain) {
    options.grain = grain;
    options.properties.clear();
    for (const int p : properties) {
      const bool seen =
          grain == explore::Grain::call || !common.reading.properties[static_cast<std::size_t>(p)].only_of_calls();
      const bool known = std::ranges::find(out.disagreements, p, &Disagreement::property) != out.disagreements.end();
      if (seen && !known) options.properties.push_back(p);
    }
    if (options.properties.empty()) return;
    const explore::Result r = explore::search(tree, topologies, options);
    out.states += r.states;
    out.firings += r.counts.firings;
    for (std::size_t p = 0; p < options.properties.size(); ++p)
      if (r.paths[p]) out.disagreements.push_back({options.properties[p], *r.paths[p]});
  };
  const auto growing = growing_scopes(tree, knobs);
  for (const GrowingScope& g : growing) {
    if (g.extent > largest) continue;
    const auto topologies = explore::topologies(tree, knobs, g.scope);
    for (const explore::Grain grain : {explore::Grain::call, explore::Grain::step}) look(topologies, grain);
  }
  if (out.firings > 0) return out;
  options.slice = false;  // nothing that happens matters to any of them: then look at all that happens
  look(explore::topologies(tree, knobs, growing.front().scope), explore::Grain::call);
  return out;
}

}  // namespace pasid::check
