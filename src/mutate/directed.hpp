// Directed searches: where a mutant of a rule does otherwise, looked for by itself.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "src/mutate/original.hpp"

namespace pasid::mutate {

struct DirectedOptions {
  std::size_t max_states = 1'600'000;  ///< of each small world
  unsigned threads = 1;                ///< what is found does not depend on it
  std::function<void(const std::string&)> progress;
};

/// Of each mutant of a rule, a way of the design, rule by rule, to a state in which it does otherwise, where a search
/// in a small world finds one; it leaves out what cannot matter to that (see explore::Slice). It costs more than
/// reach(), which looks for all mutants at once, and goes further.
std::vector<std::optional<Shown>> directed(const Original& original, std::span<const Mutant> mutants,
                                           const DirectedOptions& options);

}  // namespace pasid::mutate
