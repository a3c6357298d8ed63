// Footprints: what of a state a transition may change.
#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

#include "spec/lang/tree.hpp"
#include "spec/model.hpp"

namespace pasid::explore {

/// Some of the tree's cells, by number; empty: all of them.
using Cells = std::vector<bool>;
inline bool in(const Cells& cells, std::size_t cell) { return cells.empty() || cells[cell]; }

/// The bytes of some cells of a state. What a rule may write lies in the footprint of the cells that its text writes.
class Footprint {
 public:
  Footprint() = default;
  Footprint(const lang::Tree& tree, const Cells& cells);

  /// Makes `to` equal `from` in these bytes, if not in all: copying a small state whole is quicker.
  void copy(const spec::NativeState& from, spec::NativeState& to) const {
    if constexpr (sizeof(spec::NativeState) <= 128) to = from;
    else
      for (const Range& r : ranges_) std::memcpy(at(to) + r.offset, at(from) + r.offset, r.bytes);
  }
  [[nodiscard]] bool same(const spec::NativeState& a, const spec::NativeState& b) const {
    for (const Range& r : ranges_)
      if (std::memcmp(at(a) + r.offset, at(b) + r.offset, r.bytes) != 0) return false;
    return true;
  }

 private:
  struct Range {
    std::size_t offset;
    std::size_t bytes;
  };
  static std::uint8_t* at(spec::NativeState& s) { return reinterpret_cast<std::uint8_t*>(&s); }
  static const std::uint8_t* at(const spec::NativeState& s) { return reinterpret_cast<const std::uint8_t*>(&s); }

  std::vector<Range> ranges_;  ///< ascending, apart
};

}  // namespace pasid::explore
