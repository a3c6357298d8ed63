// The facts that a topology chooses, one by one, with the values open to each.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "spec/model.hpp"
#include "src/explore/renaming.hpp"
#include "src/explore/scope.hpp"

namespace pasid::explore {

/// One fact to choose: any value from lowest to highest. Pinned ones have one value, or none if that lies beyond the
/// size that its sort has for now.
struct FactSlot {
  std::size_t cell;
  std::array<std::uint8_t, 4> index;
  std::size_t offset;  ///< in NativeFacts
  const lang::SortInfo* value;
  bool classifies;  ///< the value's sort only classifies
  bool pinned;
  std::uint8_t lowest;
  std::uint8_t highest;
};

/// Every fact but the knobs within the sizes of `domain`; pinned ones first, then in the order of the cells.
/// Throws std::invalid_argument where a pin of `scope` has a value too many or out of range, or does not number a
/// classifying sort by first use.
std::vector<FactSlot> fact_slots(const lang::Tree& tree, const lang::Domain<lang::Native>& domain, const Scope& scope);

/// Names given in the order of first occurrence.
struct FirstUse {
  std::array<std::array<std::uint8_t, max_elements>, lang::max_entity_sorts> name{};
  std::array<std::uint8_t, lang::max_entity_sorts> used{};

  std::uint8_t operator()(const lang::SortInfo* sort, std::uint8_t x) {
    const auto s = static_cast<std::size_t>(sort->index);
    if (name[s][x] == 0) name[s][x] = ++used[s];
    return name[s][x];
  }
  [[nodiscard]] std::uint8_t count(const lang::SortInfo* sort) const {
    return used[static_cast<std::size_t>(sort->index)];
  }
};

}  // namespace pasid::explore
