// Bugs put back: found where a property falls that holds without them, and nowhere else.
#include <doctest/doctest.h>

#include "proofs/model.hpp"
#include "src/check/history.hpp"
#include "tests/support/directory.hpp"

namespace pasid {
namespace {

check::Undone undone(const io::Bug& bug) { return check::undo_fix(proofs::model(), bug, {}); }

TEST_CASE("history: a bug is found by a replayed trace, and gone with its fix") {
  const auto narrow = undone(io::load_bug(proofs::model(), "G14"));
  CHECK(narrow.found());
  REQUIRE(narrow.with_bug.trace);
  CHECK(narrow.with_bug.trace->steps.size() == 1);
}

TEST_CASE("history: what falls without the bug as well is not found, nor what holds with it") {
  io::Bug bug = io::load_bug(proofs::model(), "G14");
  bug.violates->property = "KernelRequestServed";  // 7.3 violates it anyway
  const auto anyway = undone(bug);
  CHECK(anyway.with_bug.verdict == spec::Verdict::violated);
  CHECK_FALSE(anyway.found());
  bug.violates->property = "NewMmHasNoPasid";  // a width says nothing of a fork
  const auto never = undone(bug);
  CHECK(never.with_bug.verdict == spec::Verdict::proved);
  CHECK_FALSE(never.found());
}

}  // namespace
}  // namespace pasid
