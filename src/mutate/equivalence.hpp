// Equivalence: what has to be shown for a mutant of a rule to do, in every state, what the rule does.
#pragma once

#include <vector>

#include "src/mutate/reach.hpp"
#include "src/smt/prove.hpp"

namespace pasid::mutate {

/// Implications which say together that `changed` answers what `rule` answers, and leaves what it leaves; both with
/// knobs folded in, over the same parameters. New terms go to `tree`.
std::vector<smt::Implication> same_step(lang::Tree& tree, const lang::RuleTree& rule, const lang::RuleTree& changed);

/// Of each mutant of a rule: is it proved, by what `proof` proved of the design, that it does what the rule does? New
/// terms go to `tree`, which is that of `original`. Throws std::runtime_error where the solver fails.
std::vector<bool> proved_equivalent(lang::Tree& tree, const Original& original, const smt::Proof& proof,
                                    std::span<const Mutant> mutants, unsigned threads,
                                    const std::function<void(const std::string&)>& progress);

}  // namespace pasid::mutate
