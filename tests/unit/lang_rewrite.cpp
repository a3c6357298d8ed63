// Rewriting and evaluation where variables meet themselves: a rule applied twice brings its own quantifiers twice.
#include <doctest/doctest.h>

#include "spec/lang/rewrite.hpp"
#include "tests/support/toy.hpp"

using namespace pasid::test::toy;
using pasid::lang::NodeId;
using pasid::lang::Op;

namespace {

using R = AstRule;
using F = AstFacts;
using S = AstState;
using B = pasid::lang::Id<Box>;

/// A box is shut where an open one is linked to it.
const pasid::lang::RuleTree& shut_linked(Model& m) {
  return m.record<>(
      "", +[](R& r, const F& f, const S& s, S& n) {
        each<Box>(r, [&](auto b) {
          when(r, exists<Box>(f, [&](auto c) { return s.open(c) && s.linked(c, b); }), [&] { n.open(b) = false; });
        });
      });
}

struct World {
  Facts<Native> facts;
  State<Native> state;
  World() { facts.count = {3, 3}; }
};

}  // namespace

TEST_CASE("rewrite: a rule's own quantifier does not capture what it is applied to") {
  Model m;
  const pasid::lang::RuleTree rule = shut_linked(m);
  const NodeId v = m.tree.fresh_variable(&pasid::lang::sort_info<Box>);
  const NodeId all_shut = m.tree.quantify(Op::forall, v, m.tree.negate(m.tree.read(m.tree.cell_named("open"), {v})));
  const NodeId once = pasid::lang::after(m.tree, rule, all_shut);
  const NodeId twice = pasid::lang::after(m.tree, rule, once);
  int differ = 0;
  for (int bits = 0; bits < 1 << 12; ++bits) {
    World w;
    for (int b = 1; b <= 3; ++b) {
      w.state.open(B(static_cast<std::uint8_t>(b))) = (bits >> (b - 1) & 1) != 0;
      for (int c = 1; c <= 3; ++c)
        w.state.linked(B(static_cast<std::uint8_t>(b)), B(static_cast<std::uint8_t>(c))) =
            (bits >> (3 * b + c - 1) & 1) != 0;
    }
    pasid::lang::Evaluator eval(m.tree, w.facts, &w.facts);
    State<Native> middle = w.state;
    (void)eval.apply(rule, &w.state, &middle, {});
    State<Native> last = middle;
    (void)eval.apply(rule, &middle, &last, {});
    if (eval.value(once, &w.state) != eval.value(all_shut, &middle)) ++differ;
    if (eval.value(twice, &w.state) != eval.value(all_shut, &last)) ++differ;
  }
  CHECK(differ == 0);
}

TEST_CASE("rewrite: a value that is substituted keeps its variables") {
  Model m;
  auto& t = m.tree;
  const auto* box = &pasid::lang::sort_info<Box>;
  const NodeId x = t.fresh_variable(box);
  const NodeId v = t.fresh_variable(box);
  const int linked = t.cell_named("linked");
  const NodeId some = t.quantify(Op::exists, v, t.read(linked, {v, x}));
  // exists v: linked(v, x), with x -> v, speaks of the outer v.
  const NodeId outer = t.quantify(Op::forall, v, pasid::lang::substitute(t, some, {{x, v}}));
  const NodeId u = t.fresh_variable(box);
  const NodeId wanted = t.quantify(Op::forall, u, pasid::lang::substitute(t, some, {{x, u}}));
  CHECK(pasid::lang::substitute(t, some, {{v, u}}) == some);  // a bound variable is not there to be replaced
  for (int bits = 0; bits < 1 << 9; ++bits) {
    World w;
    for (int b = 0; b < 3; ++b)
      for (int c = 0; c < 3; ++c)
        w.state.linked(B(static_cast<std::uint8_t>(b + 1)), B(static_cast<std::uint8_t>(c + 1))) =
            (bits >> (3 * b + c) & 1) != 0;
    pasid::lang::Evaluator eval(t, w.facts, &w.facts);
    CHECK(eval.value(outer, &w.state) == eval.value(wanted, &w.state));
  }
}

TEST_CASE("evaluation: an inner quantifier over the same variable leaves the outer one's element alone") {
  Model m;
  auto& t = m.tree;
  const auto* box = &pasid::lang::sort_info<Box>;
  const NodeId v = t.fresh_variable(box);
  const int open = t.cell_named("open");
  const int linked = t.cell_named("linked");
  const NodeId some_open = t.quantify(Op::exists, v, t.read(open, {v}));
  // exists v: (exists v: open(v)) and linked(v, v)
  const NodeId both = t.quantify(Op::exists, v, t.conj(some_open, t.read(linked, {v, v})));
  World w;
  w.state.open(B(3)) = true;
  w.state.linked(B(1), B(1)) = true;
  pasid::lang::Evaluator eval(t, w.facts, &w.facts);
  CHECK(eval.value(both, &w.state) == 1);
}
