// The end of a bond, for its handle.
#pragma once

#include "src/engine/core.hpp"

namespace pasid::engine::detail {

/// Now, or not at all: see Bond::close().
Status close_bond(Core& core, BondId bond) noexcept;
/// As soon as each step's turn comes: see ~Bond().
Status release_bond(Core& core, BondId bond) noexcept;

}  // namespace pasid::engine::detail
