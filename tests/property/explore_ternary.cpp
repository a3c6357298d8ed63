#include <rapidcheck.h>

#include <doctest/doctest.h>

#include "spec/lang/eval.hpp"
#include "src/explore/ternary.hpp"
#include "tests/unit/explore_knobs.hpp"

namespace pasid::explore {
namespace {

/// Facts of a small scope with any values, none included; no axiom need hold.
spec::NativeFacts any_facts() {
  spec::NativeFacts f;
  f.count = testing::small_scope().size;
  for (const lang::CellInfo& cell : proofs::model().cells)
    if (cell.rigid)
      lang::each_index(f, cell, [&](std::span<const std::uint8_t> index) {
        reinterpret_cast<std::uint8_t*>(&f)[lang::place(cell, index)] =
            *rc::gen::inRange<std::uint8_t>(0, static_cast<std::uint8_t>(lang::size_of(f, cell.value) + 1));
      });
  return f;
}

template <class Visit>
void each_axiom(Visit visit) {
  for (const lang::Formula& a : proofs::model().formulas)
    if (a.kind == lang::FormulaKind::axiom) visit(a.body);
}

TEST_CASE("three-valued evaluation: exact where everything is known") {
  CHECK(rc::check([] {
    const spec::NativeFacts f = any_facts();
    const spec::NativeState s;
    each_axiom([&](lang::NodeId a) {
      RC_ASSERT(Ternary(proofs::model(), f, &f).value(a) == lang::Evaluator(proofs::model(), f, &f).value(a, &s));
    });
  }));
}

TEST_CASE("three-valued evaluation: what it decides from a part, the whole says too") {
  int decided = 0;
  int open = 0;
  CHECK(rc::check([&] {
    const spec::NativeFacts f = any_facts();
    spec::NativeFacts part = f;
    for (const lang::CellInfo& cell : proofs::model().cells)
      if (cell.rigid)
        lang::each_index(f, cell, [&](std::span<const std::uint8_t> index) {
          if (*rc::gen::inRange(0, 3) == 0) reinterpret_cast<std::uint8_t*>(&part)[lang::place(cell, index)] = unknown;
        });
    const spec::NativeState s;
    each_axiom([&](lang::NodeId a) {
      const std::uint8_t known = Ternary(proofs::model(), part, &part).value(a);
      ++(known == unknown ? open : decided);
      if (known != unknown) RC_ASSERT(known == lang::Evaluator(proofs::model(), f, &f).value(a, &s));
    });
  }));
  CHECK(decided > 100);
  CHECK(open > 100);
}

}  // namespace
}  // namespace pasid::explore
