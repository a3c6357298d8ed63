// Calls, and properties of calls and of steps: rules of the tests over the model's own state, so that each mark of a
// call is seen alone; run, searched and proved.
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string>

#include <doctest/doctest.h>

#include "spec/lang/call.hpp"
#include "src/explore/search.hpp"
#include "src/explore/topology.hpp"
#include "src/smt/prove.hpp"
#include "tests/unit/explore_knobs.hpp"

namespace pasid::explore {
namespace {

using lang::NodeId;
using lang::PropertyKind;

/// Two address spaces with two marks each (lam, strayed), and two devices with an entry each.
class Toy {
 public:
  Toy() {
    tree = proofs::model();
    tree.rules.clear();
    tree.calls.clear();
    facts = testing::global_design();
    facts.count[spec::As::index] = 2;
    facts.count[spec::Dev::index] = 2;
    facts.count[spec::Pasid::index] = 1;
  }

  struct Text {
    std::string_view label;
    std::vector<lang::Param> params;
    std::vector<lang::Guard> guards;
    std::vector<lang::Write> writes;
  };

  lang::Param param(std::string_view name, const lang::SortInfo* sort) {
    return {name, sort, tree.fresh_variable(sort)};
  }
  NodeId read(std::string_view cell, std::vector<NodeId> index) {
    return tree.read(tree.cell_named(cell), std::move(index));
  }
  lang::Write set(std::string_view cell, std::vector<NodeId> index, bool value) {
    return {tree.cell_named(cell), std::move(index), tree.truth(true), tree.truth(value), {}};
  }
  void rule(Text text, NodeId only_if = NodeId::invalid) {
    tree.rules.push_back({text.label, "a test", only_if == NodeId::invalid ? tree.truth(true) : only_if, text.params,
                          text.guards, text.writes});
  }

  /// A rule over an address space that sets (or clears) a mark of it, where it is not so yet.
  void mark(std::string_view label, std::string_view cell, bool value = true, std::optional<NodeId> only_if = {}) {
    const auto m = param("mm", &lang::sort_info<spec::As>);
    const NodeId is = read(cell, {m.variable});
    rule({label,
          {m},
          {{lang::GuardKind::await, value ? tree.negate(is) : is, 0, "mark.turn"}},
          {set(cell, {m.variable}, value)}},
         only_if.value_or(NodeId::invalid));
  }
  /// tag, stray, their opposites, and a section that always refuses.
  void two_marks() {
    mark("tag", "lam");
    mark("untag", "lam", false);
    mark("stray", "strayed");
    mark("unstray", "strayed", false);
    const auto m = param("mm", &lang::sort_info<spec::As>);
    rule({"refuse", {m}, {{lang::GuardKind::require, tree.truth(false), EBUSY, "refuse.always"}}, {}});
  }
  /// Writes a device's entry for the address space, or takes it back.
  void program(std::string_view label, bool value) {
    const auto d = param("dev", &lang::sort_info<spec::Dev>);
    const auto p = param("pasid", &lang::sort_info<spec::Pasid>);
    const auto m = param("mm", &lang::sort_info<spec::As>);
    const NodeId entry = read("entry", {d.variable, p.variable});
    const NodeId nothing = tree.constant(&lang::sort_info<spec::As>, 0);
    const NodeId free = tree.eq(entry, nothing);
    const lang::Guard guard =
        value ? lang::Guard{lang::GuardKind::require, free, EBUSY, "program.entry-free"}
              : lang::Guard{lang::GuardKind::await, tree.eq(entry, m.variable), 0, "unprogram.mine"};
    rule({label,
          {m, p, d},
          {guard},
          {{tree.cell_named("entry"), {d.variable, p.variable}, tree.truth(true), value ? m.variable : nothing, {}}}});
  }
  void call(std::string_view sections) { tree.calls.push_back(lang::parse_call(tree, "call", sections)); }

