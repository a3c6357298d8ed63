/// What calls name: places in the configuration, and handles. Part of <pasid/engine.hpp>.
#pragma once

#include <cstdint>

namespace pasid::engine {

// The configuration's, by position.
enum class Unit : std::uint32_t {};    ///< an IOMMU
enum class Group : std::uint32_t {};   ///< devices that are attached together
enum class Device : std::uint32_t {};  ///< what issues requests under a requester id of its own
enum class Queue : std::uint32_t {};   ///< a work queue of a device

/// A handle. It stays comparable for ever and is refused once what it named is gone.
template <class Tag>
struct Id {
  std::uint32_t engine = 0;  ///< 0: names nothing
  std::uint32_t index = 0;
  std::uint32_t generation = 0;
  [[nodiscard]] explicit operator bool() const noexcept { return engine != 0; }
  friend bool operator==(const Id&, const Id&) = default;
};
using Thread = Id<struct ThreadTag>;
using AddressSpace = Id<struct AddressSpaceTag>;  ///< an mm or a domain
using BondId = Id<struct BondTag>;
using Work = Id<struct WorkTag>;  ///< what was submitted and has not finished

}  // namespace pasid::engine
