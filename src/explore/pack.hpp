// Packing: the cells of a state within a scope, in a fixed order, as few bits each as their values need.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "spec/lang/memory.hpp"
#include "spec/model.hpp"
#include "src/explore/footprint.hpp"

namespace pasid::explore {

/// Most slots a layout has, for buffers on the stack.
inline constexpr std::size_t max_slots = 1024;
/// Bytes after the last slot that Layout::pack() reads.
inline constexpr std::size_t slot_padding = 7;
/// Bytes after a packed state that Layout::unpack() reads.
inline constexpr std::size_t packed_padding = 2;

/// One byte of a state that the scope can reach.
struct StateSlot {
  std::size_t cell;
  std::array<std::uint8_t, 4> index;
  std::size_t offset;  ///< in NativeState
  const lang::SortInfo* value;
  unsigned bits;
};

/// The rows of a record-like sort: slots [first, first + rows * width), a row an element.
struct Records {
  const lang::SortInfo* sort;
  std::size_t first;
  std::size_t rows;
  std::size_t width;
};

/// Sorts whose elements nothing names: never a value, never in a fact, and no cell is indexed by two of them. Their
/// elements are told apart by their rows alone, so a state is the same whatever the order of the rows.
std::vector<const lang::SortInfo*> record_sorts(const lang::Tree& tree, const Cells& cells = {});

/// The order of a state's slots for one choice of sizes and cells: first those that no record-like sort indexes, then
/// the rows of each record-like sort. `spread` states are a byte a slot, `packed` ones as few bits as the sizes allow.
class Layout {
 public:
  /// Throws std::invalid_argument where a sort has more elements than Renaming has room for, or the scope more than
  /// max_slots.
  Layout(const lang::Tree& tree, const lang::Domain<lang::Native>& domain, const Cells& cells = {});

  [[nodiscard]] std::span<const StateSlot> slots() const { return slots_; }
  [[nodiscard]] std::span<const Records> records() const { return records_; }
  /// How many slots come before the first row.
  [[nodiscard]] std::size_t fixed() const { return fixed_; }
  [[nodiscard]] std::size_t packed_bytes() const { return packed_bytes_; }

  void spread(const spec::NativeState& state, std::uint8_t* slots) const;
  /// `slots` have slot_padding bytes after the last, of any value.
  void pack(const std::uint8_t* slots, std::uint8_t* packed) const;
  /// `packed` has packed_padding bytes after the last, of any value. Every other cell of `state` is left as it is:
  /// none, where nothing else was written to it.
  void unpack(const std::uint8_t* packed, spec::NativeState& state) const;

 private:
  /// Where a slot is in a state, and in a packed one.
  struct Field {
    std::uint16_t offset;
    std::uint16_t byte;
    std::uint8_t shift;
    std::uint8_t mask;
  };
  /// Up to eight slots of as many bits each, which are packed together.
  struct Group {
    std::uint16_t first;
    std::uint8_t count;
    std::uint8_t bits;
  };
  std::vector<StateSlot> slots_;
  std::vector<Field> fields_;  ///< by slot
  std::vector<Group> groups_;
  std::vector<Records> records_;
  std::size_t fixed_ = 0;
  std::size_t packed_bytes_ = 0;
};

}  // namespace pasid::explore
