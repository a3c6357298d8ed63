// Walks: where a mutant of a rule does otherwise far from the empty state, or in a world that hardly any is.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "src/mutate/original.hpp"

namespace pasid::mutate {

struct WalkOptions {
  std::size_t walks = 12'000;  ///< of all threads together
  std::size_t steps = 60;      ///< of each
  unsigned threads = 1;        ///< what is found does not depend on it
  std::function<void(const std::string&)> progress;
};

/// Takes steps of the design at random, whole calls, single rules, or the one and then the other, in worlds in which
/// devices may lack something; in half of the walks only what a few families of rules and calls do. Tries the mutants
/// of rules in each state: does one break a property there, or do otherwise? What is found is no shortest sequence, but
/// no one or two of its steps can be left out. The same every time.
std::vector<std::optional<Shown>> walks(const Original& original, const std::string& design,
                                        std::span<const Mutant> mutants, const WalkOptions& options);

}  // namespace pasid::mutate
