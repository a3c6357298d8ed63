// Reading facts and states by cell number, for whoever works from the tree.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "spec/lang/native.hpp"
#include "spec/lang/tree.hpp"

namespace pasid::lang {

/// Where a cell with these indices lies, in bytes from the start of its Facts<Native> or State<Native>.
inline std::size_t place(const CellInfo& cell, std::span<const std::uint8_t> index) {
  std::size_t at = cell.offset;
  for (std::size_t k = 0; k < index.size(); ++k) at += cell.strides[k] * index[k];
  return at;
}

/// How many elements sort `s` has: enumerations always the same, entities as the scope says.
inline int size_of(const Domain<Native>& domain, const SortInfo* s) {
  return s->kind == SortKind::entity ? domain.count[static_cast<std::size_t>(s->index)] : s->capacity;
}

/// Is this fact wholly chosen by a design (a knob, or a table over enumerations)?
inline bool is_knob(const CellInfo& cell) {
  bool knob = cell.rigid;
  for (const SortInfo* s : cell.index) knob = knob && s->kind == SortKind::enumeration;
  return knob && cell.value->kind != SortKind::entity;
}

/// Calls `visit(index)` for every index tuple of a cell within the domain (without `none`).
template <class F>
void each_index(const Domain<Native>& domain, const CellInfo& cell, F visit) {
  std::array<std::uint8_t, 4> index{};
  const std::size_t n = cell.index.size();
  for (std::size_t k = 0; k < n; ++k) {
    if (size_of(domain, cell.index[k]) == 0) return;
    index[k] = 1;
  }
  while (true) {
    visit(std::span<const std::uint8_t>(index.data(), n));
    std::size_t k = n;
    while (k > 0 && index[k - 1] == size_of(domain, cell.index[k - 1])) index[--k] = 1;
    if (k == 0) return;
    ++index[k - 1];
  }
}

}  // namespace pasid::lang
