// Reachable states: where a mutant of a rule first does otherwise, and where one step of it breaks a property.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "src/mutate/original.hpp"

namespace pasid::mutate {

struct Reached {
  std::vector<std::optional<Shown>> parts;  ///< by mutant
  std::vector<std::optional<Shown>> falls;  ///< the same
  /// By number of a property in the reading and of a conjunct of it: the mutant of a rule that only this one convicts.
  std::map<std::pair<int, std::size_t>, std::size_t> convicts;
  std::size_t states = 0;
};

struct ReachOptions {
  std::size_t max_states = 2'500;  ///< of each scope
  std::size_t scopes = 6;          ///< the first of check::growing_scopes()
  unsigned threads = 1;            ///< scopes side by side; what is found does not depend on it
  std::function<void(const std::string&)> progress;
};

/// Goes through the reachable states of some small worlds, breadth first and rule by rule, and tries in each all that
/// `mutants` of rules do. What is found of one is as short as anything of these worlds in which the mutant's step is
/// the last and the only one that is not the design's. Falls are looked for of those that `may_break` says, see
/// may_break().
Reached reach(const Original& original, std::span<const Mutant> mutants, const std::vector<bool>& may_break,
              const ReachOptions& options);

}  // namespace pasid::mutate
