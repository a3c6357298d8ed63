// Lemmas: which of them no longer holds after a mutant's step.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "src/mutate/original.hpp"
#include "src/smt/prove.hpp"

namespace pasid::mutate {

/// A lemma that is proved of the design, and does not hold after a step of the mutant from this reachable state; none:
/// all hold after all its steps. `proof` is of `tree`, which has all that mutants are made of and may have lemmas more.
std::optional<std::string> fallen_lemma(const lang::Tree& tree, const smt::Proof& proof, const Mutant& mutant,
                                        const spec::NativeFacts& facts, const spec::NativeState& state);

}  // namespace pasid::mutate
