// The rules and calls of a design with one mutant in them, as a search or a test runs them.
#pragma once

#include "src/explore/reading.hpp"
#include "src/mutate/mutant.hpp"

namespace pasid::mutate {

struct Edited {
  /// Of a rule or a call; `whole` is the tree that the mutant is of, `reading` that of its rules.
  Edited(const lang::Tree& whole, const Mutant& mutant, explore::Reading reading);
  Edited(const Edited&) = delete;
  Edited& operator=(const Edited&) = delete;

  lang::Tree tree;
  explore::Reading reading;
};

}  // namespace pasid::mutate
