// The ledger: an entry is found by the text it is of, no other; and one question asked many times has one answer.
#include <doctest/doctest.h>

#include "src/check/ledger_check.hpp"
#include "src/smt/seeds.hpp"

using namespace pasid;
using check::Ledger;
using check::LedgerEntry;
using smt::Answer;

namespace {

constexpr const char* q = "(declare-fun q () Bool)";
constexpr const char* p = "(declare-fun p () Bool)";

/// That not p is impossible: from the invariants q, and that q implies p. A third may be assumed, too.
smt::Proof proof() {
  smt::Proof out;
  out.scripts.assumptions = {{"(assert q)\n", {}, {q}},
                             {"(assert (=> q p))\n", {}, {q, p}},
                             {"(assert (or p (not p)))\n", {}, {p}},
                             {"(assert false)\n", {}, {}}};
  out.scripts.names = {"first", "second", "third", "not-to-be-assumed"};
  out.obligations.push_back({"rule", "formula", Answer::unsat, false, 0, {}});
  out.obligations.back().script = smt::Script{{"(assert (not p))\n", {}, {p}}, {0, 1}, {0, 1, 2}};
  return out;
}

LedgerEntry entry_of(const smt::Proof& proof, std::vector<std::size_t> core) {
  smt::Script script = *proof.obligations[0].script;
  script.core = std::move(core);
  LedgerEntry out{
      "design", "rule => formula", check::ledger_hash(check::ledger_text(proof.scripts, script, false)), {}};
  for (const std::size_t i : script.core) out.from.push_back(proof.scripts.names[i]);
  out.z3 = out.cvc5 = Answer::unsat;
  out.seeds = 3;
  return out;
}

const LedgerEntry* found(const Ledger& ledger, const smt::Proof& proof) {
  return check::LedgerIndex(ledger).find(proof, proof.obligations[0]);
}

}  // namespace

TEST_CASE("ledger: an obligation is found by its text, also where the proof leaned on other invariants") {
  const smt::Proof of = proof();
  Ledger ledger{{"Z3", "cvc5"}, {entry_of(of, {0, 1})}};
  CHECK(found(ledger, of) == &ledger.entries[0]);
  smt::Proof other = of;
  other.obligations[0].script->core = {0, 1, 2};
  CHECK(found(ledger, other) == &ledger.entries[0]);
}

TEST_CASE("ledger: an entry is of no obligation that may not assume as much, or says another thing by that name") {
  const smt::Proof of = proof();
  const Ledger more{{"Z3", "cvc5"}, {entry_of(of, {3})}};
  CHECK(found(more, of) == nullptr);
  const Ledger ledger{{"Z3", "cvc5"}, {entry_of(of, {0, 1})}};
  smt::Proof other = of;
  other.obligations[0].script->core = {0, 1, 2};
  other.scripts.assumptions[1].text = "(assert (=> p q))\n";
  CHECK(found(ledger, other) == nullptr);
  other = of;
  other.obligations[0].script->own.text = "(assert p)\n";
  CHECK(found(ledger, other) == nullptr);
  other = of;
  other.obligations[0].script.reset();  // by frame
  CHECK(found(ledger, other) == nullptr);
}

TEST_CASE("ledger: what is written is read back, and sorted") {
  const smt::Proof of = proof();
  Ledger ledger{{"Z3 1", "cvc5 2"}, {entry_of(of, {0, 1}), entry_of(of, {0, 1, 2})}};
  ledger.entries[0].obligation = "z => formula";
  ledger.entries[1].all_axioms = true;
  ledger.entries[1].cvc5 = Answer::unknown;
  ledger.entries[1].z3_ms = 20;
  const std::string text = check::text(ledger);
  const Ledger again = check::read_ledger(io::JsonDocument("ledger", text));
  CHECK(check::text(again) == text);
  REQUIRE(again.entries.size() == 2);
  CHECK(again.entries[0].name() == "design: rule => formula");
  CHECK(again.entries[0].all_axioms);
  CHECK(again.entries[0].from == std::vector<std::string>{"first", "second", "third"});
  CHECK(again.entries[0].cvc5 == Answer::unknown);
  CHECK(check::figures(again).agreed == 1);
  CHECK(check::figures(again).slowest_z3 == &again.entries[0]);
}

TEST_CASE("ledger: where nothing is checked, that is no success") {
  const smt::Proof of = proof();
  const Ledger ledger{{"Z3", "cvc5"}, {entry_of(of, {0, 1})}};
  CHECK(check::check_ledger(ledger, {{"design", &of}}, {}).known == 1);
  smt::Proof nothing = of;
  nothing.obligations[0].script.reset();
  CHECK_THROWS_AS(check::check_ledger(ledger, {{"design", &nothing}}, {}), std::invalid_argument);
  CHECK_THROWS_AS(check::check_ledger(ledger, {}, {}), std::invalid_argument);
}

TEST_CASE("ledger: what Z3 does not prove now is no agreement, whatever is on record") {
  smt::Proof of = proof();
  const Ledger ledger{{"Z3", "cvc5"}, {entry_of(of, {0, 1})}};
  of.obligations[0].answer = Answer::unknown;
  const check::LedgerCheck c = check::check_ledger(ledger, {{"design", &of}}, {});
  REQUIRE(c.disagreements.size() == 1);
  CHECK(c.disagreements[0] == "design: rule => formula: Z3 says unknown now, the ledger has unsat");
}

TEST_CASE("seeds: as many are tried as are asked for, and each answers") {
  const std::string axioms = "(declare-fun p () Bool)(declare-fun q () Bool)(assert (=> p q))(assert p)";
  const smt::Seeded no = smt::ask_with_seeds(axioms + "(assert (not q))(check-sat)", 5, 1000);
  CHECK(no.answer == Answer::unsat);
  CHECK(no.seeds == 5);
  CHECK(no.changed == 0);
  CHECK(smt::ask_with_seeds(axioms + "(check-sat)", 5, 1000).answer == Answer::sat);
  CHECK_THROWS_AS(smt::ask_with_seeds(axioms, 0, 1000), std::invalid_argument);
  CHECK_THROWS_AS(smt::ask_with_seeds("(assert r)", 1, 1000), std::runtime_error);
}

TEST_CASE("seeds: a verdict that hangs on chance is counted as changed") {
  // Seven pigeons and six holes: whether an effort is enough depends on where the search begins, at one effort or
  // another.
  constexpr int holes = 6;
  const auto in = [](int pigeon, int hole) { return "p" + std::to_string(pigeon * holes + hole); };
  std::string text;
  for (int i = 0; i < (holes + 1) * holes; ++i) text += "(declare-fun " + in(0, i) + " () Bool)";
  for (int pigeon = 0; pigeon <= holes; ++pigeon) {
    text += "(assert (or";
    for (int hole = 0; hole < holes; ++hole) text += " " + in(pigeon, hole);
    text += "))";
    for (int other = 0; other < pigeon; ++other)
      for (int hole = 0; hole < holes; ++hole)
        text += "(assert (not (and " + in(pigeon, hole) + " " + in(other, hole) + ")))";
  }
  unsigned changed = 0;
  for (unsigned effort = 1; effort <= 512 && changed == 0; effort += 1 + effort / 4)
    changed = smt::ask_with_seeds(text, 20, effort).changed;
  CHECK(changed > 0);
}
