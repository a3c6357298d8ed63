// Long runs, with a digest of the state that they end in.
#pragma once

#include "src/conform/vectors/covering.hpp"

namespace pasid::conform::vectors {

struct Chain {
  Test test;
  std::string digest;
};

/// One run of `length` calls, the same for the same seed: of the calls that may be asked for, one of those answered the
/// least often so far. Nothing on the way leaves a doubt about the state. Shorter where nothing is left to ask for.
Chain chained(const lang::Tree& tree, const World& world, Asking& asking, std::size_t length, std::uint64_t seed);

}  // namespace pasid::conform::vectors
