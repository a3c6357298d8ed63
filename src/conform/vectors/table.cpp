#include "src/conform/vectors/table.hpp"

#include <algorithm>

#include "src/conform/endings.hpp"

namespace pasid::conform::vectors {
namespace {

std::size_t row_of(const std::vector<Row>& rows, const Kind& kind) {
  Kind plain = kind;
  plain.number = Lies::anywhere;
  return static_cast<std::size_t>(std::ranges::find(rows, plain, &Row::kind) - rows.begin());
}

std::vector<Row> rows_of(const Catalogue& catalogue, const spec::NativeFacts& knobs) {
  std::vector<Row> out;
  for (const Ending& e : endings_of(catalogue, knobs))
    out.push_back({{e.call, e.says, e.err, e.guard, Lies::anywhere}});
  return out;
}

void ask_the_solver(const Catalogue& catalogue, const spec::NativeFacts& knobs, const smt::ProveOptions& options,
                    std::vector<Row>& rows) {
  std::vector<Row*> unmet;
  std::vector<Ending> endings;
  for (Row& row : rows) {
    if (row.met()) continue;
    unmet.push_back(&row);
    endings.push_back({row.kind.call, row.kind.says, row.kind.err, row.kind.guard});
  }
  const std::vector<bool> never = never_come(catalogue, knobs, options, endings);
  for (std::size_t i = 0; i < unmet.size(); ++i) unmet[i]->never = never[i];
}

/// Counts the tests in `out`; the ones of `follows` that they have.
void count_tests(const Catalogue& catalogue, const TestLists& by_world, Table& out,
                 std::vector<std::vector<bool>>& follows) {
  follows.assign(out.rows.size(), std::vector<bool>(out.rows.size()));
  for (const auto& tests : by_world) {
    std::vector<bool> here(out.rows.size());
    for (const Test* test : tests) {
      std::vector<bool> counted(out.rows.size());
      std::size_t before = out.rows.size();
      for (const Asked& a : test->calls) {
        const std::size_t row = row_of(out.rows, a.kind);
        if (row == out.rows.size()) throw std::logic_error("no call can answer " + said(catalogue, a.kind));
        if (before < out.rows.size()) follows[before][row] = true;
        before = row;
        here[row] = true;
        if (!counted[row]) ++out.rows[row].tests;
        counted[row] = true;
      }
      const Kind& last = test->calls.back().kind;
      if (last.number == Lies::anywhere) continue;
      auto boundary = std::ranges::find(out.boundaries, last, &Boundary::kind);
      if (boundary == out.boundaries.end()) boundary = out.boundaries.insert(boundary, {last});
      ++boundary->tests;
    }
    for (std::size_t r = 0; r < here.size(); ++r) out.rows[r].worlds += here[r] ? 1 : 0;
  }
}

}  // namespace

Table::Pair Table::pair(std::size_t a, std::size_t b) const {
  if (follows[a][b]) return Pair::found;
  if (rows[a].never || rows[b].never) return Pair::never;
  return !sought || left_out_follows[a][b] ? Pair::elsewhere : Pair::unknown;
}

std::size_t Table::count(Pair wanted) const {
  std::size_t out = 0;
  for (std::size_t a = 0; a < rows.size(); ++a)
    for (std::size_t b = 0; b < rows.size(); ++b) out += pair(a, b) == wanted ? 1 : 0;
  return out;
}

Table table_of(const Catalogue& catalogue, const spec::NativeFacts& knobs, const TestLists& tests,
               const TestLists* left_out, const smt::ProveOptions& options) {
  Table out;
  out.rows = rows_of(catalogue, knobs);
  Table others = out;
  count_tests(catalogue, tests, out, out.follows);
  out.sought = left_out != nullptr;
  if (left_out != nullptr) count_tests(catalogue, *left_out, others, out.left_out_follows);
  ask_the_solver(catalogue, knobs, options, out.rows);
  for (std::size_t r = 0; r < out.rows.size(); ++r)
    out.rows[r].elsewhere = !out.rows[r].met() && !out.rows[r].never && (!out.sought || others.rows[r].met());
  return out;
}

}  // namespace pasid::conform::vectors
