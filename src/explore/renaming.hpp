// Renamings: entities of a sort have no identity of their own, so facts and states may be told with other names.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "spec/lang/memory.hpp"
#include "spec/model.hpp"

namespace pasid::explore {

/// More than any sort has elements; checked where tables are built.
inline constexpr std::size_t max_elements = 16;

/// A permutation of the elements of each entity sort: `to[sort][x]` is the new name of x. None keeps its name.
struct Renaming {
  std::array<std::array<std::uint8_t, max_elements>, lang::max_entity_sorts> to;

  static Renaming identity();
  /// The new name of `x`; values of enumerations and truth values keep theirs.
  [[nodiscard]] std::uint8_t operator()(const lang::SortInfo* sort, std::uint8_t x) const {
    return sort->kind == lang::SortKind::entity ? to[static_cast<std::size_t>(sort->index)][x] : x;
  }
  [[nodiscard]] Renaming inverse() const;
  friend bool operator==(const Renaming&, const Renaming&) = default;
};

/// The same facts, or the same state, told with the new names.
spec::NativeFacts renamed(const lang::Tree& tree, const spec::NativeFacts& facts, const Renaming& names);
spec::NativeState renamed(const lang::Tree& tree, const lang::Domain<lang::Native>& domain,
                          const spec::NativeState& state, const Renaming& names);

/// Every permutation of 1..n as a row of Renaming::to, in lexicographic order, the identity first.
std::vector<std::array<std::uint8_t, max_elements>> permutations(int n);

}  // namespace pasid::explore
