#include "src/explore/fact_slots.hpp"

#include <algorithm>
#include <stdexcept>

namespace pasid::explore {
namespace {

/// What the pin says of index tuple `n` of its cell.
std::uint8_t pinned_value(const Pin& pin, std::size_t n, const FactSlot& slot) {
  if (pin.values.size() > 1 && n >= pin.values.size())
    throw std::invalid_argument("fact '" + pin.cell + "' is pinned for " + std::to_string(pin.values.size()) +
                                " indices and has more");
  const std::uint8_t v = pin.values.size() == 1 ? pin.values[0] : pin.values[n];
  // Where the sort only classifies, its size may just be too small for now.
  const int most = slot.classifies ? slot.value->capacity : slot.highest;
  if (v < slot.lowest || v > most)
    throw std::invalid_argument("fact '" + pin.cell + "' is pinned to a value out of range: " + std::to_string(v));
  return v;
}

void add_cell(const lang::Tree& tree, const lang::Domain<lang::Native>& domain, std::size_t c, const Pin* pin,
              std::vector<FactSlot>& slots) {
  const lang::CellInfo& cell = tree.cells[c];
  std::size_t n = 0;
  lang::each_index(domain, cell, [&](std::span<const std::uint8_t> index) {
    const bool total = cell.value->kind != lang::SortKind::boolean;
    FactSlot s{c,
               {},
               lang::place(cell, index),
               cell.value,
               only_classifies(tree, cell.value),
               pin != nullptr,
               static_cast<std::uint8_t>(total ? 1 : 0),
               static_cast<std::uint8_t>(lang::size_of(domain, cell.value))};
    std::ranges::copy(index, s.index.begin());
    if (pin != nullptr) {
      s.lowest = pinned_value(*pin, n, s);
      s.highest = std::min(s.lowest, s.highest);
    }
    slots.push_back(s);
    ++n;
  });
  if (pin != nullptr && pin->values.size() > 1 && pin->values.size() != n)
    throw std::invalid_argument("fact '" + pin->cell + "' is pinned for " + std::to_string(pin->values.size()) +
                                " indices and has " + std::to_string(n));
}

}  // namespace

std::vector<FactSlot> fact_slots(const lang::Tree& tree, const lang::Domain<lang::Native>& domain, const Scope& scope) {
  std::vector<FactSlot> slots;
  for (const bool pinned : {true, false}) {
    for (std::size_t c = 0; c < tree.cells.size(); ++c) {
      const lang::CellInfo& cell = tree.cells[c];
      if (!cell.rigid || lang::is_knob(cell)) continue;
      const auto pin = std::ranges::find(scope.pins, cell.name, &Pin::cell);
      if ((pin != scope.pins.end()) == pinned) add_cell(tree, domain, c, pinned ? &*pin : nullptr, slots);
    }
  }
  FirstUse order;
  for (const FactSlot& s : slots)
    if (s.pinned && s.classifies && order(s.value, s.lowest) != s.lowest)
      throw std::invalid_argument("fact '" + std::string(tree.cells[s.cell].name) +
                                  "' is pinned to names that are not in the order of first use");
  return slots;
}

}  // namespace pasid::explore
