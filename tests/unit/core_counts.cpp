// The core model has the counts that five model checkers and a closed form agree on. See tests/bench/core.
#include <algorithm>

#include <doctest/doctest.h>

#include "spec/lang/edit.hpp"
#include "tests/bench/core/core.hpp"

namespace pasid::core {
namespace {

constexpr Scope smallest{2, 2, 2, 4};
constexpr Scope small{3, 3, 2, 5};

struct Counts {
  std::size_t states;
  std::uint64_t firings;
  int depth;
  friend bool operator==(const Counts&, const Counts&) = default;
};

bool all_hold(const explore::Result& r) {
  return r.paths.size() == 5 && std::ranges::none_of(r.paths, [](const auto& path) { return path.has_value(); });
}

Counts counts(const explore::Result& r) { return {r.states, r.counts.firings, r.depth}; }

/// The search of a tree without one update: of its rules that one is evaluated, the others are compiled.
explore::Result search_without(std::string_view update, const Scope& scope, Ways ways) {
  const lang::Tree whole = model();
  lang::Tree edited = whole;
  lang::drop(edited, update);
  ways.reading = explore::edited_reading(edited, whole);
  return search(edited, scope, ways);
}

TEST_CASE("core: states, firings and depth are those of the other model checkers") {
  const lang::Tree tree = model();
  for (const unsigned threads : {1U, 2U}) {
    const explore::Result r = search(tree, smallest, {.threads = threads});
    CHECK(counts(r) == Counts{3'072, 35'888, 12});
    CHECK(r.end == explore::End::exhausted);
    CHECK(all_hold(r));
  }
  const explore::Result r = search(tree, small, {});
  CHECK(counts(r) == Counts{474'152, 8'252'680, 17});
  CHECK(all_hold(r));
}

TEST_CASE("core: orbits are those of the other model checkers") {
  const lang::Tree tree = model();
  for (const unsigned threads : {1U, 2U}) {
    const explore::Result r = search(tree, smallest, {.symmetry = true, .threads = threads});
    CHECK(r.states == 292);
    CHECK(all_hold(r));
    CHECK(search(tree, small, {.symmetry = true, .threads = threads}).states == 2'291);
  }
}

TEST_CASE("core: the rules as a tree have the same counts") {
  const lang::Tree tree = model();
  const explore::Result r = search(tree, smallest, {.reading = explore::tree_reading(tree)});
  CHECK(counts(r) == Counts{3'072, 35'888, 12});
  CHECK(all_hold(r));
}

TEST_CASE("core: without an update the counts are others") {
  for (const std::string_view update : {"unbind/msr", "task_exit/msr", "mm_exit/mm_pasid", "enqcmd/msr"}) {
    CAPTURE(update);
    const explore::Result r = search_without(update, smallest, {});
    CHECK(counts(r) != Counts{3'072, 35'888, 12});
    CHECK(search_without(update, smallest, {.symmetry = true}).states != 292);
  }
}

TEST_CASE("core: an unbind that leaves the entry is found by the shortest sequence") {
  const auto steps = [](std::string property) {
    const explore::Result r = search_without("unbind/entry", {3, 3, 3, 5}, {.properties = {std::move(property)}});
    REQUIRE(r.paths[0].has_value());
    return r.paths[0]->steps.size();
  };
  CHECK(steps("Table") == 3);
  CHECK(steps("Isolation") == 7);
}

TEST_CASE("core: two threads find the trace that one finds") {
  for (const bool symmetry : {false, true}) {
    const auto traces = [&](unsigned threads) {
      const auto r = search_without("unbind/entry", small,
                                    {.symmetry = symmetry, .threads = threads, .properties = {"Table", "Isolation"}});
      std::vector<std::vector<std::vector<explore::Fired>>> out;
      for (const auto& path : r.paths) {
        out.emplace_back();
        if (path)
          for (const explore::PathStep& step : path->steps) out.back().push_back(step.fired);
      }
      return out;
    };
    const auto one = traces(1);
    REQUIRE(one.size() == 2);
    CHECK(one[0].size() == 3);
    CHECK(one[1].size() == 7);
    CHECK(traces(2) == one);
    CHECK(traces(3) == one);
  }
}

TEST_CASE("core: a scope that is too large is refused by the sort's name") {
  const lang::Tree tree = model();
  CHECK_THROWS_WITH(facts(tree, {4, 3, 3, 5}), "sort 'Mm' has room for 0 to 3 elements, not 4");
  CHECK_THROWS_AS(facts(tree, {3, 3, 3, 1}), std::invalid_argument);
}

}  // namespace
}  // namespace pasid::core
