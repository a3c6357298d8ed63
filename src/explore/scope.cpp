#include "src/explore/scope.hpp"

#include <algorithm>
#include <stdexcept>

namespace pasid::explore {

std::vector<const lang::SortInfo*> entity_sorts(const lang::Tree& tree) {
  std::vector<const lang::SortInfo*> out;
  const auto add = [&](const lang::SortInfo* s) {
    if (s->kind == lang::SortKind::entity && std::ranges::find(out, s) == out.end()) out.push_back(s);
  };
  for (const lang::CellInfo& cell : tree.cells) {
    add(cell.value);
    for (const lang::SortInfo* s : cell.index) add(s);
  }
  std::ranges::sort(out, {}, &lang::SortInfo::index);
  return out;
}

const lang::SortInfo* entity_sort(const lang::Tree& tree, std::string_view name) {
  for (const lang::SortInfo* s : entity_sorts(tree))
    if (s->name == name) return s;
  throw std::invalid_argument("no sort '" + std::string(name) + "'");
}

bool only_classifies(const lang::Tree& tree, const lang::SortInfo* sort) {
  if (sort->kind != lang::SortKind::entity) return false;
  bool value = false;
  for (const lang::CellInfo& cell : tree.cells) {
    if (!cell.rigid) continue;
    value = value || cell.value == sort;
    if (std::ranges::find(cell.index, sort) != cell.index.end()) return false;
  }
  return value;
}

void Scope::set(const lang::Tree& tree, std::string_view sort, int count) {
  const lang::SortInfo* const s = entity_sort(tree, sort);
  if (count < 0 || count > s->capacity)
    throw std::invalid_argument("sort '" + std::string(sort) + "' has room for 0 to " + std::to_string(s->capacity) +
                                " elements, not " + std::to_string(count));
  size[static_cast<std::size_t>(s->index)] = static_cast<std::uint8_t>(count);
}

void Scope::pin(std::string_view cell, std::vector<std::uint8_t> values) {
  std::erase_if(pins, [&](const Pin& p) { return p.cell == cell; });
  pins.push_back({std::string(cell), std::move(values)});
}

}  // namespace pasid::explore
