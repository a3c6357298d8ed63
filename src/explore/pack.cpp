#include "src/explore/pack.hpp"

#include <algorithm>
#include <bit>
#include <stdexcept>

#include "src/explore/renaming.hpp"
#include "src/explore/scope.hpp"

namespace pasid::explore {
namespace {

/// Where `sort` stands among the indices of `cell`; -1: nowhere.
int index_of(const lang::CellInfo& cell, const lang::SortInfo* sort) {
  const auto at = std::ranges::find(cell.index, sort);
  return at == cell.index.end() ? -1 : static_cast<int>(at - cell.index.begin());
}

/// Which bits of a word are the low `used` ones of every other field of `width` bits.
constexpr std::uint64_t every_other(unsigned width, unsigned used) {
  std::uint64_t out = 0;
  for (unsigned at = 0; at < 64; at += 2 * width) out |= ((std::uint64_t{1} << used) - 1) << at;
  return out;
}

/// By how many bits of a byte are in use: what stays where it is in each step of squeezed(), and what comes beside it.
constexpr auto kept = [] {
  std::array<std::array<std::uint64_t, 6>, 9> out{};
  for (unsigned bits = 0; bits < out.size(); ++bits)
    for (unsigned step = 0, width = 8, used = bits; step < 3; ++step, width *= 2, used *= 2) {
      out[bits][2 * step] = every_other(width, used);
      out[bits][2 * step + 1] = every_other(width, used) << used;
    }
  return out;
}();

/// The low `bits` of each of eight bytes side by side: first of pairs, then of pairs of them, then of all.
std::uint64_t squeezed(std::uint64_t x, unsigned bits) {
  const auto& keep = kept[bits];
  const unsigned unused = 8 - bits;
  x = (x & keep[0]) | (x >> unused & keep[1]);
  x = (x & keep[2]) | (x >> 2 * unused & keep[3]);
  return (x & keep[4]) | (x >> 4 * unused & keep[5]);
}

}  // namespace

std::vector<const lang::SortInfo*> record_sorts(const lang::Tree& tree, const Cells& cells) {
  std::vector<const lang::SortInfo*> out;
  for (const lang::SortInfo* s : entity_sorts(tree)) {
    const bool named = std::ranges::any_of(tree.cells, [&](const lang::CellInfo& c) {
      if (!in(cells, static_cast<std::size_t>(&c - tree.cells.data()))) return false;
      const auto uses = std::ranges::count(c.index, s);
      const bool other_record = std::ranges::any_of(out, [&](const lang::SortInfo* r) { return index_of(c, r) >= 0; });
      return c.value == s || (c.rigid && uses > 0) || uses > 1 || (uses == 1 && other_record);
    });
    if (!named) out.push_back(s);
  }
  return out;
}

Layout::Layout(const lang::Tree& tree, const lang::Domain<lang::Native>& domain, const Cells& cells) {
  for (const lang::SortInfo* s : entity_sorts(tree))
    if (static_cast<std::size_t>(lang::size_of(domain, s)) >= max_elements)
      throw std::invalid_argument("sort '" + std::string(s->name) + "' has more elements than a renaming has room for");
  const auto records = record_sorts(tree, cells);
  const auto add = [&](std::size_t c, std::span<const std::uint8_t> index) {
    const lang::CellInfo& cell = tree.cells[c];
    StateSlot slot{c,
                   {},
                   lang::place(cell, index),
                   cell.value,
                   static_cast<unsigned>(std::bit_width(static_cast<unsigned>(lang::size_of(domain, cell.value))))};
    std::ranges::copy(index, slot.index.begin());
    slots_.push_back(slot);
  };
  for (std::size_t c = 0; c < tree.cells.size(); ++c) {
    const lang::CellInfo& cell = tree.cells[c];
    if (cell.rigid || !in(cells, c) ||
        std::ranges::any_of(records, [&](const lang::SortInfo* s) { return index_of(cell, s) >= 0; }))
      continue;
    lang::each_index(domain, cell, [&](std::span<const std::uint8_t> index) { add(c, index); });
  }
  fixed_ = slots_.size();
  for (const lang::SortInfo* s : records) {
    Records block{s, slots_.size(), static_cast<std::size_t>(lang::size_of(domain, s)), 0};
    for (std::size_t row = 1; row <= block.rows; ++row) {
      for (std::size_t c = 0; c < tree.cells.size(); ++c) {
        const int k = index_of(tree.cells[c], s);
        if (k < 0 || !in(cells, c)) continue;
        lang::each_index(domain, tree.cells[c], [&](std::span<const std::uint8_t> index) {
          if (index[static_cast<std::size_t>(k)] == row) add(c, index);
        });
      }
      block.width = (slots_.size() - block.first) / row;
    }
    records_.push_back(block);
  }
  if (slots_.size() > max_slots) throw std::invalid_argument("the scope has more cells than a search has room for");
  std::size_t bits = 0;
  for (const StateSlot& s : slots_) {
    const auto width = static_cast<std::uint8_t>(s.bits);
    fields_.push_back({static_cast<std::uint16_t>(s.offset), static_cast<std::uint16_t>(bits / 8),
                       static_cast<std::uint8_t>(bits % 8), static_cast<std::uint8_t>((1U << width) - 1)});
    bits += width;
    // What is not written out yet, less than 32 bits, and a group have room in a word.
    const unsigned most = width <= 4 ? 8 : 32U / width;
    if (groups_.empty() || groups_.back().bits != width || groups_.back().count == most)
      groups_.push_back({static_cast<std::uint16_t>(fields_.size() - 1), 0, width});
    ++groups_.back().count;
  }
  packed_bytes_ = (bits + 7) / 8;
}

void Layout::spread(const spec::NativeState& state, std::uint8_t* slots) const {
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(&state);
  for (const Field& f : fields_) *slots++ = bytes[f.offset];
}

void Layout::pack(const std::uint8_t* slots, std::uint8_t* packed) const {
  std::uint64_t pending = 0;
  unsigned have = 0;
  for (const Group& g : groups_) {
    std::uint64_t values = 0;
    std::memcpy(&values, slots + g.first, sizeof values);
    values &= ~std::uint64_t{0} >> 8 * (8U - g.count);
    pending |= squeezed(values, g.bits) << have;
    have += g.bits * g.count;
    if (have < 32) continue;
    std::memcpy(packed, &pending, 4);
    packed += 4;
    pending >>= 32;
    have -= 32;
  }
  for (; have > 0; have -= std::min(have, 8U), pending >>= 8) *packed++ = static_cast<std::uint8_t>(pending);
}

void Layout::unpack(const std::uint8_t* packed, spec::NativeState& state) const {
  auto* const bytes = reinterpret_cast<std::uint8_t*>(&state);
  for (const Field& f : fields_) {
    std::uint16_t at = 0;
    std::memcpy(&at, packed + f.byte, sizeof at);
    bytes[f.offset] = static_cast<std::uint8_t>(at >> f.shift & f.mask);
  }
}

}  // namespace pasid::explore
