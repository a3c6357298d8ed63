// Which mutants of a design are judged.
#pragma once

#include <vector>

#include "src/mutate/mutate.hpp"

namespace pasid::mutate {

/// Those that `options` ask for; what they need is added to `tree`. Throws std::invalid_argument where there is nothing
/// of the name, or no mutant of it.
std::vector<Mutant> wanted(lang::Tree& tree, const spec::NativeFacts& knobs, const MutateOptions& options);

}  // namespace pasid::mutate
