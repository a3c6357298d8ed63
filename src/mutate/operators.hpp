// Operators: every mutant of a design, made from the tree.
#pragma once

#include <span>
#include <vector>

#include "spec/lang/tree.hpp"
#include "src/mutate/mutant.hpp"

namespace pasid::mutate {

/// A rule, of which operators make others. Its knobs are folded in.
struct Subject {
  lang::Tree& tree;
  int number;  ///< of the rule in the tree
  const lang::RuleTree& rule;
};

/// Makes the mutants of one kind from a rule; some may be the rule itself, or one another.
struct RuleOperator {
  Operator by;
  std::vector<Mutant> (*make)(const Subject& subject, Operator by);
};

/// Those of rules, in the order of Operator.
std::span<const RuleOperator> rule_operators();

/// All mutants of a rule, none of which is the rule or another of them.
std::vector<Mutant> mutants_of_rule(const Subject& subject);

/// All mutants of a design, rules in the tree's order, then calls, knobs, then properties that apply and lemmas. What
/// they need is added to `tree`, in which the rules stay as they are.
std::vector<Mutant> mutants_of(lang::Tree& tree, const spec::NativeFacts& knobs);

}  // namespace pasid::mutate
