// The design that mutants are of, and where one of them shows.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/explore/path.hpp"
#include "src/mutate/mutant.hpp"

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
  /// The steps in words, the last of them that of a mutant `of` this.
  [[nodiscard]] std::vector<std::string> told(const std::string& of) const;
};

}  // namespace pasid::mutate
