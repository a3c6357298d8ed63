// Two designs, or two versions of the rules, compared: what a reviewer wants to know of a change.
#pragma once

#include "src/review/behaviours.hpp"
#include "src/review/knob_diff.hpp"
#include "src/review/property_diff.hpp"
#include "src/review/refinement.hpp"
#include "src/review/rule_diff.hpp"

namespace pasid::review {

struct Diff {
  std::string a;  ///< names of the sides
  std::string b;
  std::string title_a;
  std::string title_b;
  std::vector<KnobDifference> knobs;
  std::vector<RuleDifference> rules;
  PropertyDifferences properties;
  Behaviours behaviours;
  Refinement b_in_a;  ///< is every behaviour of B one of A's?
  Refinement a_in_b;
  /// Engines that contradict each other, a line each: an internal error.
  std::vector<std::string> contradictions;

  /// Something was found to differ.
  [[nodiscard]] bool differs() const;
  /// A verdict that neither a proof nor a search could give.
  [[nodiscard]] bool undecided() const;
};

struct DiffOptions {
  check::Options check{};
  BehaviourOptions behaviours{};
};

/// Throws std::runtime_error where a solver fails.
Diff diff(const Side& a, const Side& b, const DiffOptions& options);

}  // namespace pasid::review
