#include "src/conform/vectors/digest.hpp"

#include "spec/lang/memory.hpp"
#include "spec/lang/rewrite.hpp"
#include "src/trace/formula.hpp"
#include "src/trace/names.hpp"

namespace pasid::conform::vectors {
namespace {

std::string fnv1a(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  std::string out(16, '0');
  for (std::size_t i = 16; i-- > 0; hash >>= 4) out[i] = "0123456789abcdef"[hash & 15];
  return out;
}

}  // namespace

const std::vector<std::string_view>& digest_cells() {
  static const std::vector<std::string_view> cells{"msr",  "kernel_pasid", "disabled", "wq_pasid",
                                                   "slot", "entry",        "resetting"};
  return cells;
}

std::string digest(const lang::Tree& tree, const World& world, const spec::NativeState& state) {
  const trace::Names names(tree, world.facts);
  const auto word = [&](const lang::SortInfo* sort, std::uint8_t value) {
    if (sort == &lang::sort_info<spec::Pasid>) return std::to_string(world.number(value));
    return sort->kind == lang::SortKind::boolean ? std::string("true") : names(sort, value);
  };
  std::string text;
  for (const std::string_view name : digest_cells()) {
    const lang::CellInfo& cell = tree.cells[static_cast<std::size_t>(tree.cell_named(name))];
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(&state);
    lang::each_index(world.facts, cell, [&](std::span<const std::uint8_t> index) {
      const std::uint8_t value = bytes[lang::place(cell, index)];
      if (value == 0) return;
      text += name;
      for (std::size_t k = 0; k < index.size(); ++k) text += (k == 0 ? "(" : ", ") + word(cell.index[k], index[k]);
      text += ")=" + word(cell.value, value) + "\n";
    });
  }
  return fnv1a(text);
}

std::string digest(const lang::Tree& tree, const spec::NativeFacts& knobs) {
  lang::Tree folded = tree;
  std::string text;
  for (const lang::RuleTree& rule : tree.rules) text += trace::rule_text(folded, lang::fold(folded, rule, &knobs));
  return fnv1a(text);
}

}  // namespace pasid::conform::vectors
