// Why a guard was not met: what the implementation cannot be told or has not, or that no reachable state meets it.
#include <algorithm>

#include <doctest/doctest.h>

#include "src/conform/endings.hpp"
#include "tests/support/conform_worlds.hpp"

using namespace pasid;
using namespace pasid::test;

namespace {

/// Of Linux 7.3; throws where no call of that name can end at the guard.
conform::Ending ending(const conform::Catalogue& catalogue, std::string_view call, std::string_view guard) {
  const auto all = conform::endings_of(catalogue, conform_model().knobs);
  const auto found = std::ranges::find_if(
      all, [&](const conform::Ending& e) { return catalogue[e.call].name == call && e.guard == guard; });
  if (found == all.end()) throw std::out_of_range(std::string(guard));
  return *found;
}

/// Can do everything.
conform::Capabilities everything() {
  const conform::Vocabulary words(conform_model().tree);
  conform::Capabilities out;
  out.calls.assign(words.calls.begin(), words.calls.end());
  out.environment = words.environment;
  return out;
}

std::string lacking(std::string_view guard, const conform::Capabilities& has) {
  return conform::lacking(catalogue(), conform_model().knobs, has, ending(catalogue(), "bind", guard));
}

}  // namespace

TEST_CASE("endings: a guard that the design's knobs decide ends no call, and one of another series neither") {
  CHECK(ending(catalogue(), "bind", "bind.pasid-free").err == ENOSPC);
  CHECK_THROWS_AS(ending(catalogue(), "bind", "bind.sva-supported"), std::out_of_range);
  CHECK_THROWS_AS(ending(catalogue(), "bind", "bind.pasid-below-maximum"), std::out_of_range);
}

TEST_CASE("endings: a failure that cannot be ordered is what is missing, with its reason, and only there") {
  conform::Capabilities has = everything();
  CHECK(lacking("bind.memory-for-mm-data", has).empty());
  std::erase(has.environment, "memory.none_for_mm_data");
  CHECK(lacking("bind.memory-for-mm-data", has) == "it cannot be told memory.none_for_mm_data");
  has.cannot["memory.none_for_mm_data"] = "nobody may";
  CHECK(lacking("bind.memory-for-mm-data", has) == "it cannot be told memory.none_for_mm_data: nobody may");
  CHECK(lacking("bind.pasid-free", has).empty());
}

TEST_CASE("endings: a state that only one call brings is missing with it, one that others bring is not") {
  conform::Capabilities has = everything();
  CHECK(lacking("bind.no-lam", has).empty());
  std::erase(has.calls, "process.enable_lam");
  CHECK(lacking("bind.no-lam", has) == "it has no process.enable_lam");
  std::erase(has.calls, "process.fork");  // copies it, which is not enough
  CHECK(lacking("bind.no-lam", has) == "it has no process.enable_lam");
}

TEST_CASE("endings: what is proved never to come is, and what comes is not") {
  const std::vector<conform::Ending> asked{ending(catalogue(), "user.attach", "program.memory-for-table"),
                                           ending(catalogue(), "bind", "bind.pasid-free")};
  CHECK(conform::never_come(catalogue(), conform_model().knobs, {}, asked) == std::vector<bool>{true, false});
}
