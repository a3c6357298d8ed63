// Attaching a domain under a number, kernel's or user's.
#pragma once

#include "src/engine/core.hpp"

namespace pasid::engine::detail {

/// The guards that come before a slot is reserved: reset, width, occupancy, memory.
Error slot_refusal(Core& core, std::uint32_t group, Pasid p);

/// From the reservation of the slot on: attaches `a`, or undoes what it did, as job `undo` (with that device).
Status attach(Core& core, std::uint32_t group, Pasid p, std::uint32_t a, Job undo, std::uint32_t device);

}  // namespace pasid::engine::detail
