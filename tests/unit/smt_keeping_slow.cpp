// What one rule breaks without a part of it is told from that rule alone, and a proof of the whole agrees.
#include <algorithm>

#include <doctest/doctest.h>

#include "proofs/model.hpp"
#include "spec/lang/edit.hpp"
#include "src/smt/keeping.hpp"
#include "tests/support/designs.hpp"

using namespace pasid;
using namespace pasid::test;

TEST_CASE("keeping: where nothing breaks without a part, a proof without it proves the same") {
  const auto precedents = std::make_shared<smt::Precedents>();
  smt::ProveOptions options;
  options.precedents = precedents;
  const lang::Tree& tree = proofs::model();
  const smt::Proof whole = smt::prove(tree, linux_7_3_in_short(), options);
  smt::Keeping keeping(tree, linux_7_3_in_short(), whole);
  std::size_t kept = 0;
  std::size_t broken = 0;
  std::size_t number = 0;
  for (const lang::RuleTree& rule : tree.rules) {
    for (const std::string& label : lang::parts(tree, rule)) {
      if (++number % 23 != 0) continue;
      std::vector<smt::Break> breaks;
      try {
        breaks = keeping.without(label);
      } catch (const std::invalid_argument&) {
        continue;  // not of this design
      }
      CAPTURE(label);
      lang::Tree without = tree;
      lang::drop(without, label);
      const smt::Proof proof = smt::prove(without, linux_7_3_in_short(), options);
      bool same = true;
      for (const smt::Item& item : whole.items)
        same = same && (item.judges == lang::PropertyKind::call || item.status != smt::Status::proved ||
                        proof.find(item.name)->status == smt::Status::proved);
      CHECK(same == breaks.empty());
      ++(breaks.empty() ? kept : broken);
    }
  }
  CHECK(kept >= 5);
  CHECK(broken >= 3);
}

TEST_CASE("keeping: what breaks is named, and only what was proved can") {
  const smt::Proof whole = smt::prove(proofs::model(), linux_7_3_in_short());
  smt::Keeping keeping(proofs::model(), linux_7_3_in_short(), whole);
  const auto breaks = keeping.without("drain.work-finished");
  REQUIRE_FALSE(breaks.empty());
  for (const smt::Break& b : breaks) {
    CHECK(b.rule == "unbind.drain");
    CHECK(whole.find(b.formula)->status == smt::Status::proved);
  }
  CHECK(keeping.without("bind.memory-for-mm-data").empty());
  CHECK_THROWS_AS(keeping.without("no.such-guard"), std::invalid_argument);
  // Of a proof that proved nothing there is nothing to break.
  smt::Keeping idle(proofs::model(), linux_7_3_in_short(), smt::Proof{});
  CHECK(idle.without("drain.work-finished").empty());
}
