#include "src/check/seek.hpp"

#include <algorithm>

#include "src/explore/topology.hpp"
#include "src/explore/widening.hpp"

namespace pasid::check {

using explore::Grain;

std::vector<Sought> seek(const lang::Tree& tree, const spec::NativeFacts& knobs, const std::vector<int>& properties,
                         const explore::Options& common) {
  struct Attempt {
    Grain grain;
    std::size_t worlds;      ///< the first so many; 0: all
    std::size_t max_states;  ///< in each world; 0: as many as the options allow
  };
  constexpr Attempt attempts[] = {
      {Grain::call, 0, 1'000}, {Grain::step, 2, 200'000}, {Grain::call, 0, 0}, {Grain::step, 0, 0}};
  const auto scopes = growing_scopes(tree, knobs);
  std::vector<Sought> out;
  for (const int property : properties) {
    Sought s{};
    s.property = property;
    const bool call_only =
        common.reading.properties[static_cast<std::size_t>(property)].judges == lang::PropertyKind::call;
    for (const Attempt& attempt : attempts) {
      if (attempt.grain == Grain::step && call_only) continue;
      explore::Options options = common;
      options.grain = attempt.grain;
      options.properties = {property};
      options.max_states =
          attempt.max_states == 0 ? common.max_states : std::min(attempt.max_states, common.max_states);
      const std::size_t worlds = attempt.worlds == 0 ? scopes.size() : attempt.worlds;
      const explore::Widened w = explore::search_widening(
          tree, worlds, [&](std::size_t i) { return explore::topologies(tree, knobs, scopes[i]); }, options);
      const explore::Result& r = w.result;
      s.seconds += r.seconds;
      s.grain = attempt.grain;
      s.scope = scopes[w.scope];
      s.topologies = r.topologies;
      s.states = r.states;
      s.depth = r.depth;
      s.path = r.paths.front();
      const bool widest = worlds == scopes.size() && (call_only || attempt.grain == Grain::step);
      s.all_seen = !s.path && widest && r.end == explore::End::exhausted;
      if (s.path || s.all_seen) break;
    }
    out.push_back(std::move(s));
  }
  return out;
}

}  // namespace pasid::check
