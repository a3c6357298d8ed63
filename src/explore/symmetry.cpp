#include "src/explore/symmetry.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>
#include <stdexcept>

#include "src/explore/scope.hpp"

namespace pasid::explore {
namespace {

using lang::SortInfo;

/// Adds sort after sort to partial renamings and drops those that change a fact between sorts already renamed.
class AutomorphismSearch {
 public:
  AutomorphismSearch(const lang::Tree& tree, const spec::NativeFacts& facts, const Cells& cells)
      : tree_(tree), facts_(facts), cells_(cells) {
    const auto records = record_sorts(tree, cells);
    for (const SortInfo* s : entity_sorts(tree))
      if (lang::size_of(facts, s) > 1 && std::ranges::find(records, s) == records.end()) sorts_.push_back(s);
  }

  std::vector<Renaming> run() {
    extend(0, Renaming::identity());
    return std::move(found_);
  }

 private:
  void extend(std::size_t k, const Renaming& so_far) {
    if (k == sorts_.size()) {
      if (std::ranges::none_of(found_, [&](const Renaming& r) { return alike(r, so_far); })) found_.push_back(so_far);
      return;
    }
    Renaming next = so_far;
    for (const auto& row : permutations(lang::size_of(facts_, sorts_[k]))) {
      next.to[static_cast<std::size_t>(sorts_[k]->index)] = row;
      if (keeps_facts(next, k)) extend(k + 1, next);
    }
  }

  /// Checks the facts in which sort k is the last renamed.
  [[nodiscard]] bool keeps_facts(const Renaming& r, std::size_t k) const {
    const auto renamed_later = [&](const SortInfo* s) {
      return std::find(sorts_.begin() + static_cast<std::ptrdiff_t>(k) + 1, sorts_.end(), s) != sorts_.end();
    };
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(&facts_);
    for (const lang::CellInfo& cell : tree_.cells) {
      if (!cell.rigid || !among(cell) ||
          (cell.value != sorts_[k] && std::ranges::find(cell.index, sorts_[k]) == cell.index.end()) ||
          renamed_later(cell.value) || std::ranges::any_of(cell.index, renamed_later))
        continue;
      bool kept = true;
      lang::each_index(facts_, cell, [&](std::span<const std::uint8_t> index) {
        std::array<std::uint8_t, 4> there{};
        for (std::size_t i = 0; i < index.size(); ++i) there[i] = r(cell.index[i], index[i]);
        kept = kept && bytes[lang::place(cell, std::span(there).first(index.size()))] ==
                           r(cell.value, bytes[lang::place(cell, index)]);
      });
      if (!kept) return false;
    }
    return true;
  }

  /// Do two renamings treat every sort in the state the same way?
  [[nodiscard]] bool alike(const Renaming& a, const Renaming& b) const {
    for (const lang::CellInfo& cell : tree_.cells) {
      if (cell.rigid || !among(cell)) continue;
      const auto differ = [&](const SortInfo* s) {
        return s->kind == lang::SortKind::entity &&
               a.to[static_cast<std::size_t>(s->index)] != b.to[static_cast<std::size_t>(s->index)];
      };
      if (differ(cell.value) || std::ranges::any_of(cell.index, differ)) return false;
    }
    return true;
  }

  [[nodiscard]] bool among(const lang::CellInfo& cell) const {
    return in(cells_, static_cast<std::size_t>(&cell - tree_.cells.data()));
  }
  const lang::Tree& tree_;
  const spec::NativeFacts& facts_;
  const Cells& cells_;
  std::vector<const SortInfo*> sorts_;
  std::vector<Renaming> found_;
};

}  // namespace

std::vector<Renaming> automorphisms(const lang::Tree& tree, const spec::NativeFacts& facts, const Cells& cells) {
  return AutomorphismSearch(tree, facts, cells).run();
}

Twins twins(const Layout& layout, const std::uint8_t* slots) {
  Twins out{};
  for (const Records& block : layout.records()) {
    auto& earlier = out[static_cast<std::size_t>(block.sort->index)];
    const std::uint8_t* const rows = slots + block.first;
    for (std::size_t x = 1; x < block.rows; ++x)
      for (std::size_t y = 0; y < x; ++y)
        if (std::memcmp(rows + x * block.width, rows + y * block.width, block.width) == 0)
          earlier[x + 1] = static_cast<std::uint16_t>(earlier[x + 1] | (1U << (y + 1)));
  }
  return out;
}

Symmetry::Symmetry(const lang::Tree& tree, const Layout& layout, const std::vector<Renaming>& group) : layout_(layout) {
  const auto slots = layout.slots();
  std::map<std::pair<std::size_t, std::array<std::uint8_t, 4>>, std::size_t> number;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const StateSlot& s = slots[i];
    if (s.bits > std::bit_width(max_elements - 1))
      throw std::invalid_argument("cell '" + std::string(tree.cells[s.cell].name) +
                                  "' has more values than a renaming has room for");
    number.emplace(std::pair(s.cell, s.index), i);
    row_.push_back(s.value->kind == lang::SortKind::entity ? static_cast<std::uint8_t>(s.value->index)
                                                           : std::uint8_t{lang::max_entity_sorts});
  }
  for (const Renaming& r : group) {
    Image image{std::vector<std::uint16_t>(slots.size()), {}};
    std::ranges::copy(r.to, image.value.begin());
    image.value.back() = Renaming::identity().to[0];
    for (std::size_t i = 0; i < slots.size(); ++i) {
      const auto& sorts = tree.cells[slots[i].cell].index;
      std::array<std::uint8_t, 4> there{};
      for (std::size_t k = 0; k < sorts.size(); ++k) there[k] = r(sorts[k], slots[i].index[k]);
      image.source[number.at({slots[i].cell, there})] = static_cast<std::uint16_t>(i);
    }
    images_.push_back(std::move(image));
  }
}

void Symmetry::sort_rows(std::uint8_t* slots) const {
  std::array<std::uint8_t, 256> held;
  for (const Records& block : layout_.records()) {
    std::uint8_t* const rows = slots + block.first;
    // Insertion sort: a handful of rows, mostly in order.
    for (std::size_t i = 1; i < block.rows; ++i) {
      std::size_t j = i;
      while (j > 0 && std::memcmp(rows + (j - 1) * block.width, rows + i * block.width, block.width) > 0) --j;
      if (j == i) continue;
      std::memcpy(held.data(), rows + i * block.width, block.width);
      std::memmove(rows + (j + 1) * block.width, rows + j * block.width, (i - j) * block.width);
      std::memcpy(rows + j * block.width, held.data(), block.width);
    }
  }
}

void Symmetry::canonical(const std::uint8_t* slots, std::uint8_t* canonical) const {
  const std::size_t n = row_.size();
  const std::size_t fixed = layout_.fixed();
  std::memcpy(canonical, slots, n);
  sort_rows(canonical);
  std::array<std::uint8_t, max_slots> image;
  for (std::size_t g = 1; g < images_.size(); ++g) {
    const Image& by = images_[g];
    const auto at = [&](std::size_t i) { return by.value[row_[i]][slots[by.source[i]]]; };
    std::size_t i = 0;
    for (; i < fixed; ++i) {
      image[i] = at(i);
      if (image[i] != canonical[i]) break;
    }
    if (i < fixed && image[i] > canonical[i]) continue;
    for (++i; i < fixed; ++i) image[i] = at(i);
    for (i = fixed; i < n; ++i) image[i] = at(i);
    sort_rows(image.data());
    if (std::memcmp(image.data(), canonical, n) < 0) std::memcpy(canonical, image.data(), n);
  }
}

}  // namespace pasid::explore
