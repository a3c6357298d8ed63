// Worlds: what an implementation is configured as before it is asked anything, and which number each PASID atom has.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "src/explore/topology.hpp"

namespace pasid::conform {

/// PASIDs are 20 bits wide.
inline constexpr std::uint32_t pasid_numbers = std::uint32_t{1} << 20;

/// A design's knobs, a topology, and a number for each PASID atom. The RID's is 0, the others ascend with the atoms, so
/// that "lowest free" means the same on both sides. What a device reaches is a beginning of this order.
struct World {
  spec::NativeFacts facts;
  std::array<std::uint32_t, spec::Pasid::capacity + 1> numbers{};  ///< by atom, from 1

  [[nodiscard]] std::uint32_t number(std::uint8_t atom) const { return numbers[atom]; }
  /// The atom with that number; 0 where there is none.
  [[nodiscard]] std::uint8_t atom(std::uint32_t number) const;
};

enum class Numbering : std::uint8_t {
  low = 1,  ///< 1, 2, 3…; what a narrower device does not reach starts at a power of two
  high,     ///< the same, but what every device with PASIDs reaches last ends at 2^20 - 1
};

/// The world of these facts. Atoms are put into the order described; nothing where no order makes every device's reach
/// a beginning, or a topology has no RID atom.
std::optional<World> world_of(const spec::NativeFacts& facts, Numbering numbering = Numbering::low);

/// The worlds of all topologies of a scope that have one, in the order of explore::topologies().
std::vector<World> worlds(const lang::Tree& tree, const spec::NativeFacts& knobs, const explore::Scope& scope,
                          Numbering numbering = Numbering::low);

/// Sets the fact `highest` from the numbers, as the axiom of that name has it.
void tell_highest(World& world);

/// The device's numbers are those below this; 0: it has no PASIDs. Devices count from 1.
std::uint32_t max_pasids(const World& world, std::uint8_t dev);

/// Numbers that the users' allocator hands to nobody, as inclusive ranges, ascending; without 0, which no allocator
/// has.
std::vector<std::pair<std::uint32_t, std::uint32_t>> reserved(const World& world);

}  // namespace pasid::conform
