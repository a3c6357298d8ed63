// The strongest topologies: those that a search for violations needs to look at.
#pragma once

#include <vector>

#include "src/explore/slice.hpp"

namespace pasid::explore {

/// Leaves out every topology that can do no more than another one of the list under other names: the facts that can
/// help in the given ways are the same, but for truth values that help one way round only, and those are no more
/// useful. Whatever happens in the one happens in the other, so a violation of the one is no shorter. Of several that
/// can do the same the first is kept; they stay in order.
std::vector<spec::NativeFacts> strongest(const lang::Tree& tree, std::span<const spec::NativeFacts> topologies,
                                         const std::vector<Ways>& ways);

}  // namespace pasid::explore
