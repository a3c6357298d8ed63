// Each operator makes of a small rule, written by hand, exactly the mutants that are expected.
#include <algorithm>
#include <map>
#include <set>

#include <doctest/doctest.h>

#include "proofs/model.hpp"
#include "spec/lang/edit.hpp"
#include "src/mutate/content.hpp"
#include "src/mutate/operators.hpp"
#include "src/mutate/texts.hpp"
#include "src/mutate/variants.hpp"
#include "tests/support/designs.hpp"

using namespace pasid;
using lang::NodeId;

namespace {

/// on(dev): a truth value; owner(dev): an address space. A rule of a device and two address spaces:
///   require   on(dev) and not (owner(dev) == a or owner(dev) == b)
///   await     owner(dev) == b
///   owner(dev) := a
struct Small {
  lang::Tree tree;
  lang::RuleTree rule;
  NodeId dev = tree.fresh_variable(&lang::sort_info<spec::Dev>);
  NodeId a = tree.fresh_variable(&lang::sort_info<spec::As>);
  NodeId b = tree.fresh_variable(&lang::sort_info<spec::As>);
  NodeId is_on;
  NodeId is_a;
  NodeId is_b;

  Small() {
    tree.cells.push_back({"on", &lang::sort_info<bool>, {&lang::sort_info<spec::Dev>}, false, 0, {1}});
    tree.cells.push_back({"owner", &lang::sort_info<spec::As>, {&lang::sort_info<spec::Dev>}, false, 8, {1}});
    is_on = tree.read(0, {dev});
    is_a = tree.eq(tree.read(1, {dev}), a);
    is_b = tree.eq(tree.read(1, {dev}), b);
    rule.label = "small";
    rule.only_if = tree.truth(true);
    rule.params = {{"dev", &lang::sort_info<spec::Dev>, dev},
                   {"a", &lang::sort_info<spec::As>, a},
                   {"b", &lang::sort_info<spec::As>, b}};
    rule.guards = {{lang::GuardKind::require, tree.conj(is_on, tree.negate(tree.disj(is_a, is_b))), EBUSY, "first"},
                   {lang::GuardKind::await, is_b, 0, "second"}};
    rule.writes = {{1, {dev}, tree.truth(true), a, {}}};
  }

  std::map<std::string, mutate::Mutant> mutants() {
    std::map<std::string, mutate::Mutant> out;
    for (const mutate::Mutant& m : mutate::mutants_of_rule({tree, 0, rule})) CHECK(out.emplace(m.name(), m).second);
    return out;
  }
};

}  // namespace

TEST_CASE("mutate: a small rule has these mutants, each once, and no others") {
  Small small;
  std::vector<std::string> names;
  for (const auto& [name, m] : small.mutants()) names.push_back(name);
  CHECK(names == std::vector<std::string>{"small drop-guard first", "small drop-guard second",
                                          "small drop-operand first#1", "small drop-operand first#2",
                                          "small drop-operand first#3", "small drop-operand first#4",
                                          "small drop-update small/owner", "small negate-guard first",
                                          "small negate-guard second", "small retarget-update small/owner:=b",
                                          "small retarget-update small/owner:=none", "small swap-guards first,second"});
}

TEST_CASE("mutate: each of them is the rule with that one change") {
  Small s;
  auto all = s.mutants();
  const auto first = [&](const char* name) { return all.at(name).changed.guards[0].condition; };
  CHECK(first("small drop-guard first") == s.is_b);
  CHECK(all.at("small drop-guard first").changed.guards.size() == 1);
  CHECK(first("small negate-guard first") == s.tree.negate(s.rule.guards[0].condition));
  CHECK(first("small drop-operand first#1") == s.tree.negate(s.tree.disj(s.is_a, s.is_b)));
  CHECK(first("small drop-operand first#2") == s.is_on);
  CHECK(first("small drop-operand first#3") == s.tree.conj(s.is_on, s.tree.negate(s.is_b)));
  CHECK(first("small drop-operand first#4") == s.tree.conj(s.is_on, s.tree.negate(s.is_a)));
  CHECK(first("small swap-guards first,second") == s.is_b);
  CHECK(all.at("small drop-update small/owner").changed.writes.empty());
  CHECK(all.at("small retarget-update small/owner:=b").changed.writes[0].value == s.b);
  CHECK(all.at("small retarget-update small/owner:=none").changed.writes[0].value ==
        s.tree.constant(&lang::sort_info<spec::As>, 0));
  for (const auto& [name, m] : all) {
    CAPTURE(name);
    CHECK_FALSE(lang::same(m.changed, s.rule));
    CHECK(m.alike <= m.changed.guards.size());
  }
  CHECK(all.at("small drop-update small/owner").alike == 2);
  CHECK(all.at("small drop-guard second").alike == 1);
}

