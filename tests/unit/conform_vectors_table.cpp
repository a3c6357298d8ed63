// What vectors leave out is told: by the table, for the suite and for the design; and smoke leaves out the right ones.
#include <algorithm>
#include <set>

#include <doctest/doctest.h>

#include "src/conform/vectors/smoke.hpp"
#include "tests/support/conform_vectors.hpp"

namespace {

using namespace pasid;                    // NOLINT(google-build-using-namespace)
using namespace pasid::conform;           // NOLINT(google-build-using-namespace)
using namespace pasid::conform::vectors;  // NOLINT(google-build-using-namespace)
using test::catalogue;
using test::conform_model;
using test::covering_of;
using test::small_worlds;
using test::world_named;

/// The small worlds with their covering tests.
std::deque<WorldTests> surveyed() {
  std::deque<WorldTests> out;
  for (const auto name : small_worlds) {
    out.push_back({.plan = {}, .world = world_named(name), .tests = {}, .history = {}, .chains = {}});
    out.back().tests = covering_of(out.back().world);
  }
  return out;
}

}  // namespace

TEST_CASE("vectors: a guard whose tests are dropped is missing from the table") {
  const World world = world_named("tables of user space");
  const auto tests = covering_of(world);
  enum class Others : std::uint8_t { none, known, not_sought };
  const auto table = [&](std::string_view without, Others left_out = Others::none) {
    TestLists kept(1);
    TestLists rest(1);
    for (const Test& t : tests) {
      const bool has =
          std::ranges::find(t.calls, without, [](const Asked& a) { return a.kind.guard; }) != t.calls.end();
      (has ? rest : kept)[0].push_back(&t);
    }
    const TestLists none;
    return table_of(catalogue(), conform_model().knobs, kept,
                    left_out == Others::known  ? &rest
                    : left_out == Others::none ? &none
                                               : nullptr,
                    {});
  };
  const auto row = [](const Table& t, std::string_view guard) {
    return *std::ranges::find_if(t.rows, [&](const Row& r) { return r.kind.guard == guard; });
  };
  const Table whole = table("no guard");
  CHECK(row(whole, "user_attach.slot-free").met());
  const Table dropped = table("user_attach.slot-free");
  CHECK_FALSE(row(dropped, "user_attach.slot-free").met());
  CHECK_FALSE(row(dropped, "user_attach.slot-free").never);
  using Pair = Table::Pair;
  CHECK(dropped.count(Pair::found) < whole.count(Pair::found));
  CHECK(dropped.count(Pair::unknown) > whole.count(Pair::unknown));
  CHECK(dropped.count(Pair::elsewhere) == 0);
  // What tests have that were left out is not missing; where nobody looked for tests, nobody knows what is.
  const Table suite = table("user_attach.slot-free", Others::known);
  CHECK_FALSE(row(suite, "user_attach.slot-free").met());
  CHECK(row(suite, "user_attach.slot-free").elsewhere);
  CHECK(suite.count(Pair::elsewhere) == whole.count(Pair::found) - suite.count(Pair::found));
  CHECK(suite.count(Pair::unknown) == whole.count(Pair::unknown));
  CHECK(table("user_attach.slot-free", Others::not_sought).count(Pair::unknown) == 0);
  // The solver says of locks that nothing holds them between calls.
  CHECK(row(whole, "reset_prepare.group-lock").never);
}

TEST_CASE("vectors: what comes after a guard that the design's knobs refuse at is never met, and nobody asks for it") {
  const auto rows = [](spec::Switch sva) {
    spec::NativeFacts knobs = conform_model().knobs;
    knobs.sva() = sva;
    const Catalogue calls(conform_model().tree, conform_model().reading, knobs);
    const TestLists none(1);
    const Table table = table_of(calls, knobs, none, &none, {});
    return [calls, table](std::string_view guard) {
      const auto bind = [&](const Row& r) { return calls[r.kind.call].name == "bind" && r.kind.guard == guard; };
      const auto row = std::ranges::find_if(table.rows, bind);
      REQUIRE(row != table.rows.end());
      return row->never;
    };
  };
  const auto off = rows(spec::Switch::off);
  CHECK_FALSE(off("bind.queue-takes-client"));
  CHECK_FALSE(off("bind.sva-supported"));
  CHECK(off("bind.no-lam"));
  CHECK(off("program.table-entry"));  // of a later section
  CHECK(off(""));                     // that it succeeds
  const auto on = rows(spec::Switch::on);
  for (const std::string_view guard : {"bind.no-lam", "program.table-entry", ""}) CHECK_FALSE(on(guard));
}

TEST_CASE("vectors: smoke is few tests with every kind of answer that a hundred can have") {
  std::deque<WorldTests> worlds = surveyed();
  pick_smoke(catalogue(), worlds, most_smoke);
  std::set<std::string> all;
  std::set<std::string> picked;
  std::size_t count = 0;
  for (const WorldTests& w : worlds)
    for (const Test& t : w.tests) {
      const bool smoke = std::ranges::find(t.flags, "smoke") != t.flags.end();
      count += smoke ? 1 : 0;
      for (const Asked& a : t.calls) {
        all.insert(said(catalogue(), a.kind));
        if (smoke) picked.insert(said(catalogue(), a.kind));
      }
    }
  CHECK(count < 100);
  CHECK(count > 0);
  CHECK(picked == all);
}

TEST_CASE("vectors: smoke has fifteen tests for a program that can only create, bind, unbind and exit") {
  std::deque<WorldTests> worlds = surveyed();
  const auto plain = [](const WorldTests& w, const Test& t) { return beyond(basic(), catalogue(), w.world, t) == 0; };
  const auto plain_smoke = [&](std::deque<WorldTests> all) {
    pick_smoke(catalogue(), all, most_smoke);
    std::size_t out = 0;
    for (const WorldTests& w : all)
      for (const Test& t : w.tests) out += plain(w, t) && std::ranges::find(t.flags, "smoke") != t.flags.end() ? 1 : 0;
    return out;
  };
  CHECK(plain_smoke(worlds) >= 15);
  auto without = worlds;
  for (WorldTests& w : without) std::erase_if(w.tests, [&](const Test& t) { return plain(w, t); });
  CHECK(plain_smoke(without) == 0);
}
