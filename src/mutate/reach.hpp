// Reachable states: where a mutant of a rule first does otherwise, and where one step of it breaks a property.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "src/explore/search.hpp"
#include "src/mutate/mutant.hpp"
#include "src/smt/prove.hpp"

namespace pasid::mutate {

/// The design that mutants are of.
struct Original {
  const lang::Tree& tree;  ///< with whatever its mutants are made of
  const spec::NativeFacts& knobs;
  std::vector<lang::RuleTree> rules;  ///< of the design, knobs folded in
  std::vector<int> proved;            ///< properties of states and steps that are, by number in the reading
  [[nodiscard]] const lang::RuleTree* rule(std::string_view label) const;
};

/// A step of a mutant from a reachable state.
struct Shown {
  explore::Path path;    ///< of the design, from the empty state; then
  std::string property;  ///< what falls with the mutant's step; empty: it only does otherwise
  std::string what;      ///< what the design does and what the mutant does
  [[nodiscard]] std::size_t steps() const { return path.steps.size() + 1; }
};

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

/// Of each mutant of a rule: can something fall? Where the changed rule keeps everything that `proof` has, nothing can.
/// Throws std::runtime_error where the solver fails.
std::vector<bool> may_break(const Original& original, const smt::Proof& proof, std::span<const Mutant> mutants,
                            unsigned threads, const std::function<void(const std::string&)>& progress);

/// Goes through the reachable states of some small worlds, breadth first and rule by rule, and tries in each all that
/// `mutants` of rules do. What is found of one is as short as anything of these worlds in which the mutant's step is
/// the last and the only one that is not the design's. Falls are looked for of those that `may_break` says.
Reached reach(const Original& original, std::span<const Mutant> mutants, const std::vector<bool>& may_break,
              const ReachOptions& options);

}  // namespace pasid::mutate