  /// What the first way of the call does for address space 1.
  CallOutcome run() {
    reading = tree_reading(tree);
    transitions.emplace(tree, reading, facts, Grain::call);
    runner.emplace(reading, facts, state);
    CallRunner::Orders orders{};
    for (auto& o : orders) o = {1, 2, 3};
    const auto& list = transitions->list();
    const auto t = std::ranges::find(list, "call", &Transition::label);
    if (t == list.end()) return {CallOutcome::Kind::blocked, {}, "no such call"};
    return runner->run(*t, {1, 1}, orders);
  }
  [[nodiscard]] std::vector<std::string> fired() const {
    std::vector<std::string> out;
    for (const Fired& f : runner->fired()) out.emplace_back(tree.rules[static_cast<std::size_t>(f.rule)].label);
    return out;
  }

  lang::Tree tree;
  spec::NativeFacts facts;
  spec::NativeState state;
  Reading reading;
  std::optional<Transitions> transitions;
  std::optional<CallRunner> runner;
};

using Labels = std::vector<std::string>;
constexpr lang::Id<spec::As> A{1};
constexpr lang::Id<spec::As> B{2};
constexpr lang::Id<spec::Pasid> p1{1};

TEST_CASE("calls: an optional section is left out where its turn does not come, a required one blocks") {
  for (const bool optional : {true, false}) {
    Toy toy;
    toy.mark("tag", "lam");
    toy.mark("stray", "strayed");
    toy.call(optional ? "tag? stray" : "tag stray");
    CHECK(toy.run().kind == CallOutcome::Kind::done);
    CHECK(toy.fired() == Labels{"tag", "stray"});
    toy.state.lam(A) = true;
    const CallOutcome outcome = toy.run();
    CHECK(outcome.kind == (optional ? CallOutcome::Kind::done : CallOutcome::Kind::blocked));
    if (!optional) CHECK(outcome.guard() == "mark.turn");
  }
}

TEST_CASE("calls: a section the design has not is left out") {
  Toy toy;
  toy.mark("tag", "lam", true, toy.tree.truth(false));
  toy.mark("stray", "strayed");
  toy.call("tag stray");
  CHECK(toy.run().kind == CallOutcome::Kind::done);
  CHECK(toy.fired() == Labels{"stray"});
}

TEST_CASE("calls: a refusal undoes what fired, last first, and says which guard refused with which errno") {
  Toy toy;
  toy.two_marks();
  toy.mark("gone", "strayed", false, toy.tree.truth(false));
  toy.call("tag/untag stray/unstray refuse");
  CallOutcome outcome = toy.run();
  CHECK(outcome.kind == CallOutcome::Kind::error);
  CHECK(outcome.refusal.err == EBUSY);
  CHECK(outcome.refusal.guard == "refuse.always");
  CHECK(outcome.refusal.at == 2);
  CHECK(toy.fired() == Labels{"tag", "stray", "unstray", "untag"});
  CHECK(std::memcmp(&toy.runner->after(), &toy.state, sizeof toy.state) == 0);

  // An undo that the design has not leaves what was done; so does a section without one.
  toy.tree.calls.clear();
  toy.call("tag stray/gone refuse");
  outcome = toy.run();
  CHECK(outcome.kind == CallOutcome::Kind::error);
  CHECK(toy.fired() == Labels{"tag", "stray"});

  // An undo that cannot happen leaves the call hanging.
  toy.tree.calls.clear();
  toy.call("tag/unstray refuse");
  outcome = toy.run();
  CHECK(outcome.kind == CallOutcome::Kind::blocked);
  CHECK(outcome.guard() == "mark.turn");
}

TEST_CASE("calls: a repeated section fires for each element once, and each is undone") {
  Toy toy;
  toy.two_marks();
  toy.program("program", true);
  toy.program("unprogram", false);
  toy.call("tag program*/unprogram");
  CHECK(toy.run().kind == CallOutcome::Kind::done);
  CHECK(toy.fired() == Labels{"tag", "program", "program"});
  toy.tree.calls.clear();
  toy.call("tag/untag program*/unprogram refuse");
  const CallOutcome outcome = toy.run();
  CHECK(outcome.refusal.guard == "refuse.always");
  CHECK(toy.fired() == Labels{"tag", "program", "program", "unprogram", "unprogram", "untag"});
  CHECK(toy.runner->fired()[3].args[2] == 2);
  CHECK(toy.runner->fired()[4].args[2] == 1);
  CHECK(std::memcmp(&toy.runner->after(), &toy.state, sizeof toy.state) == 0);
  // Half way: the second device is another's.
  toy.state.entry(lang::Id<spec::Dev>(2), p1) = B;
  CHECK(toy.run().refusal.guard == "program.entry-free");
  CHECK(toy.fired() == Labels{"tag", "program", "unprogram", "untag"});
}

TEST_CASE("calls: the text of a call is checked") {
  Toy toy;
  toy.two_marks();
  CHECK_THROWS_WITH_AS(toy.call("tag nowhere"), doctest::Contains("no rule 'nowhere'"), lang::RuleError);
  CHECK_THROWS_WITH_AS(toy.call("tag tag"), doctest::Contains("stands twice"), lang::RuleError);
  toy.program("program", true);
  CHECK_THROWS_WITH_AS(toy.call("tag/program"), doctest::Contains("no section has parameter"), lang::RuleError);
}

/// Looks for a refused call that changes whether an address space has strayed.
Result search_failed(Toy& toy, unsigned threads) {
  Options o;
  o.threads = threads;
  o.slice = false;  // the tree does not know the predicate
  o.reading = tree_reading(toy.tree);
  o.properties = {0};
  o.reading.properties = {
      {"Unchanged", PropertyKind::call, [](const spec::NativeFacts&) { return true; },
       [](const spec::NativeFacts&, const spec::NativeState& before, const spec::NativeState& after) {
         return before.strayed(A) == after.strayed(A) && before.strayed(B) == after.strayed(B);
       }}};
  return search(toy.tree, std::span(&toy.facts, 1), o);
}

TEST_CASE("search: a call whose undo forgets a cell is found, with the guard, whatever the number of threads") {
  Toy whole;
  whole.two_marks();
  whole.call("tag/untag stray/unstray refuse");
  CHECK_FALSE(search_failed(whole, 1).paths[0].has_value());

  std::optional<std::string> first;
  for (const unsigned threads : {1U, 2U, 5U}) {
    Toy forgets;
    forgets.two_marks();
    forgets.call("tag/untag stray refuse");
    const Result r = search_failed(forgets, threads);
    REQUIRE(r.paths[0]);
    REQUIRE(r.paths[0]->steps.size() == 1);
    const PathStep& last = r.paths[0]->steps.back();
    REQUIRE(last.refused);
    CHECK(last.refused->err == EBUSY);
    const std::string said = last.label + std::string(last.refused->guard) + std::to_string(r.states);
    if (!first) first = said;
    CHECK(said == *first);

    Path tampered = *r.paths[0];
    CHECK_NOTHROW(replay(tree_reading(forgets.tree), tampered));
    tampered.steps.back().refused->guard = "another";
    CHECK_THROWS_WITH_AS(replay(tree_reading(forgets.tree), tampered), doctest::Contains("does not refuse"),
                         std::logic_error);
  }
}

TEST_CASE("search: a step that violates a property of steps ends the path, at both grains, for any number of threads") {
  spec::NativeFacts copies = testing::global_design();
  copies.fork_copies_msr() = spec::Switch::on;
  Scope scope = testing::small_scope();
  scope.set(proofs::model(), "Task", 2);
  const auto property = std::ranges::find(spec::native_properties(), "NewMmHasNoPasid", &spec::NativeProperty::name);
  std::optional<std::size_t> states;
  for (const Grain grain : {Grain::call, Grain::step}) {
    for (const unsigned threads : {1U, 3U}) {
      Options o;
      o.grain = grain;
      o.threads = threads;
      o.properties = {static_cast<int>(property - spec::native_properties().begin())};
      const Result r = search(proofs::model(), topologies(proofs::model(), copies, scope), o);
      REQUIRE(r.paths[0]);
      CHECK(r.paths[0]->steps.size() == 4);
      CHECK((r.paths[0]->steps.back().label == "process.fork" || r.paths[0]->steps.back().label == "process.clone"));
      if (threads == 1) states = r.states;
      CHECK(r.states == states);
    }
  }
}

/// The toy's properties of calls: what has strayed, and the tables, are as before.
void expect_unchanged(Toy& toy) {
  std::erase_if(toy.tree.formulas, [](const lang::Formula& f) { return f.kind != lang::FormulaKind::axiom; });
  const auto unchanged = [&](std::string_view name, std::string_view cell) {
    const int c = toy.tree.cell_named(cell);
    std::vector<NodeId> index;
    for (const auto* sort : toy.tree.cells[static_cast<std::size_t>(c)].index)
      index.push_back(toy.tree.fresh_variable(sort));
    NodeId body = toy.tree.eq(toy.tree.read(c, index), toy.tree.read_before(c, index));
    for (const NodeId v : index) body = toy.tree.quantify(lang::Op::forall, v, body);
    toy.tree.formulas.push_back(
        {lang::FormulaKind::property, name, "", toy.tree.truth(true), body, PropertyKind::call});
  };
  unchanged("Strayed", "strayed");
  unchanged("Entries", "entry");
}

std::string status(const smt::Proof& proof, std::string_view name) {
  const smt::Item* item = proof.find(name);
  REQUIRE(item != nullptr);
  if (std::ranges::find(proof.vacuous, name) != proof.vacuous.end()) return "vacuous";
  return item->status == smt::Status::proved ? "proved" : item->fell_at;
}

TEST_CASE("prove: properties of calls, with their undos and without") {
  struct Case {
    const char* sections;
    const char* strayed;
    const char* entries;
  };
  for (const Case& c : {
           Case{"tag/untag stray/unstray refuse", "proved", "proved"},
           Case{"tag/untag stray refuse", "call: refuse.always refused", "proved"},
           Case{"tag? stray?/unstray refuse", "proved", "proved"},
           Case{"tag? stray? refuse", "call: refuse.always refused", "proved"},
           Case{"tag program*/unprogram refuse", "proved", "proved"},
           Case{"tag program* refuse", "proved", "call: program.entry-free refused"},
           Case{"tag stray", "vacuous", "vacuous"},
           Case{"tag/unstray refuse", "call: refuse.always refused, where unstray may wait",
                "call: refuse.always refused, where unstray may wait"},
       }) {
    CAPTURE(c.sections);
    Toy toy;
    toy.two_marks();
    toy.program("program", true);
    toy.program("unprogram", false);
    toy.call(c.sections);
    expect_unchanged(toy);
    const smt::Proof proof = smt::prove(toy.tree, toy.facts);
    CHECK(status(proof, "Strayed") == c.strayed);
    CHECK(status(proof, "Entries") == c.entries);
  }
  Toy toy;
  toy.two_marks();
  toy.call("tag/untag stray/unstray refuse");
  expect_unchanged(toy);
  std::vector<std::string> names;
  for (const auto& o : smt::prove(toy.tree, toy.facts).obligations) names.push_back(o.name());
  CHECK(names == Labels{"call: refuse.always refused => undo unstray", "call: refuse.always refused => undo untag",
                        "call: refuse.always refused => Strayed", "call: refuse.always refused => Entries"});
}

TEST_CASE("prove: a property of steps falls at the rule that violates it, with the step") {
  spec::NativeFacts copies = testing::global_design();
  lang::Tree tree = proofs::model();
  // What the property rests on, and nothing else.
  const Labels needed{"NewMmHasNoPasid", "thread_has_live_mm", "thread_state_needs_thread", "only_mms_live",
                      "pasid_needs_mm"};
  std::erase_if(tree.formulas, [&](const lang::Formula& f) {
    return f.kind != lang::FormulaKind::axiom && std::ranges::find(needed, f.name) == needed.end();
  });
  CHECK(status(smt::prove(tree, copies), "NewMmHasNoPasid") == "proved");
  copies.fork_copies_msr() = spec::Switch::on;
  const smt::Proof proof = smt::prove(tree, copies);
  CHECK(status(proof, "NewMmHasNoPasid") == "process.fork");
  const auto step = smt::explain(tree, copies, proof, "NewMmHasNoPasid");
  REQUIRE(step.has_value());
  CHECK(step->rule == "process.fork");
}

}  // namespace
}  // namespace pasid::explore
