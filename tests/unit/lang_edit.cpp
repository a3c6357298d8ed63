// Edits take away what they name and nothing else.
#include <algorithm>

#include <doctest/doctest.h>

#include "proofs/model.hpp"
#include "spec/lang/edit.hpp"
#include "src/explore/reading.hpp"

using namespace pasid;

namespace {

const lang::RuleTree& rule(const lang::Tree& tree, std::string_view label) {
  return tree.rules[static_cast<std::size_t>(tree.rule_named(label))];
}

const lang::Guard& guard(const lang::Tree& tree, std::string_view of, std::string_view label) {
  return *std::ranges::find(rule(tree, of).guards, label, &lang::Guard::label);
}

}  // namespace

TEST_CASE("edit: one operand of a guard goes, and the others stay in their order") {
  lang::Tree tree = proofs::model();
  auto operands = tree.conjuncts(guard(tree, "bind.pasid", "bind.caller-runs").condition);
  REQUIRE(operands.size() > 2);
  lang::drop(tree, "bind.caller-runs#2");
  operands.erase(operands.begin() + 1);
  CHECK(tree.conjuncts(guard(tree, "bind.pasid", "bind.caller-runs").condition) == operands);
}

TEST_CASE("edit: an operand that is not there, or is the only one, is an error") {
  lang::Tree tree = proofs::model();
  CHECK_THROWS_AS(lang::drop(tree, "bind.caller-runs#40"), std::invalid_argument);
  CHECK_THROWS_AS(lang::drop(tree, "bind.caller-runs#0"), std::invalid_argument);
  CHECK_THROWS_AS(lang::drop(tree, "bind.caller-runs#x"), std::invalid_argument);
  CHECK_THROWS_AS(lang::drop(tree, "bind.no-lam#1"), std::invalid_argument);
}

TEST_CASE("edit: a lemma goes and nothing else, and a property or an axiom stays") {
  lang::Tree tree = proofs::model();
  lang::drop(tree, "work_has_slot");
  CHECK(tree.formula_named("work_has_slot") == nullptr);
  CHECK(tree.formulas.size() + 1 == proofs::model().formulas.size());
  for (const lang::Formula& f : proofs::model().formulas)
    if (f.kind != lang::FormulaKind::lemma) CHECK_THROWS_AS(lang::drop(tree, f.name), std::invalid_argument);
}

TEST_CASE("edit: everything that a rule is said to have can be taken from it") {
  std::size_t parts = 0;
  for (const lang::RuleTree& r : proofs::model().rules)
    for (const std::string& label : lang::parts(proofs::model(), r)) {
      CAPTURE(label);
      lang::Tree tree = proofs::model();
      lang::RuleTree without = r;
      CHECK(lang::take_away(tree, without, label));
      CHECK_FALSE(lang::take_away(tree, without, "no.such"));
      ++parts;
    }
  CHECK(parts > 500);
}

TEST_CASE("edit: a search runs the compiled rules but for those that were edited") {
  lang::Tree tree = proofs::model();
  lang::drop(tree, "drain.work-finished");
  const explore::Reading native = explore::native_reading();
  const explore::Reading edited = explore::edited_reading(tree, proofs::model());
  std::vector<std::string_view> others;
  for (std::size_t r = 0; r < edited.rules.size(); ++r) {
    CHECK(edited.rules[r].label == native.rules[r].label);
    if (!edited.rules[r].apply.is_plain()) others.push_back(edited.rules[r].label);
  }
  CHECK(others == std::vector<std::string_view>{"unbind.drain"});
}
