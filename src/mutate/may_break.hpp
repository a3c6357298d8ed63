// Proofs first: which mutants of rules keep everything that is proved, so that no search for a fall is needed.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "src/mutate/original.hpp"
#include "src/smt/prove.hpp"

namespace pasid::mutate {

/// Of each mutant of a rule: can something fall? Where the changed rule keeps everything that `proof` has, nothing can.
/// Throws std::runtime_error where the solver fails.
std::vector<bool> may_break(const Original& original, const smt::Proof& proof, std::span<const Mutant> mutants,
                            unsigned threads, const std::function<void(const std::string&)>& progress);

}  // namespace pasid::mutate
