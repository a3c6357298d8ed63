// Equivalence: what has to be shown for a mutant of a rule to do, in every state, what the rule does.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "src/mutate/reach.hpp"
#include "src/smt/prove.hpp"

namespace pasid::mutate {

/// How far a mutant of a rule is proved to do what the rule does.
enum class Same : std::uint8_t {
  unknown = 1,
  where_asked,  ///< where the rule has a meaning; elsewhere (see Parting) nobody asks for it, and hears what it would
                ///< do
  everywhere,
};

/// What says that `changed` answers what `rule` answers, and leaves what it leaves; both with knobs folded in, over the
/// same parameters.
struct SameStep {
  std::vector<smt::Implication> asked;    ///< where the rule has a meaning
  std::vector<smt::Implication> unasked;  ///< and elsewhere
  std::vector<lang::NodeId> over;         ///< variables that these are about, beside the parameters
};
/// New terms go to `tree`.
SameStep same_step(lang::Tree& tree, const lang::RuleTree& rule, const lang::RuleTree& changed);

/// Adds lemmas, by name, with the condition as `pasid rules` prints them, which must outlive the tree. No proof of a
/// property needs them: they say of cells that no mutant may leave otherwise what these hold in every reachable state.
/// Throws std::invalid_argument where a condition is none, or there is a formula of that name.
void add_lemmas(lang::Tree& tree, const std::map<std::string, std::string>& lemmas);

/// Of each mutant of a rule: what is proved of it, by what `proof` proved of the design? New terms go to `tree`, which
/// has all that `original` has. Throws std::runtime_error where the solver fails.
std::vector<Same> proved_equivalent(lang::Tree& tree, const Original& original, const smt::Proof& proof,
                                    std::span<const Mutant> mutants, unsigned threads,
                                    const std::function<void(const std::string&)>& progress);

}  // namespace pasid::mutate
