#include "src/conform/vectors/table.hpp"

#include <algorithm>
#include <map>

#include "spec/calls.hpp"
#include "spec/lang/rewrite.hpp"

namespace pasid::conform::vectors {
namespace {

using lang::GuardKind;

std::size_t row_of(const std::vector<Row>& rows, const Kind& kind) {
  Kind plain = kind;
  plain.number = Lies::anywhere;
  return static_cast<std::size_t>(std::ranges::find(rows, plain, &Row::kind) - rows.begin());
}

/// Every guard of every section that a knob of the design does not decide.
std::vector<Row> rows_of(const Catalogue& catalogue, const spec::NativeFacts& knobs) {
  lang::Tree folded = catalogue.tree();
  std::vector<Row> out;
  for (int c = 0; c < static_cast<int>(catalogue.calls().size()); ++c) {
    out.push_back({{c, Answer::Kind::ok, 0, {}, {}}});
    for (const explore::Section& s : catalogue[c].transition.sections) {
      for (const lang::Guard& g : catalogue.tree().rules[static_cast<std::size_t>(s.rule)].guards) {
        if (g.kind == GuardKind::given || g.kind == GuardKind::choose) continue;
        if (folded.is_true(lang::fold(folded, g.condition, &knobs))) continue;
        const auto says = g.kind == GuardKind::require          ? Answer::Kind::error
                          : g.label == spec::general_protection ? Answer::Kind::gp_fault
                                                                : Answer::Kind::would_block;
        Row row{{c, says, g.kind == GuardKind::require ? g.err : 0, g.label, {}}};
        if (row_of(out, row.kind) == out.size()) out.push_back(row);
      }
    }
  }
  return out;
}

void ask_the_solver(const Catalogue& catalogue, const spec::NativeFacts& knobs, const smt::ProveOptions& options,
                    std::vector<Row>& rows) {
  std::vector<smt::GuardName> names;
  std::vector<Row*> asked;
  for (Row& row : rows) {
    if (row.met() || row.kind.guard.empty()) continue;
    for (const explore::Section& s : catalogue[row.kind.call].transition.sections) {
      const lang::RuleTree& rule = catalogue.tree().rules[static_cast<std::size_t>(s.rule)];
      if (std::ranges::find(rule.guards, row.kind.guard, &lang::Guard::label) == rule.guards.end()) continue;
      names.push_back({rule.label, row.kind.guard});
      asked.push_back(&row);
    }
  }
  if (names.empty()) return;
  const auto answers =
      smt::can_fail_first(catalogue.tree(), knobs, smt::prove(catalogue.tree(), knobs, options), names);
  std::map<Row*, bool> never;
  for (std::size_t i = 0; i < asked.size(); ++i)
    never[asked[i]] = answers[i] == smt::Answer::unsat && (!never.contains(asked[i]) || never[asked[i]]);
  for (const auto& [row, unsat] : never) row->never = unsat;
}

}  // namespace

std::size_t Table::found() const {
  std::size_t out = 0;
  for (const auto& row : follows) out += static_cast<std::size_t>(std::ranges::count(row, true));
  return out;
}

std::size_t Table::never() const {
  const auto possible = static_cast<std::size_t>(std::ranges::count(rows, false, &Row::never));
  return rows.size() * rows.size() - possible * possible;
}

std::size_t Table::unknown() const { return rows.size() * rows.size() - never() - found(); }

Table table_of(const Catalogue& catalogue, const spec::NativeFacts& knobs,
               const std::vector<std::vector<const Test*>>& by_world, const smt::ProveOptions& options) {
  Table out;
  out.rows = rows_of(catalogue, knobs);
  out.follows.assign(out.rows.size(), std::vector<bool>(out.rows.size()));
  for (const auto& tests : by_world) {
    std::vector<bool> here(out.rows.size());
    for (const Test* test : tests) {
      std::vector<bool> counted(out.rows.size());
      std::size_t before = out.rows.size();
      for (const Asked& a : test->calls) {
        const std::size_t row = row_of(out.rows, a.kind);
        if (row == out.rows.size()) throw std::logic_error("an answer of a test is none that its call could give");
        if (before < out.rows.size()) out.follows[before][row] = true;
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
  ask_the_solver(catalogue, knobs, options, out.rows);
  return out;
}

}  // namespace pasid::conform::vectors
