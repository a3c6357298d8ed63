#include "src/explore/widening.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace pasid::explore {

Widening::Widening(const lang::Tree& tree, const Reading& reading, std::vector<Arena> arenas)
    : tree_(tree), reading_(reading), arenas_(std::move(arenas)), searchers_(arenas_.size()) {
  if (arenas_.empty()) throw std::invalid_argument("widening: there must be an arena");
}

Widened Widening::look(const Options& options) {
  if (options.properties.size() != 1) throw std::invalid_argument("widening: there must be one property to look for");
  const auto start = std::chrono::steady_clock::now();
  const auto done = [&](std::size_t arena, Result result) {
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return Widened{arena, std::move(result)};
  };
  std::vector<bool> over(arenas_.size());
  Options now = options;
  for (now.max_states = std::min<std::size_t>(1000, options.max_states);;
       now.max_states = std::min(4 * now.max_states, options.max_states)) {
    const bool at_last = now.max_states == options.max_states;
    for (std::size_t i = 0; i < arenas_.size(); ++i) {
      const int after = arenas_[i].after;
      if (over[i] || (after >= 0 && !over[static_cast<std::size_t>(after)] && !at_last)) continue;
      if (!searchers_[i]) searchers_[i].emplace(tree_, arenas_[i].topologies(), arenas_[i].grain, reading_);
      Result result = searchers_[i]->run(now);
      over[i] = result.end == End::exhausted || result.end == End::max_depth;
      const bool last = i + 1 == arenas_.size() && (over[i] || at_last);
      if (result.paths[0] || result.end == End::stopped || last) return done(i, std::move(result));
    }
  }
}

}  // namespace pasid::explore
