// One question put to Z3 many times, each time a little differently: a verdict that hangs on chance shows.
#pragma once

#include <string>

#include "src/smt/prove.hpp"

namespace pasid::smt {

struct Seeded {
  Answer answer;     ///< of the text as it is
  double seconds;    ///< of that, in CPU time
  unsigned seeds;    ///< how many were tried
  unsigned changed;  ///< of these, with another answer than the first
};

/// Asks for an SMT-LIB text (of one query, without commands that give options) with the seeds 0 to `seeds` - 1. Seed 0
/// takes the text as it is. As a seed alone changes little where quantifiers are instantiated by what matches, every
/// other one takes the assertions in an order of its own, too. By matching first, then with a search for models, as the
/// prover asks; `timeout_ms` is an effort, as in ProveOptions.
/// Throws std::invalid_argument for no seeds, std::runtime_error where Z3 cannot read the text.
Seeded ask_with_seeds(const std::string& text, unsigned seeds, unsigned timeout_ms);

/// "Z3 4.8.12"
std::string first_solver();

}  // namespace pasid::smt
