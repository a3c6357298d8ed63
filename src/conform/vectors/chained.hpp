// Long runs, and a digest of the state that they end in.
#pragma once

#include "src/conform/vectors/covering.hpp"

namespace pasid::conform::vectors {

/// The cells that a digest speaks of, in the order of the state.
const std::vector<std::string_view>& digest_cells();

/// FNV-1a, 64 bits, over the text that has a line for each of these cells that is not none or false, in the order of
/// digest_cells() and then of the indices: "entry(dev1, 3)=A\n". Names are those of a vector file, PASIDs are numbers,
/// and what is true is "true". 16 hexadecimal digits.
std::string digest(const lang::Tree& tree, const World& world, const spec::NativeState& state);

struct Chain {
  Test test;
  std::string digest;
};

/// One run of `length` calls, the same for the same seed: of the calls that may be asked for, one of those answered the
/// least often so far. Nothing on the way leaves a doubt about the state. Shorter where nothing is left to ask for.
Chain chained(const lang::Tree& tree, const World& world, Asking& asking, std::size_t length, std::uint64_t seed);

}  // namespace pasid::conform::vectors
