#include "src/review/shell_tables.hpp"

#include <algorithm>
#include <functional>
#include <vector>

#include "spec/lang/memory.hpp"
#include "src/trace/formula.hpp"
#include "src/trace/layout.hpp"
#include "src/trace/names.hpp"

namespace pasid::review {
namespace {

using lang::CellInfo;
using Column = std::vector<std::string>;  ///< a heading, then a value for each row

std::size_t width_of(const Column& c) {
  std::size_t out = 0;
  for (const std::string& s : c) out = std::max(out, trace::width(s));
  return out;
}

/// Side by side as far as there is room; what is left over goes on below, beside the names of the rows again.
std::string laid_out(const std::vector<Column>& columns, std::size_t keys, std::size_t room) {
  constexpr std::size_t gap = 2;
  std::string out;
  for (std::size_t next = keys; next < columns.size() || next == keys;) {
    std::vector<const Column*> line;
    std::size_t used = 0;
    for (std::size_t k = 0; k < keys; ++k) {
      line.push_back(&columns[k]);
      used += width_of(columns[k]) + gap;
    }
    do {
      if (next == columns.size()) break;
      line.push_back(&columns[next]);
      used += width_of(columns[next++]) + gap;
    } while (next < columns.size() && used + width_of(columns[next]) <= room);
    for (std::size_t row = 0; row < columns.front().size(); ++row) {
      std::string text;
      for (const Column* c : line) text += trace::padded((*c)[row], width_of(*c) + gap);
      text.erase(text.find_last_not_of(' ') + 1);
      out += text + '\n';
    }
    if (next == keys) break;
  }
  return out;
}

std::string tables(const lang::Tree& tree, const spec::NativeFacts& facts, const void* holder,
                   const std::function<bool(const CellInfo&)>& wanted, std::size_t room) {
  const trace::Names names(tree, facts);
  const auto* const bytes = static_cast<const std::uint8_t*>(holder);
  std::vector<std::vector<const lang::SortInfo*>> kinds;
  for (const CellInfo& cell : tree.cells)
    if (wanted(cell) && std::ranges::find(kinds, cell.index) == kinds.end()) kinds.push_back(cell.index);
  std::string out;
  for (const auto& index_sorts : kinds) {
    std::vector<const CellInfo*> cells;
    std::vector<std::vector<std::uint8_t>> rows;
    for (const CellInfo& cell : tree.cells) {
      if (!wanted(cell) || cell.index != index_sorts) continue;
      bool says = false;
      lang::each_index(facts, cell, [&](std::span<const std::uint8_t> index) {
        if (bytes[lang::place(cell, index)] == 0) return;
        says = true;
        std::vector<std::uint8_t> row(index.begin(), index.end());
        if (std::ranges::find(rows, row) == rows.end()) rows.push_back(std::move(row));
      });
      if (says) cells.push_back(&cell);
    }
    if (cells.empty()) continue;
    std::ranges::sort(rows);
    std::vector<Column> columns;
    for (std::size_t k = 0; k < index_sorts.size(); ++k) {
      Column& c = columns.emplace_back(1, trace::sort_word(index_sorts[k]));
      for (const auto& row : rows) c.push_back(names(index_sorts[k], row[k]));
    }
    for (const CellInfo* cell : cells) {
      Column& c = columns.emplace_back(1, std::string(cell->name));
      for (const auto& row : rows) c.push_back(names(cell->value, bytes[lang::place(*cell, row)]));
    }
    out += (out.empty() ? "" : "\n") + laid_out(columns, index_sorts.size(), room);
  }
  return out;
}

}  // namespace

std::string state_tables(const lang::Tree& tree, const spec::NativeFacts& facts, const spec::NativeState& state,
                         std::size_t columns) {
  const std::string out = tables(
      tree, facts, &state, [](const CellInfo& c) { return !c.rigid; }, columns);
  return out.empty() ? "nothing is there yet\n" : out;
}

std::string fact_tables(const lang::Tree& tree, const spec::NativeFacts& facts, std::size_t columns) {
  return tables(
      tree, facts, &facts, [](const CellInfo& c) { return c.rigid && !lang::is_knob(c); }, columns);
}

}  // namespace pasid::review
