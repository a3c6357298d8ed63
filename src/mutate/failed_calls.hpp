// Calls that fail: which mutant one conjunct alone of a property of calls convicts.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>

#include "src/mutate/reach.hpp"

namespace pasid::mutate {

struct FailedCallOptions {
  std::size_t max_states = 1'000;  ///< of each scope
  std::size_t scopes = 11;         ///< the first of check::growing_scopes(): up to groups of two devices
  unsigned threads = 1;            ///< mutants side by side; what is found does not depend on it
  std::function<void(const std::string&)> progress;
};

/// By number of a property of calls in the reading and of a conjunct of it: the first of `mutants`, of a call or of a
/// rule that a call has which can be refused, under which some sequence of calls ends with one that fails, and after
/// which this conjunct is false and the others hold. Updates that are not there are tried before those that are others.
std::map<std::pair<int, std::size_t>, std::string> convicted_by_failed_calls(const Original& original,
                                                                             std::span<const Mutant> mutants,
                                                                             const FailedCallOptions& options);

}  // namespace pasid::mutate
