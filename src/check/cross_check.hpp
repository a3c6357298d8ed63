// The cross check: what is proved must hold in the states nearest the start, says an engine that shares no code with
// the solver's.
#pragma once

#include <vector>

#include "src/explore/search.hpp"

namespace pasid::check {

struct Disagreement {
  int property;  ///< index into the reading
  explore::Path path;
};

struct CrossCheck {
  std::vector<Disagreement> disagreements;
  std::size_t states = 0;     ///< looked at, in all searches
  std::uint64_t firings = 0;  ///< of rules and calls; none would mean that nothing was checked
};

/// Looks for violations of `properties` in small worlds of every kind, at every grain at which there is something to
/// see. Of `options` the properties, the grain and the number of states do not matter.
CrossCheck cross_check(const lang::Tree& tree, const spec::NativeFacts& knobs, const std::vector<int>& properties,
                       const explore::Options& options);

}  // namespace pasid::check
