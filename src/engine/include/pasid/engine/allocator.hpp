/// Numbers, and who hands them out. Part of <pasid/engine.hpp>.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include <pasid/engine/answer.hpp>

namespace pasid::engine {

/// A process address space id: at most 20 bits (PCI Express: PASID TLP prefix).
using Pasid = std::uint32_t;
inline constexpr unsigned max_width = 20;  ///< in bits
/// The table index of requests without PASID, the requester's own (IOMMU_NO_PASID). No allocator hands it out.
inline constexpr Pasid rid_pasid = 0;

/// first to last, both included.
struct Range {
  Pasid first = 0;
  Pasid last = 0;
};

/// Which of the free numbers is handed out next.
enum class Pick : std::uint8_t {
  lowest_free = 1,     ///< as Linux does (ida_alloc_range()): a freed number comes back at once
  oldest_freed_first,  ///< the one that has been free for longest; those never used come first, the lowest first
};

/// A number space: 0 to 2^width - 1, each free, taken or reserved. It allocates memory in its constructor only: one bit
/// a number and with lowest_free 1/63 of that again (130 KiB for 2^20), with oldest_freed_first four bytes a number
/// (4.13 MiB).
class Allocator {
 public:
  /// `width`: 1 to 20 bits, else std::invalid_argument; so is a reserved range whose last lies before its first. What
  /// lies beyond the width is ignored.
  explicit Allocator(unsigned width, Pick pick = Pick::lowest_free,
                     const std::vector<Range>& reserved = {{rid_pasid, rid_pasid}});

  /// Takes a free number of the range; none where there is none. Time: constant, except oldest_freed_first in a part of
  /// what can be handed out, which passes over what has been free for longer and lies outside the part.
  std::optional<Pasid> allocate(Range within) noexcept;
  /// The same from the whole space, in constant time.
  std::optional<Pasid> allocate() noexcept { return allocate({0, static_cast<Pasid>(size_ - 1)}); }

  /// Is a number of the range free? Time: as allocate(), but linear in the range with oldest_freed_first.
  [[nodiscard]] bool any(Range within) const noexcept;

  /// Takes this number. False where it is taken, reserved or outside the space. With oldest_freed_first in time linear
  /// in what is free.
  bool take(Pasid p) noexcept;

  /// Gives a number back. False where there is nothing to give back: it is free, reserved or outside the space.
  bool free(Pasid p) noexcept;

  /// Is it handed out? Reserved numbers are not.
  [[nodiscard]] bool taken(Pasid p) const noexcept;
  /// How many could be handed out.
  [[nodiscard]] std::size_t available() const noexcept;
  /// How many numbers there are, reserved ones included.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// What is kept of the numbers, in bytes.
  [[nodiscard]] std::size_t bytes() const noexcept;

 private:
  [[nodiscard]] bool is_free(Pasid p) const noexcept;
  [[nodiscard]] bool reserved(Pasid p) const noexcept;
  // lowest_free:
  void insert(Pasid p) noexcept;
  void insert(Range within) noexcept;
  void erase(Pasid p) noexcept;
  [[nodiscard]] Pasid lowest() const noexcept;
  [[nodiscard]] Pasid lowest_from(Pasid first) const noexcept;
  [[nodiscard]] Pasid find_lowest(Range within) const noexcept;
  [[nodiscard]] Pasid pick_lowest(Range within) noexcept;
  void put_back(Pasid p) noexcept;
  // oldest_freed_first:
  [[nodiscard]] bool any_free(Range within) const noexcept;
  [[nodiscard]] Pasid pick_oldest(Range within) noexcept;
  void append(Pasid p) noexcept;
  void close_gaps() noexcept;

  std::size_t size_;
  Range usable_{1, 0};           ///< from the lowest number that is not reserved to the highest; {1, 0}: none
  std::vector<Range> reserved_;  ///< those between, ascending, none touches another
  mutable std::mutex lock_;
  std::size_t available_ = 0;
  std::vector<std::uint64_t> bits_;
  /// A bit a number, set where it is free. With lowest_free, then a bit a word of those, set where the word has any;
  /// and so on. The last level is one word.
  std::array<std::uint64_t*, 4> level_{};
  std::size_t levels_ = 0;
  /// lowest_free: the lowest free number, while the levels above the first need not know of it: most numbers that are
  /// given back are asked for again at once. UINT32_MAX: the levels know all.
  Pasid lowest_ = UINT32_MAX;
  /// oldest_freed_first: a ring of the free numbers in the order in which they became free, with gaps where one was
  /// taken from the middle.
  std::vector<Pasid> ring_;
  std::size_t head_ = 0;
  std::size_t length_ = 0;  ///< gaps included
};

}  // namespace pasid::engine
