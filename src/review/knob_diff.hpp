// What two designs choose differently.
#pragma once

#include <string>
#include <vector>

#include "src/io/design.hpp"

namespace pasid::review {

/// A knob, or an order of steps, that differs.
struct KnobDifference {
  std::string knob;
  io::KnobValue a;  ///< of an order of steps the value names them, in order
  io::KnobValue b;
};

/// In the order of Facts, orders of steps last.
std::vector<KnobDifference> differing_knobs(const io::Design& a, const io::Design& b);

}  // namespace pasid::review