TEST_CASE("mutate: of a guard with one operand none is left out, and a change that changes nothing is no mutant") {
  Small s;
  CHECK(mutate::with_an_operand_less(s.tree, s.is_b).empty());
  s.rule.guards = {s.rule.guards[1], s.rule.guards[1]};  // two of one text: neither order is another
  for (const auto& [name, m] : s.mutants()) CHECK(m.by != mutate::Operator::swap_guards);
}

TEST_CASE("mutate: a call loses each way back, and a rule that ends with a refusal makes its updates before it") {
  lang::Tree tree = proofs::model();
  std::vector<std::string> names;
  for (const mutate::Mutant& m : mutate::mutants_of(tree, test::linux_7_3()))
    if (m.of_a_call()) names.push_back(m.name());
  CHECK(names == std::vector<std::string>{
                     "bind drop-undo bind.pasid/bind.undo",
                     "kernel.enable drop-undo kernel.alloc_pasid/kernel.free_pasid",
                     "user.attach drop-undo user.reserve/user.undo", "process.enable_lam move-update lam.no-pasid",
                     "rid.attach move-update rid_attach.no-reset", "rid.change move-update rid_change.no-reset",
                     "user.replace move-update user_replace.no-reset", "portal.map move-update mmap.own-mm",
                     "queue.enable move-update enable.kernel-queue-privileged"});
}

TEST_CASE("mutate: what is another since then is told by its text") {
  const std::string_view text =
      "axiom a 0000000000000000\ncall c 0000000000000001\ndesign mine 0000000000000002\n"
      "design other 0000000000000003\nformula f 0000000000000004\nrule r 0000000000000005\n";
  const mutate::Texts now = mutate::read_texts(text);
  CHECK(mutate::to_text(now) == text);
  const auto since = [&](const std::string& name) {
    mutate::Texts before = now;
    before.at(name) = "ffffffffffffffff";
    return mutate::changed(before, now, "mine");
  };
  using Names = std::set<std::string>;
  CHECK(mutate::changed(now, now, "mine") == Names{});
  CHECK(since("rule r") == Names{"r"});
  CHECK(since("formula f") == Names{"f"});
  CHECK(since("call c") == Names{"c"});
  CHECK(since("design other") == Names{});
  CHECK_FALSE(since("design mine"));  // everything may be another
  CHECK_FALSE(since("axiom a"));
  mutate::Texts more = now;
  more["axiom gone"] = "0000000000000006";
  CHECK_FALSE(mutate::changed(more, now, "mine"));
  mutate::Texts before = now;
  before.erase("rule r");  // it is new
  CHECK(mutate::changed(before, now, "mine") == Names{"r"});
  for (const char* bad : {"rule r", "rule r 12", "rule r 0000000000000005 more", "x"})
    CHECK_THROWS_AS(mutate::read_texts(bad), std::invalid_argument);
}

TEST_CASE("mutate: of a rule that has changed the text is another, and of the others it is not") {
  lang::Tree edited = proofs::model();
  const mutate::Texts now = mutate::texts_of_rules(edited);
  lang::drop(edited, "drain.work-finished");
  CHECK(mutate::changed(now, mutate::texts_of_rules(edited), "linux-7.3") == std::set<std::string>{"unbind.drain"});
}

TEST_CASE("mutate: a knob's verdict is of before where nothing at all has changed, a rule's where the rule has not") {
  lang::Tree tree = proofs::model();
  std::size_t knobs = 0;
  for (const mutate::Mutant& m : mutate::mutants_of(tree, test::linux_7_3())) {
    const bool same = mutate::content_hash(tree, m, "now") == mutate::content_hash(tree, m, "then");
    CHECK(same == m.of_a_rule());
    CHECK(mutate::content_hash(tree, m, "now") == mutate::content_hash(tree, m, "now"));
    knobs += m.of_a_knob() ? 1 : 0;
  }
  CHECK(knobs > 20);
}
