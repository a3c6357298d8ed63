// Ways on record, and lemmas: what tells a mutant of a rule from it far from the empty state, or where no property
// does.
#include <algorithm>
#include <stdexcept>

#include <doctest/doctest.h>

#include "proofs/model.hpp"
#include "src/mutate/lemma_falls.hpp"
#include "src/mutate/ways.hpp"
#include "src/review/side.hpp"
#include "tests/support/designs.hpp"

using namespace pasid;
using mutate::Mutant;

namespace {

struct Subject {
  lang::Tree tree = proofs::model();
  io::Design design = io::load_design(tree, "linux-7.3");
  spec::NativeFacts knobs = io::facts_of(tree, design);
  mutate::Original original{tree, knobs, review::rules_of(tree, tree.rules, knobs), {}};

  std::vector<mutate::Way> ways(const std::string& text, unsigned threads = 1) const {
    return mutate::ways_of(tree, design, mutate::read_scripts(text, design.name), threads, {});
  }
  Mutant unchanged() const {
    Mutant m;
    m.of = "process.last_exit";
    m.part = "nothing";
    m.rule = tree.rule_named(m.of);
    m.changed = *original.rule(m.of);
    return m;
  }
  /// The last thread goes on when its mm has gone.
  Mutant goes_on() const {
    Mutant m = unchanged();
    m.by = mutate::Operator::drop_update;
    m.part = "process.last_exit/task_mm";
    const auto of_the_thread = [&](const lang::Write& w) { return w.cell == tree.cell_named("task_mm"); };
    REQUIRE(std::erase_if(m.changed.writes, of_the_thread) == 1);
    return m;
  }
};

constexpr const char* a_process =
    "# What stands before the first script is for people.\n"
    "# pasid shell linux-7.3 --script FILE\n"
    "grain step\n"
    "step process.create thread=T1 mm=A\n";

}  // namespace

TEST_CASE("mutate: along a way on record a mutant parts where it does, and the rule itself nowhere") {
  Subject s;
  const auto ways = s.ways(a_process);
  REQUIRE(ways.size() == 1);
  CHECK(ways[0].broken.empty());
  REQUIRE(ways[0].trace.steps.size() == 1);
  const std::vector<Mutant> mutants{s.goes_on(), s.unchanged()};
  for (const unsigned threads : {1U, 2U}) {
    const auto found = mutate::along(s.original, mutants, ways, threads, {});
    REQUIRE(found[0]);
    CHECK(found[0]->told("process.last_exit") ==
          std::vector<std::string>{"process.create", "process.last_exit: it fires where the design fires"});
    CHECK_FALSE(found[1]);
  }
  CHECK_FALSE(mutate::along(s.original, mutants, {}, 1, {})[0]);
}

TEST_CASE("mutate: a way that is written down leads where it was found, and one to nowhere is not written") {
  Subject s;
  const auto ways = s.ways(a_process);
  const auto found = mutate::along(s.original, std::vector{s.goes_on()}, ways, 1, {});
  REQUIRE(found[0]);
  const std::string text = mutate::ways_to(
      s.original, s.design, {{s.goes_on(), *found[0]}, {s.goes_on(), *found[0]}, {s.unchanged(), *found[0]}});
  CHECK(text.starts_with("# pasid shell linux-7.3 --script FILE\n"));
  CHECK(text.find("# process.last_exit drop-update process.last_exit/task_mm\n") != std::string::npos);
  CHECK(text.find("nothing") == std::string::npos);
  const auto again = s.ways(text);
  REQUIRE(again.size() == 1);  // of two that are alike, one
  CHECK(mutate::along(s.original, std::vector{s.goes_on()}, again, 1, {})[0]);
}

TEST_CASE(
    "mutate: a way is gone as far as it can be, and says where it ends, and those of other designs are passed over") {
  Subject s;
  const auto ways = s.ways(std::string(a_process) +
                               "step process.create thread=T1 mm=A\nstep process.last_exit thread=T1 mm=A\n"
                               "# pasid shell linux-6.1 --script FILE\nno such command\n",
                           2);
  REQUIRE(ways.size() == 1);
  CHECK(ways[0].broken.starts_with("line 5: "));
  CHECK(ways[0].trace.steps.size() == 1);
  CHECK(s.ways(std::string(a_process) + "save x.json\n")[0].broken ==
        "line 5: 'save' is not of a way; expected scope, world, grain or step");
  CHECK_THROWS_WITH_AS(mutate::read_scripts("# for people\nstep x\n", "linux-7.3"),
                       "line 2: 'step x' is of no script; expected # pasid shell DESIGN", std::invalid_argument);
}

TEST_CASE("mutate: a lemma falls after a mutant's step, none after the rule's, and none that is not proved") {
  Subject s;
  const auto ways = s.ways(a_process);
  const auto fallen = [&](const smt::Proof& proof, const Mutant& m) {
    return mutate::fallen_lemma(s.tree, proof, m, ways[0].trace.facts, ways[0].trace.last());
  };
  const smt::Proof proof = smt::prove(s.tree, s.knobs);
  CHECK(fallen(proof, s.goes_on()) == "thread_has_live_mm");
  CHECK_FALSE(fallen(proof, s.unchanged()));
  CHECK_FALSE(fallen(smt::Proof{}, s.goes_on()));
}
