// Verdicts: the closed set of what can be said of a property under a design.
#pragma once

#include <cstdint>

namespace pasid::spec {

enum class Verdict : std::uint8_t {
  proved = 1,      ///< for every number of processes, devices, PASIDs: each obligation is unsatisfiable
  violated,        ///< by a shortest trace, replayed before it is shown (edited rules: by the tree evaluator)
  holds_in_scope,  ///< every state of the named sizes and topologies was looked at, and no proof was found
  not_applicable,  ///< the design has not what the property speaks of
  vacuous,         ///< holds because what it speaks of cannot happen
  unknown,         ///< a solver gave up, or a limit was met
};

}  // namespace pasid::spec
