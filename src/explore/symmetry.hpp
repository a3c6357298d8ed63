// Symmetry: states that differ only in names are one state. Exact: two states of a topology get the same canonical
// form if and only if a renaming that keeps the facts makes one the other.
#pragma once

#include <cstdint>
#include <vector>

#include "spec/lang/tree.hpp"
#include "src/explore/pack.hpp"
#include "src/explore/renaming.hpp"

namespace pasid::explore {

/// The renamings that leave those facts as they are that are among `cells`, the identity first. Record-like sorts keep
/// their names (their rows are sorted instead), and of several that act alike on these cells of states only one is
/// listed.
std::vector<Renaming> automorphisms(const lang::Tree& tree, const spec::NativeFacts& facts, const Cells& cells = {});

/// For each element of a record-like sort: the earlier elements with the same row, as a bit set. Swapping two of them
/// changes nothing, so that a rule need be tried only with the first that its arguments do not name yet.
using Twins = std::array<std::array<std::uint16_t, max_elements>, lang::max_entity_sorts>;

/// The twins of a state given a byte a slot. Elements of other sorts have none.
Twins twins(const Layout& layout, const std::uint8_t* slots);

/// Canonical forms for one topology: the least, slot by slot, of what a group of renamings makes of a state, with the
/// rows of record-like sorts in order. `layout` must outlive it.
class Symmetry {
 public:
  /// `group` must be closed under composition and begin with the identity; automorphisms() is the right one.
  Symmetry(const lang::Tree& tree, const Layout& layout, const std::vector<Renaming>& group);

  /// How many renamings are tried for each state (orders of rows not counted).
  [[nodiscard]] std::size_t order() const { return images_.size(); }

  /// From a byte a slot to a byte a slot; `canonical` must not overlap `slots`.
  void canonical(const std::uint8_t* slots, std::uint8_t* canonical) const;

 private:
  /// What a renaming does: slot i becomes value[row[i]][the old slot source[i]], row by sort.
  struct Image {
    std::vector<std::uint16_t> source;
    std::array<std::array<std::uint8_t, max_elements>, lang::max_entity_sorts + 1> value;
  };
  void sort_rows(std::uint8_t* slots) const;

  const Layout& layout_;
  std::vector<std::uint8_t> row_;  ///< by slot: the row of Image::value for its sort
  std::vector<Image> images_;
};

}  // namespace pasid::explore
