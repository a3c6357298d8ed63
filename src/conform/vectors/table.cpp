#include "src/conform/vectors/table.hpp"

#include <algorithm>
#include <map>
#include <set>

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
    out.push_back({{c, Answer::Kind::ok, 0, {}, Lies::anywhere}});
    for (const explore::Section& s : catalogue[c].transition.sections) {
      for (const lang::Guard& g : catalogue.tree().rules[static_cast<std::size_t>(s.rule)].guards) {
        if (g.kind == GuardKind::given || g.kind == GuardKind::choose) continue;
        if (g.kind == GuardKind::await && (s.optional || s.repeated)) continue;  // it ends no call that it waits
        if (folded.is_true(lang::fold(folded, g.condition, &knobs))) continue;
        const auto says = g.kind == GuardKind::require          ? Answer::Kind::error
                          : g.label == spec::general_protection ? Answer::Kind::gp_fault
                                                                : Answer::Kind::would_block;
        Row row{{c, says, g.kind == GuardKind::require ? g.err : 0, g.label, Lies::anywhere}};
        if (row_of(out, row.kind) == out.size()) out.push_back(row);
      }
    }
  }
  return out;
}

/// No call is under way: no bond is being made or torn down, and what is attached is published.
lang::NodeId between_calls(lang::Tree& tree) {
  const auto cell = [&](std::string_view name, std::vector<lang::NodeId> index) {
    return tree.read(tree.cell_named(name), std::move(index));
  };
  const auto b = tree.fresh_variable(&lang::sort_info<spec::Bond>);
  const auto at = cell("bond_at", {b});
  const auto is = [&](int step) { return tree.eq(at, tree.constant(&lang::sort_info<spec::Step>, step)); };
  const auto g = tree.fresh_variable(&lang::sort_info<spec::Group>);
  const auto p = tree.fresh_variable(&lang::sort_info<spec::Pasid>);
  const auto free = tree.eq(cell("slot", {g, p}), tree.constant(&lang::sort_info<spec::As>, 0));
  return tree.conj(tree.quantify(lang::Op::forall, b, tree.disj(is(0), is(static_cast<int>(spec::Step::live)))),
                   tree.quantify(lang::Op::forall, g,
                                 tree.quantify(lang::Op::forall, p, tree.disj(free, cell("published", {g, p})))));
}

/// Does the section find the implementation as it was between calls, as far as between_calls() speaks of it?
bool finds_it_so(const Catalogue& catalogue, const CallKind& call, std::size_t section) {
  for (std::size_t s = 0; s < section; ++s)
    for (const lang::Write& w :
         catalogue.tree().rules[static_cast<std::size_t>(call.transition.sections[s].rule)].writes) {
      const std::string_view cell = catalogue.tree().cells[static_cast<std::size_t>(w.cell)].name;
      if (cell == "bond_at" || cell == "slot" || cell == "published") return false;
    }
  return true;
}

/// The number of the first guard at which the design's knobs alone refuse the rule; -1: they do not.
int refused_at(lang::Tree& folded, const lang::RuleTree& rule, const spec::NativeFacts& knobs) {
  for (std::size_t i = 0; i < rule.guards.size(); ++i) {
    const lang::Guard& g = rule.guards[i];
    if (g.kind == GuardKind::require && folded.is_false(lang::fold(folded, g.condition, &knobs)))
      return static_cast<int>(i);
  }
  return -1;
}

void ask_the_solver(const Catalogue& catalogue, const spec::NativeFacts& knobs, const smt::ProveOptions& options,
                    std::vector<Row>& rows) {
  struct Question {
    Row* row;
    smt::GuardName name;
  };
  std::vector<Question> anywhere;
  std::vector<Question> between;  // of sections that start where no call is under way
  std::map<Row*, bool> never;
  const auto note = [&](Row* row, bool is) {
    const auto [at, first] = never.try_emplace(row, is);
    if (!first) at->second = at->second && is;
  };
  lang::Tree folded = catalogue.tree();
  for (Row& row : rows) {
    if (row.met()) continue;
    const CallKind& call = catalogue[row.kind.call];
    bool ended = false;
    for (std::size_t s = 0; s < call.transition.sections.size(); ++s) {
      const explore::Section& section = call.transition.sections[s];
      const lang::RuleTree& rule = catalogue.tree().rules[static_cast<std::size_t>(section.rule)];
      const int refused = refused_at(folded, rule, knobs);
      const auto guard = std::ranges::find(rule.guards, row.kind.guard, &lang::Guard::label);
      // What knobs refuse is no rule to the solver: what comes after never comes, and of the rest nobody knows.
      if (guard != rule.guards.end() && (ended || refused >= 0))
        note(&row, ended || guard - rule.guards.begin() > refused);
      else if (guard != rule.guards.end())
        (finds_it_so(catalogue, call, s) ? between : anywhere).push_back({&row, {rule.label, row.kind.guard}});
      ended = ended || (refused >= 0 && !section.optional && !section.repeated);
    }
    if (ended && row.kind.guard.empty()) note(&row, true);
  }
  const bool asks = !anywhere.empty() || !between.empty();
  const smt::Proof proof = asks ? smt::prove(catalogue.tree(), knobs, options) : smt::Proof{};
  const auto ask = [&](const lang::Tree& tree, const std::vector<Question>& questions) {
    std::vector<smt::GuardName> names;
    for (const Question& q : questions) names.push_back(q.name);
    if (names.empty()) return;
    const auto answers = smt::can_fail_first(tree, knobs, proof, names);
    for (std::size_t i = 0; i < questions.size(); ++i) note(questions[i].row, answers[i] == smt::Answer::unsat);
  };
  ask(catalogue.tree(), anywhere);
  lang::Tree quiet = catalogue.tree();
  const lang::NodeId condition = between_calls(quiet);
  std::set<std::string_view> rules;
  for (const Question& q : between) rules.insert(q.name.rule);
  for (const std::string_view label : rules) {
    auto& guards = quiet.rules[static_cast<std::size_t>(quiet.rule_named(label))].guards;
    guards.insert(guards.begin(), {GuardKind::given, condition, 0, "between-calls"});
  }
  ask(quiet, between);
  for (const auto& [row, is] : never) row->never = is;
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
