#include <doctest/doctest.h>

#include "proofs/model.hpp"
#include "src/trace/formula.hpp"
#include "src/trace/parse_formula.hpp"

namespace pasid::trace {
namespace {

const lang::SortInfo* const truth = &lang::sort_info<bool>;

std::string again(lang::Tree& tree, const std::string& text, const lang::SortInfo* sort, const Scope& scope,
                  const lang::RuleTree& rule) {
  FormulaPrinter print(tree);
  for (const auto& p : rule.params) print.name(p.variable, p.name);
  return print.flat(parse_formula(tree, text, sort, scope));
}

std::string wrong_with(std::string_view text) {
  lang::Tree tree = proofs::model();
  try {
    (void)parse_formula(tree, text, truth, {});
  } catch (const FormulaError& e) {
    return std::to_string(e.column) + ": " + e.what();
  }
  return "";
}

TEST_CASE("parse: every condition, index and value of every rule is read as it is printed, to the same term") {
  lang::Tree tree = proofs::model();
  std::size_t terms = 0;
  std::size_t identical = 0;
  for (const auto& rule : proofs::model().rules) {
    FormulaPrinter print(tree);
    Scope scope;
    for (const auto& p : rule.params) {
      print.name(p.variable, p.name);
      scope.emplace(p.name, p.variable);
    }
    const auto check = [&](lang::NodeId term, const lang::SortInfo* sort) {
      const std::string text = print.flat(term);
      CAPTURE(rule.label);
      CHECK(again(tree, text, sort, scope, rule) == text);
      ++terms;
      identical += parse_formula(tree, text, sort, scope) == term ? 1 : 0;
    };
    check(rule.only_if, truth);
    for (const auto& g : rule.guards) check(g.condition, truth);
    for (const auto& w : rule.writes) {
      if (!w.bound.empty()) continue;  // their variables have no names here
      const auto& cell = tree.cells[static_cast<std::size_t>(w.cell)];
      check(w.condition, truth);
      check(w.value, cell.value);
      for (std::size_t k = 0; k < w.index.size(); ++k) check(w.index[k], cell.index[k]);
    }
  }
  CHECK(terms > 500);
  // Quantified variables are new ones, and chains may be nested otherwise; the rest is the very term.
  CHECK(identical > terms / 2);
}

TEST_CASE("parse: every axiom, property of states and lemma too") {
  lang::Tree tree = proofs::model();
  std::size_t formulas = 0;
  for (const auto& f : proofs::model().formulas) {
    if (f.kind == lang::FormulaKind::property && f.judges != lang::PropertyKind::state) continue;
    const std::string text = FormulaPrinter(tree).flat(f.body);
    CAPTURE(f.name);
    CHECK(FormulaPrinter(tree).flat(parse_formula(tree, text, truth, {})) == text);
    const std::string lines = trace::formula_text(tree, f.body, 2, 80);
    CHECK(FormulaPrinter(tree).flat(parse_formula(tree, lines, truth, {})) == text);
    ++formulas;
  }
  CHECK(formulas > 50);
}

TEST_CASE("parse: what is no formula is named, with the column") {
  CHECK(wrong_with("sva == on").empty());
  CHECK(wrong_with("sva == of") == "8: there is no 'of' here: no variable, no cell, and no Switch");
  CHECK(wrong_with("sva == on &&") == "13: expected a name");
  CHECK(wrong_with("sva == on)") == "10: something follows the formula");
  CHECK(wrong_with("forall thing t: true") == "13: there is no sort 'thing'");
  CHECK(wrong_with("exists dev d: capable(d") == "24: expected ')'");
  CHECK(wrong_with("exists dev d: group_of(d)") == "15: this is a Group, expected a Bool");
  CHECK(wrong_with("none == none") == "1: no side of this equation tells its sort");
  CHECK(wrong_with("series == Serie::linux_6_1") == "11: there is no such sort");
  CHECK(wrong_with("exists dev d: capable(group_of(d))") == "23: this is a Group, expected a Dev");
  CHECK(wrong_with("").find("expected a name") != std::string::npos);
}

TEST_CASE("parse: a name that could be of any sort is a condition before ->, ?, && and ||") {
  for (const auto* sign : {"->", "&&", "||"})
    for (const auto* name : {"none", "nobody"})
      CHECK(wrong_with(std::string(name) + ' ' + sign + " true") ==
            "1: there is no '" + std::string(name) + "' here: no variable, no cell, and no Bool");
  CHECK(wrong_with("nobody ? true : false") == "1: there is no 'nobody' here: no variable, no cell, and no Bool");
  CHECK(wrong_with("exists dev d: group_of(d) == (true ? none : none)").empty());
}

TEST_CASE("parse: deeply nested text is read or refused in no time, however deep it is") {
  const auto nested = [](std::size_t n, const std::string& inside) {
    return std::string(n, '(') + inside + std::string(n, ')');
  };
  CHECK(wrong_with(nested(20, "true")).empty());
  CHECK(wrong_with(nested(40, "none") + " == none").find("nested too deep") != std::string::npos);
  CHECK(wrong_with(nested(100'000, "true")).find("nested too deep") != std::string::npos);
  CHECK(wrong_with(std::string(200'000, '!') + "true").find("nested too deep") != std::string::npos);
}

}  // namespace
}  // namespace pasid::trace
