#include "src/trace/names.hpp"

#include <algorithm>

#include "spec/lang/memory.hpp"

namespace pasid::trace {

using lang::CellInfo;
using lang::SortInfo;
using lang::SortKind;

namespace {

/// A user mm's letter. K and T would read as a kernel domain or a thread.
std::string letter(int nth) {
  constexpr std::string_view letters = "ABCDEFGHIJLMNOPQRSUVWXYZ";
  const auto n = static_cast<std::size_t>(nth - 1);
  const std::string one(1, letters[n % letters.size()]);
  return n < letters.size() ? one : one + std::to_string(n / letters.size());
}

std::string kinded_name(std::string_view kind, int nth) {
  if (kind == "mm") return letter(nth);
  if (kind == "kernel_dma") return "K" + std::to_string(nth);
  return std::string(kind) + std::to_string(nth);
}

}  // namespace

Names::Names(const lang::Tree& tree, const spec::NativeFacts& facts) : facts_(facts) {
  const int found = tree.cell_named("kind");
  if (found < 0) return;
  const CellInfo& kind = tree.cells[static_cast<std::size_t>(found)];
  kinded_ = kind.index[0];
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(&facts);
  std::vector<int> seen(static_cast<std::size_t>(kind.value->capacity) + 1);
  lang::each_index(facts, kind, [&](std::span<const std::uint8_t> index) {
    const std::uint8_t is = bytes[lang::place(kind, index)];
    kinded_names_.push_back(is == 0 ? std::string(kinded_->prefix) + std::to_string(index[0])
                                    : kinded_name(kind.value->enumerators[is - 1U], ++seen[is]));
  });
}

std::string Names::operator()(const SortInfo* sort, std::uint8_t value) const {
  if (value == 0) return "-";
  switch (sort->kind) {
    case SortKind::boolean: return "set";
    case SortKind::enumeration: return std::string(sort->enumerators[value - 1U]);
    case SortKind::entity: break;
  }
  if (sort == kinded_ && value <= kinded_names_.size()) return kinded_names_[value - 1U];
  return std::string(sort->prefix) + std::to_string(value);
}

std::optional<std::uint8_t> Names::value(const SortInfo* sort, std::string_view name) const {
  const auto names = all(sort);
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<std::uint8_t>(found - names.begin() + 1);
}

std::vector<std::string> Names::all(const SortInfo* sort) const {
  std::vector<std::string> out;
  for (int v = 1; v <= lang::size_of(facts_, sort); ++v) out.push_back((*this)(sort, static_cast<std::uint8_t>(v)));
  return out;
}

std::string cell_text(const Names& names, const CellInfo& cell, std::span<const std::uint8_t> index) {
  std::string out(cell.name);
  for (std::size_t k = 0; k < index.size(); ++k) {
    out += k == 0 ? "(" : ", ";
    out += names(cell.index[k], index[k]);
  }
  return index.empty() ? out : out + ")";
}

std::vector<const SortInfo*> entity_sorts(const lang::Tree& tree) {
  std::vector<const SortInfo*> out;
  const auto add = [&](const SortInfo* s) {
    if (s->kind == SortKind::entity && std::ranges::find(out, s) == out.end()) out.push_back(s);
  };
  for (const CellInfo& cell : tree.cells) {
    add(cell.value);
    for (const SortInfo* s : cell.index) add(s);
  }
  std::ranges::sort(out, {}, &SortInfo::index);
  return out;
}

}  // namespace pasid::trace
