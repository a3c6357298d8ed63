#include "src/explore/widening.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace pasid::explore {

Widened search_widening(const lang::Tree& tree, std::size_t scopes,
                        const std::function<std::vector<spec::NativeFacts>(std::size_t scope)>& topologies,
                        const Options& options) {
  if (scopes == 0 || options.properties.size() != 1)
    throw std::invalid_argument("widening: there must be a scope and one property to look for");
  const auto start = std::chrono::steady_clock::now();
  const auto done = [&](std::size_t scope, Result result) {
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return Widened{scope, std::move(result)};
  };
  struct Scoped {
    std::optional<std::vector<spec::NativeFacts>> worlds;
    bool over = false;
  };
  std::vector<Scoped> all(scopes);
  Options now = options;
  for (now.max_states = std::min<std::size_t>(1000, options.max_states);;
       now.max_states = std::min(10 * now.max_states, options.max_states)) {
    for (std::size_t i = 0; i < scopes; ++i) {
      if (all[i].over) continue;
      if (!all[i].worlds) all[i].worlds = topologies(i);
      Result result = search(tree, *all[i].worlds, now);
      all[i].over = result.end == End::exhausted || result.end == End::max_depth;
      const bool last = i + 1 == scopes && (all[i].over || now.max_states == options.max_states);
      if (result.paths[0] || result.end == End::stopped || last) return done(i, std::move(result));
    }
  }
}

}  // namespace pasid::explore
