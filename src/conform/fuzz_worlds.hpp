// The worlds that fuzz goes through.
#pragma once

#include <vector>

#include "spec/lang/tree.hpp"
#include "src/conform/backend.hpp"

namespace pasid::conform {

/// Those of the design that the implementation can be configured as: first one with something of everything, then the
/// small ones that vectors are made for.
std::vector<World> fuzz_worlds(const lang::Tree& tree, const spec::NativeFacts& knobs,
                               const Capabilities& capabilities);

}  // namespace pasid::conform
