// Digests: of the state at the end of a long run, and of the model that a file's answers are from. FNV-1a, 64 bits, as
// 16 hexadecimal digits.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/conform/world.hpp"

namespace pasid::conform::vectors {

/// The cells that a state's digest speaks of, in the order of the state.
const std::vector<std::string_view>& digest_cells();

/// Over the text that has a line for each of these cells that is not none or false, in the order of digest_cells() and
/// then of the indices: "entry(dev1, 3)=A\n". Names are those of a vector file, PASIDs are numbers, and what is true is
/// "true".
std::string digest(const lang::Tree& tree, const World& world, const spec::NativeState& state);

/// Over the text of all rules as `pasid rules --design` prints them. Only the knobs of `facts` matter.
std::string digest(const lang::Tree& tree, const spec::NativeFacts& facts);

}  // namespace pasid::conform::vectors
