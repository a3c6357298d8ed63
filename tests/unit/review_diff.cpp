#include <algorithm>

#include <doctest/doctest.h>

#include "proofs/model.hpp"
#include "spec/lang/edit.hpp"
#include "src/conform/vectors/plans.hpp"
#include "src/review/diff.hpp"
#include "src/review/document.hpp"

namespace pasid::review {
namespace {

/// linux-7.3 under rules that somebody has edited.
template <class Edit>
Side edited(Edit edit, const std::string& design = "linux-7.3") {
  const auto tree = std::make_shared<lang::Tree>(proofs::model());
  edit(*tree);
  return side(design, tree, "edited");
}

lang::RuleTree& rule(lang::Tree& tree, std::string_view label) {
  return tree.rules.at(static_cast<std::size_t>(tree.rule_named(label)));
}

smt::Proof proof_of(const Side& s) { return smt::prove(*s.tree, s.knobs); }

TEST_CASE("diff: of a design and itself neither knobs nor rules differ, and of one with a knob changed that one does") {
  const Side a = side("linux-6.12");
  CHECK(differing_knobs(a.design, a.design).empty());
  CHECK(differing_rules(a, a).empty());
  const Side b = side("attach-unchecked");
  const auto knobs = differing_knobs(a.design, b.design);
  REQUIRE(knobs.size() == 1);
  CHECK(knobs[0].knob == "occupancy_check");
  CHECK(knobs[0].a.value == "on");
  CHECK(knobs[0].b.value == "off");
  CHECK(knobs[0].b.origin == "attach-unchecked");
  CHECK(differing_knobs(b.design, a.design)[0].a.value == "off");
  const auto order = differing_knobs(side("linux-6.19").design, side("exit-keeps-iotlb").design);
  REQUIRE(order.size() == 1);
  CHECK(order[0].b.value == "clear, flush_pasid_cache, flush_dev_tlb, release");
}

TEST_CASE("diff: a guard dropped, moved, and one whose errno changes are told apart, and so is an update") {
  const Side whole = side("linux-7.3");
  const auto with = [&](auto edit) { return differing_rules(whole, edited(edit)); };

  const auto dropped = with([](lang::Tree& t) { lang::drop(t, "bind.no-lam"); });
  REQUIRE(dropped.size() == 1);
  CHECK(dropped[0].b == "bind.pasid");
  REQUIRE(dropped[0].guards.size() == 1);
  CHECK(dropped[0].guards[0].before == "require !lam(task_mm(thread)) else -EBUSY");
  CHECK(dropped[0].guards[0].after.empty());
  CHECK(dropped[0].updates.empty());

  const auto moved = with([](lang::Tree& t) {
    auto& guards = rule(t, "bind.pasid").guards;
    const auto lam = std::ranges::find(guards, "bind.no-lam", &lang::Guard::label);
    std::iter_swap(lam, lam + 1);
  });
  REQUIRE(moved.size() == 1);
  REQUIRE(moved[0].guards.size() == 1);
  CHECK(moved[0].guards[0].moved());

  const auto refused = with([](lang::Tree& t) {
    auto& guards = rule(t, "bind.pasid").guards;
    std::ranges::find(guards, "bind.no-lam", &lang::Guard::label)->err = EPERM;
  });
  REQUIRE(refused.size() == 1);
  CHECK(refused[0].guards[0].after.ends_with("-EPERM"));

  const auto update = with([](lang::Tree& t) { lang::drop(t, "unbind.clear/entry"); });
  REQUIRE(update.size() == 1);
  CHECK(update[0].guards.empty());
  REQUIRE(update[0].updates.size() == 1);
  CHECK(update[0].updates[0].label == "entry");
}

TEST_CASE("diff: the rules of two series stand for one another, section for section") {
  const auto pairs = counterparts(side("linux-6.1"), side("linux-6.12"));
  CHECK(pairs.at("bind.pasid_5_16") == "bind.pasid");
  CHECK(pairs.at("bind.reserve_5_16") == "bind.reserve_6_12");
  CHECK(pairs.at("unbind.clear") == "unbind.clear");
  CHECK(pairs.at("mm.alloc_pasid").empty());
}

TEST_CASE("diff: behaviours of a design and itself are the same, and a guard dropped is a call that goes through") {
  BehaviourOptions few;
  few.nodes = 60;
  const Side whole = side("linux-7.3");
  const Behaviours same = differing_behaviours(whole, whole, few);
  CHECK(same.newly_allowed.empty());
  CHECK(same.newly_forbidden.empty());
  CHECK(same.disagreed.empty());
  CHECK(same.questions > 1'000);
  CHECK(same.worlds.size() + same.left_out.size() == conform::vectors::plans().size());

  const Behaviours other =
      differing_behaviours(whole, edited([](lang::Tree& t) { lang::drop(t, "bind.no-lam"); }), few);
  CHECK(other.disagreed.empty());
  REQUIRE(!other.newly_allowed.empty());
  const Behaviour& b = other.newly_allowed.front();
  CHECK(b.calls() == 3);
  CHECK(b.name == "bind");
  REQUIRE(b.a.size() == 1);
  CHECK(b.a[0].answer == "EBUSY");
  CHECK(b.a[0].guard == "bind.no-lam");
  REQUIRE(b.only_b.size() == 1);
  CHECK(b.only_b[0].answer.starts_with("ok pasid="));
  CHECK(b.trace_b.steps.size() == 3);
  REQUIRE(!other.newly_forbidden.empty());
  CHECK(other.newly_forbidden.front().only_a == b.a);
}

TEST_CASE("diff: answers are compared by the numbers in them, where both designs share out the same") {
  BehaviourOptions few;
  few.nodes = 200;
  // 5.16 gives a number back with the last unbind.
  const Behaviours found = differing_behaviours(side("linux-5.16"), side("linux-6.1"), few);
  const auto bind = std::ranges::find_if(
      found.newly_forbidden, [](const Behaviour& b) { return b.name == "bind" && b.only_a.front().guard.empty(); });
  REQUIRE(bind != found.newly_forbidden.end());
  CHECK(bind->only_a.front().answer != bind->only_b.front().answer);
  CHECK(bind->before[bind->before.size() - 1].call.starts_with("unbind"));
}

TEST_CASE("diff: refinement is proved where nothing can tell, and fails where a guard or an effect is another") {
  const Side a = side("linux-6.12");
  const Side unchecked = side("attach-unchecked");
  const smt::Proof proof = proof_of(a);
  const Refinement same = simulates(a, a, proof);
  CHECK(same.verdict == Refinement::Verdict::proved);
  CHECK(same.obligations == same.by_frame);
  CHECK(same.obligations > 100);
  const Refinement shown = simulates(a, unchecked, proof);
  CHECK(shown.verdict == Refinement::Verdict::proved);
  CHECK(shown.by_frame < shown.obligations);
  // Without what is proved of the design nothing says that the slot is free.
  const Refinement unfounded = simulates(a, unchecked, smt::Proof{});
  CHECK(unfounded.verdict == Refinement::Verdict::in_scope);
  CHECK(unfounded.why.find("slot-free") != std::string::npos);

  const Side without = edited([](lang::Tree& t) { lang::drop(t, "bind.no-lam"); }, "linux-6.12");
  CHECK(simulates(a, without, proof).why.find("bind.no-lam fails") != std::string::npos);
  const Side effect = edited([](lang::Tree& t) { lang::drop(t, "process.enable_lam/lam"); }, "linux-6.12");
  CHECK(simulates(a, effect, proof).why.find("what it writes to lam") != std::string::npos);
  CHECK(simulates(a, side("linux-6.1"), proof).why.find("there is no call") != std::string::npos);
  // Caches show in no answer.
  const Side unflushed = edited([](lang::Tree& t) { lang::drop(t, "unbind.flush_iotlb/iotlb"); }, "linux-6.12");
  CHECK(simulates(a, unflushed, proof).verdict == Refinement::Verdict::proved);
}

TEST_CASE("diff: of no calls no refinement is proved") {
  const Side none = edited(
      [](lang::Tree& t) {
        t.rules.clear();
        t.calls.clear();
      },
      "linux-6.12");
  const Refinement nothing = simulates(none, none, proof_of(side("linux-6.12")));
  CHECK(nothing.verdict == Refinement::Verdict::in_scope);
  CHECK(nothing.why.find("there is no call") != std::string::npos);
}

TEST_CASE("diff: a trace parts at the step that the other design does not take") {
  const Side a = side("linux-7.3");
  const Side b = edited([](lang::Tree& t) { lang::drop(t, "bind.no-lam"); });
  BehaviourOptions few;
  few.nodes = 60;
  const Behaviours found = differing_behaviours(a, b, few);
  REQUIRE(!found.newly_allowed.empty());
  const auto parts = parting(found.newly_allowed.front().trace_b, b, a);
  REQUIRE(parts);
  CHECK(parts->kind == Parting::Kind::refused);
  CHECK(parts->step == 3);
  CHECK(parts->guard == "bind.no-lam");
  CHECK(parts->err == EBUSY);
  CHECK(in_words(*parts).starts_with("step 3, bind: -EBUSY (bind.no-lam); "));
  CHECK(!parting(found.newly_allowed.front().trace_b, b, b));
}

TEST_CASE("diff: a document says the same in a terminal, in a mail and in a browser") {
  const Document d{Heading{"A → B", 1}, Paragraph{"x < y"}, Table{{"a", "b"}, {{"1|2", "3"}}},
                   Listing{{{0, "rule"}, {2, "old & worn", Listing::Is::removed}, {2, "new", Listing::Is::added}}}};
  CHECK(text(d, 80, false) == "A → B\n  x < y\n  a    b\n  1|2  3\n  rule\n    - old & worn\n    + new\n");
  CHECK(text(d, 80, true).find("\x1b[31m") != std::string::npos);
  CHECK(markdown(d) ==
        "# A → B\n\nx < y\n\n| a | b |\n|---|---|\n| 1\\|2 | 3 |\n\n```diff\nrule\n- old & worn\n+ new\n```\n");
  const std::string page = html(d);
  CHECK(page.find("<p>x &lt; y</p>") != std::string::npos);
  CHECK(page.find("old &amp; worn") != std::string::npos);
  CHECK(page.find("prefers-color-scheme:dark") != std::string::npos);
  CHECK(page.find("http") == std::string::npos);
}

}  // namespace
}  // namespace pasid::review
