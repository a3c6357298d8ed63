#include "src/engine/table.hpp"

#include <algorithm>
#include <bit>

namespace pasid::engine::detail {
namespace {

constexpr std::size_t entries_in_table = 64;
constexpr std::uint64_t present = 1;
constexpr std::uint64_t fault_processing_disabled = 2;

/// In directory entries: 512 << order, for numbers below 1 << (order + 15).
std::size_t directory_size(std::uint32_t max_pasids) {
  const std::size_t smallest = page_size / sizeof(std::uint64_t);
  return std::max(smallest, std::bit_ceil(std::size_t{max_pasids}) / entries_in_table);
}

}  // namespace

void PasidTable::Table::Free::operator()(Page* page) const noexcept {
  page->~Page();
  ::operator delete (page, std::align_val_t{page_size});
}

void PasidTable::FreePages::operator()(std::atomic<std::uint64_t>* pages) const noexcept {
  ::operator delete (pages, std::align_val_t{page_size});
}

PasidTable::PasidTable(std::uint32_t max_pasids, Host& host) : size_(directory_size(max_pasids)), tables_(size_) {
  auto* entries = static_cast<std::atomic<std::uint64_t>*>(
      ::operator new (size_ * sizeof(std::uint64_t), std::align_val_t{page_size}));
  for (std::size_t i = 0; i < size_; ++i) new (&entries[i]) std::atomic<std::uint64_t>(0);
  directory_.reset(entries);
  address_ = host.physical_address(entries);
  owned_.reserve(size_);
}

bool PasidTable::reserve(Pasid p, Host& host) noexcept {
  const std::size_t at = p / entries_in_table;
  if (at >= size_) return false;
  if (tables_[at].load(std::memory_order_relaxed) != nullptr) return true;
  void* const memory = ::operator new (sizeof(Page), std::align_val_t{page_size}, std::nothrow);
  if (memory == nullptr) return false;
  std::unique_ptr<Page, Table::Free> page(new (memory) Page);
  std::unique_ptr<Table> table(new (std::nothrow) Table);
  if (!table) return false;
  table->page = std::move(page);
  table->meaning.fill(nothing);
  const std::uint64_t address = host.physical_address(table->page.get());
  tables_[at].store(table.get(), std::memory_order_release);
  directory_[at].store(address | present, std::memory_order_release);
  owned_.push_back(std::move(table));
  return true;
}

PasidTable::Place PasidTable::place(Pasid p) const noexcept {
  const std::size_t at = p / entries_in_table;
  Table* const table = at < size_ ? tables_[at].load(std::memory_order_acquire) : nullptr;
  if (table == nullptr) return {};
  const std::size_t i = p % entries_in_table;
  return {table->page->entries[i].data(), &table->meaning[i], &table->version[i]};
}

// Words are stored with release and loaded with acquire: whoever sees one sees the odd version before it.

void PasidTable::set(Pasid p, const EntryBits& bits, std::uint32_t meaning) noexcept {
  const Place e = place(p);
  e.version->fetch_add(1, std::memory_order_relaxed);
  for (std::size_t i = bits.size(); i-- > 0;) e.words[i].store(bits[i], std::memory_order_release);
  e.version->fetch_add(1, std::memory_order_release);
  *e.meaning = meaning;
}

void PasidTable::clear_present(Pasid p) noexcept {
  const Place e = place(p);
  if (e.words == nullptr) return;
  e.words[0].fetch_and(~present, std::memory_order_release);
  *e.meaning = nothing;
}

void PasidTable::zero(Pasid p, bool disable_faults) noexcept {
  const Place e = place(p);
  if (e.words == nullptr) return;
  e.version->fetch_add(1, std::memory_order_relaxed);
  e.words[0].store(disable_faults ? fault_processing_disabled : 0, std::memory_order_release);
  for (std::size_t i = 1; i < EntryBits{}.size(); ++i) e.words[i].store(0, std::memory_order_release);
  e.version->fetch_add(1, std::memory_order_release);
}

EntryBits PasidTable::read(Pasid p) const noexcept {
  EntryBits bits{};
  const Place e = place(p);
  if (e.words == nullptr) return bits;
  for (;;) {
    const std::uint32_t before = e.version->load(std::memory_order_acquire);
    for (std::size_t i = 0; i < bits.size(); ++i) bits[i] = e.words[i].load(std::memory_order_acquire);
    if (before % 2 == 0 && e.version->load(std::memory_order_relaxed) == before) return bits;
  }
}

std::uint32_t PasidTable::meaning(Pasid p) const noexcept {
  const Place e = place(p);
  return e.words == nullptr ? nothing : *e.meaning;
}

Directory PasidTable::directory() const noexcept {
  static_assert(sizeof(std::atomic<std::uint64_t>) == sizeof(std::uint64_t));
  return {reinterpret_cast<const std::uint64_t*>(directory_.get()), size_, address_};
}

}  // namespace pasid::engine::detail
