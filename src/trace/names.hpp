// Names of values: what a reader calls the elements of a scope.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spec/lang/tree.hpp"
#include "spec/model.hpp"

namespace pasid::trace {

/// Names the elements of one topology: dev1, p2, file1 by sort, enumerators as the rules write them. Address spaces are
/// named by what they are: user mms A, B, C…, kernel DMA domains K1, K2…, others by their kind.
class Names {
 public:
  Names(const lang::Tree& tree, const spec::NativeFacts& facts);

  /// The name of a value: "-" for none; a Boolean is "set" or "-".
  [[nodiscard]] std::string operator()(const lang::SortInfo* sort, std::uint8_t value) const;

  /// The value so named, without `none`. An element has one name; nothing: no element of the scope has this one.
  [[nodiscard]] std::optional<std::uint8_t> value(const lang::SortInfo* sort, std::string_view name) const;

  /// The names of all elements of a sort, value 1 first.
  [[nodiscard]] std::vector<std::string> all(const lang::SortInfo* sort) const;

 private:
  const spec::NativeFacts& facts_;
  const lang::SortInfo* kinded_ = nullptr;  ///< the sort whose elements are named by their kind
  std::vector<std::string> kinded_names_;
};

/// A cell's name with its indices: "entry(dev1, p1)"; a cell without indices is its name.
std::string cell_text(const Names& names, const lang::CellInfo& cell, std::span<const std::uint8_t> index);

/// The entity sorts that the tree's cells speak of, in their order.
std::vector<const lang::SortInfo*> entity_sorts(const lang::Tree& tree);

/// The bytes that a cell lies in.
inline const std::uint8_t* holder(const lang::CellInfo& cell, const spec::NativeFacts& facts,
                                  const spec::NativeState& state) {
  return cell.rigid ? reinterpret_cast<const std::uint8_t*>(&facts) : reinterpret_cast<const std::uint8_t*>(&state);
}

}  // namespace pasid::trace
