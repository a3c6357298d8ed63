#include "src/conform/shown.hpp"

#include <algorithm>

#include "spec/lang/memory.hpp"

namespace pasid::conform {

std::vector<int> cells_shown(const Catalogue& catalogue, const Capabilities& capabilities) {
  std::vector<int> out;
  for (const std::string& name : capabilities.observes)
    if (const int cell = catalogue.tree().cell_named(name); cell >= 0) out.push_back(cell);
  return out;
}

bool agrees(const Catalogue& catalogue, const World& world, const View& view, const std::vector<int>& cells,
            const spec::NativeState& state) {
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(&state);
  const auto info = [&](int cell) -> const lang::CellInfo& {
    return catalogue.tree().cells[static_cast<std::size_t>(cell)];
  };
  std::size_t there = 0;
  for (const int cell : cells)
    lang::each_index(world.facts, info(cell), [&](std::span<const std::uint8_t> index) {
      there += bytes[lang::place(info(cell), index)] != 0 ? 1U : 0U;
    });
  return there == view.size() && std::ranges::all_of(view, [&](const Shown& s) {
           const auto index = std::span(s.index).first(info(s.cell).index.size());
           return std::ranges::find(index, foreign) == index.end() &&
                  agrees(s.value, bytes[lang::place(info(s.cell), index)]);
         });
}

}  // namespace pasid::conform
