// Terms as the solver gets them.
#include <doctest/doctest.h>

#include "proofs/model.hpp"
#include "src/smt/prove.hpp"
#include "tests/support/designs.hpp"

using namespace pasid;
using lang::NodeId;

TEST_CASE("what stands at an index that comes from a relation may be one of two values") {
  lang::Tree tree = proofs::model();
  const int slot = tree.cell_named("slot");
  const int pasid_of = tree.cell_named("pasid_of");
  const auto& of_slot = tree.cells[static_cast<std::size_t>(slot)];
  const auto& of_pasid = tree.cells[static_cast<std::size_t>(pasid_of)];
  const NodeId group = tree.fresh_variable(of_slot.index[0]);
  const NodeId pasid = tree.fresh_variable(of_slot.index[1]);
  const NodeId as = tree.fresh_variable(of_slot.value);
  const NodeId space = tree.fresh_variable(of_pasid.index[0]);
  const NodeId other = tree.fresh_variable(of_pasid.value);
  const NodeId either = tree.fresh_variable(of_pasid.value);
  const NodeId held = tree.read(slot, {group, pasid});
  const NodeId choice = tree.eq(group, tree.fresh_variable(of_slot.index[0]));
  const NodeId value = tree.ite(choice, tree.read(pasid_of, {space, held}), other);

  const NodeId holds = tree.eq(held, as);
  const NodeId known = tree.eq(tree.read(pasid_of, {space, as}), either);
  const auto follows = [&](NodeId premise) {
    return smt::follow(tree, test::linux_7_3_in_short(), {}, {{premise, tree.eq(value, either)}}).front();
  };
  CHECK(follows(tree.conj(choice, tree.conj(holds, known))) == smt::Answer::unsat);
  CHECK(follows(tree.conj(tree.negate(choice), tree.eq(other, either))) == smt::Answer::unsat);
  CHECK(follows(tree.conj(choice, known)) != smt::Answer::unsat);  // another may hold it
  CHECK(follows(tree.conj(tree.negate(choice), tree.conj(holds, known))) != smt::Answer::unsat);
}
