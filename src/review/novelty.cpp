#include "src/review/novelty.hpp"

#include <stdexcept>

namespace pasid::review {

Novelty::Novelty(const lang::Tree& tree, const lang::Domain<lang::Native>& sizes, unsigned enough) : enough_(enough) {
  std::vector<std::size_t> first;  // the number of a sort's first entity
  for (std::size_t s = 0; s < sizes.count.size(); ++s) {
    first.push_back(entities_.size());
    entities_.resize(entities_.size() + sizes.count[s], {s, {}});
  }
  of_sort_.resize(sizes.count.size());
  std::size_t next = 0;
  for (const lang::CellInfo& cell : tree.cells) {
    if (cell.rigid && (lang::is_knob(cell) || cell.value->kind != lang::SortKind::boolean)) continue;
    const bool counts_values = cell.value->kind == lang::SortKind::enumeration;
    const std::size_t values = counts_values ? static_cast<std::size_t>(cell.value->capacity) : 1;
    if (next + (cell.index.size() + 1) * values > most) throw std::logic_error("novelty: more facts than are numbered");
    const auto facts_of = [&](const lang::SortInfo* sort) {
      for (std::size_t v = 0; v < values; ++v) of_sort_[static_cast<std::size_t>(sort->index)].set(next + v);
      next += values;
      return next - values;
    };
    std::vector<std::size_t> as_index;
    for (const lang::SortInfo* s : cell.index)
      as_index.push_back(s->kind == lang::SortKind::entity ? facts_of(s) : most);
    const bool names = cell.value->kind == lang::SortKind::entity;
    const std::size_t as_value = names ? facts_of(cell.value) : most;
    lang::each_index(sizes, cell, [&](std::span<const std::uint8_t> index) {
      Slot slot{lang::place(cell, index), {}, cell.rigid, counts_values, names, {}};
      for (std::size_t k = 0; k < index.size(); ++k)
        if (as_index[k] != most)
          slot.indices.push_back({first[static_cast<std::size_t>(cell.index[k]->index)] + index[k] - 1, as_index[k]});
      if (names) slot.first = {first[static_cast<std::size_t>(cell.value->index)], as_value};
      slots_.push_back(std::move(slot));
    });
  }
  rows_.resize(next, {{}, {}, std::vector<std::uint8_t>(2 * next)});
}

bool Novelty::note(const spec::NativeFacts& facts, const spec::NativeState& state) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(&state);
  const auto* rigid = reinterpret_cast<const std::uint8_t*>(&facts);
  for (Entity& e : entities_) e.said.reset();
  for (const Slot& slot : slots_) {
    const std::size_t value = slot.fact ? (rigid[slot.offset] == 0 ? 1 : 0) : bytes[slot.offset];
    if (value == 0) continue;
    for (const auto& [entity, fact] : slot.indices)
      entities_[entity].said.set(fact + (slot.counts_values ? value - 1 : 0));
    if (slot.names) entities_[slot.first.entity + value - 1].said.set(slot.first.fact);
  }
  bool fresh = false;
  for (const Entity& e : entities_) {
    for (std::size_t i = e.said._Find_first(); i < most; i = e.said._Find_next(i)) {
      Row& row = rows_[i];
      fresh |= count(row, row.with, e.said & ~row.with, 0);
      fresh |= count(row, row.without, of_sort_[e.sort] & ~e.said & ~row.without, rows_.size());
    }
  }
  return fresh;
}

bool Novelty::count(Row& row, Said& full, Said fresh, std::size_t from) const {
  for (std::size_t k = fresh._Find_first(); k < most; k = fresh._Find_next(k))
    if (++row.seen[from + k] >= enough_) full.set(k);
  return fresh.any();
}

}  // namespace pasid::review
