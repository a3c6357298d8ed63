#include "src/explore/renaming.hpp"

#include <algorithm>
#include <numeric>

namespace pasid::explore {
namespace {

std::array<std::uint8_t, max_elements> in_order() {
  std::array<std::uint8_t, max_elements> row{};
  std::iota(row.begin(), row.end(), std::uint8_t{0});
  return row;
}

void rename_cells(const lang::Tree& tree, const lang::Domain<lang::Native>& domain, bool rigid, const void* from,
                  void* to, const Renaming& names) {
  const auto* const source = static_cast<const std::uint8_t*>(from);
  auto* const target = static_cast<std::uint8_t*>(to);
  for (const lang::CellInfo& cell : tree.cells) {
    if (cell.rigid != rigid) continue;
    lang::each_index(domain, cell, [&](std::span<const std::uint8_t> index) {
      std::array<std::uint8_t, 4> there{};
      for (std::size_t k = 0; k < index.size(); ++k) there[k] = names(cell.index[k], index[k]);
      target[lang::place(cell, std::span(there).first(index.size()))] =
          names(cell.value, source[lang::place(cell, index)]);
    });
  }
}

}  // namespace

Renaming Renaming::identity() {
  Renaming out{};
  out.to.fill(in_order());
  return out;
}

Renaming Renaming::inverse() const {
  Renaming out{};
  for (std::size_t s = 0; s < to.size(); ++s)
    for (std::size_t x = 0; x < max_elements; ++x) out.to[s][to[s][x]] = static_cast<std::uint8_t>(x);
  return out;
}

spec::NativeFacts renamed(const lang::Tree& tree, const spec::NativeFacts& facts, const Renaming& names) {
  spec::NativeFacts out = facts;
  rename_cells(tree, facts, true, &facts, &out, names);
  return out;
}

spec::NativeState renamed(const lang::Tree& tree, const lang::Domain<lang::Native>& domain,
                          const spec::NativeState& state, const Renaming& names) {
  spec::NativeState out;
  rename_cells(tree, domain, false, &state, &out, names);
  return out;
}

std::vector<std::array<std::uint8_t, max_elements>> permutations(int n) {
  std::vector<std::array<std::uint8_t, max_elements>> out;
  auto row = in_order();
  do {
    out.push_back(row);
  } while (std::next_permutation(row.begin() + 1, row.begin() + 1 + n));
  return out;
}

}  // namespace pasid::explore
