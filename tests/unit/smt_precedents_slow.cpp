// What one design's proof may take from another's: the same questions, and only from what may be assumed here too.
#include <algorithm>

#include <doctest/doctest.h>

#include "proofs/model.hpp"
#include "src/smt/prove.hpp"
#include "tests/support/designs.hpp"

using namespace pasid;
using namespace pasid::test;
using lang::NodeId;
using lang::Op;
using lang::Tree;

namespace {

/// Every bond has a portal; or, with `negated`, none has.
NodeId all_have_portals(Tree& tree, bool negated = false) {
  const int portal = tree.cell_named("portal");
  const NodeId b = tree.fresh_variable(tree.cells[static_cast<std::size_t>(portal)].index[0]);
  const NodeId has = tree.read(portal, {b});
  return tree.quantify(Op::forall, b, negated ? tree.negate(has) : has);
}

std::string verdicts_and_falls(const smt::Proof& proof) {
  std::string out;
  for (const auto& item : proof.items)
    out += item.name + ' ' + std::to_string(static_cast<int>(item.status)) + ' ' + item.fell_at + '\n';
  return out;
}

}  // namespace

TEST_CASE("precedents: fingerprints tell formulas apart, but for the names of variables") {
  Tree tree = proofs::model();
  Tree other = proofs::model();
  other.fresh_variable(&lang::sort_info<bool>);  // so that variables have other numbers there
  const auto print = smt::fingerprint(tree, {all_have_portals(tree)});
  CHECK(print == smt::fingerprint(other, {all_have_portals(other)}));
  CHECK(print != smt::fingerprint(tree, {all_have_portals(tree, true)}));
  const NodeId both[] = {all_have_portals(tree), all_have_portals(tree, true)};
  CHECK(smt::fingerprint(tree, {both[0], both[1]}) != smt::fingerprint(tree, {both[1], both[0]}));
}

TEST_CASE("precedents: a proof counts only where all that it leaned on may be assumed") {
  smt::Precedents known;
  const smt::Fingerprint question{1, 1};
  const smt::Fingerprint a{2, 1};
  const smt::Fingerprint b{2, 2};
  known.add(question, {a, b});
  CHECK(known.find(question, {a, b}).has_value());
  CHECK_FALSE(known.find(question, {a}).has_value());
  CHECK_FALSE(known.find({1, 2}, {a, b}).has_value());
  known.add(question, {b});
  CHECK(known.find(question, {b}) == std::set{b});
}

TEST_CASE("precedents: a proof with those of another design has the verdicts of one without") {
  const Tree& model = proofs::model();
  smt::ProveOptions shared;
  shared.precedents = std::make_shared<smt::Precedents>();
  const smt::Proof first = smt::prove(model, linux_7_3_in_short(), shared);
  // The twin: what is proved of the whole rules must not be taken for those without a guard.
  Tree dropped = model;
  for (auto& rule : dropped.rules)
    std::erase_if(rule.guards, [](const lang::Guard& g) { return g.label == std::string_view("drain.work-finished"); });
  const smt::Proof with = smt::prove(dropped, linux_7_3_in_short(), shared);
  CHECK(verdicts_and_falls(with) == verdicts_and_falls(smt::prove(dropped, linux_7_3_in_short())));
  CHECK(verdicts_and_falls(with) != verdicts_and_falls(first));
  CHECK(with.find("DmaIsolation")->status != smt::Status::proved);
}
