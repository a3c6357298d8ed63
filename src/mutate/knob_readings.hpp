// Knobs: a reachable state in which the design does otherwise with another value of one.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "src/mutate/reach.hpp"

namespace pasid::mutate {

struct KnobReadingOptions {
  std::size_t max_states = 2'500;  ///< of each scope
  std::size_t scopes = 12;         ///< the first of check::growing_scopes()
  unsigned threads = 1;            ///< scopes side by side; what is found does not depend on it
  std::function<void(const std::string&)> progress;
};

/// Of each mutant of a knob, a shortest sequence of the design, in the first scope that has one, to a state in which
/// the two part: in a world that both have, a rule that both have ends otherwise, or one fires for which the other has
/// no rule that leaves the same state. Where they have no world in common, that one of the design is none with the
/// other value: the path is empty then.
std::vector<std::optional<Shown>> knob_readings(const Original& original, std::span<const Mutant> mutants,
                                                const KnobReadingOptions& options);

}  // namespace pasid::mutate
