// A device's PASID table as VT-d walks it: a directory, tables of 64 entries made on demand, entries of 64 bytes.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <new>
#include <vector>

#include <pasid/engine.hpp>

namespace pasid::engine::detail {

inline constexpr std::uint32_t nothing = UINT32_MAX;  ///< no address space

/// Writers hold the engine's lock; hardware reads at any time. So every word is atomic, and Present is written last
/// when an entry is set up and first when it is torn down. read() takes 64 bytes at once, as hardware does: it looks at
/// a version beside the entry, odd while somebody writes.
class PasidTable {
 public:
  /// Room for numbers below max_pasids, rounded up as in intel_pasid_alloc_table() (Linux 7.3): 32768 at least.
  PasidTable(std::uint32_t max_pasids, Host& host);

  /// Makes the table that p's entry is in; false where memory runs out.
  bool reserve(Pasid p, Host& host) noexcept;

  /// Sets an entry up. reserve(p) has succeeded before.
  void set(Pasid p, const EntryBits& bits, std::uint32_t meaning) noexcept;
  /// Present off; the rest stays until the caches have forgotten it (75ed00055c05, 6.19).
  void clear_present(Pasid p) noexcept;
  /// All zeros, or fault processing disabled alone.
  void zero(Pasid p, bool disable_faults) noexcept;

  [[nodiscard]] EntryBits read(Pasid p) const noexcept;
  /// The address space that a present entry leads to, else nothing.
  [[nodiscard]] std::uint32_t meaning(Pasid p) const noexcept;
  [[nodiscard]] Directory directory() const noexcept;

 private:
  struct Page {
    std::array<std::array<std::atomic<std::uint64_t>, 8>, 64> entries{};
  };
  static_assert(sizeof(Page) == page_size);
  struct Table {
    struct Free {
      void operator()(Page* page) const noexcept;
    };
    std::unique_ptr<Page, Free> page;
    std::array<std::uint32_t, 64> meaning{};
    std::array<std::atomic<std::uint32_t>, 64> version{};
  };
  /// An entry with what belongs to it; no words where the number has no place yet.
  struct Place {
    std::atomic<std::uint64_t>* words = nullptr;
    std::uint32_t* meaning = nullptr;
    std::atomic<std::uint32_t>* version = nullptr;
  };
  struct FreePages {
    void operator()(std::atomic<std::uint64_t>* pages) const noexcept;
  };

  [[nodiscard]] Place place(Pasid p) const noexcept;

  std::size_t size_;  ///< of the directory, in entries
  std::unique_ptr<std::atomic<std::uint64_t>[], FreePages> directory_;
  std::uint64_t address_;
  std::vector<std::atomic<Table*>> tables_;  ///< what the directory's entries lead to
  std::vector<std::unique_ptr<Table>> owned_;
};

}  // namespace pasid::engine::detail
