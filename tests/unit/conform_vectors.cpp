// Vectors: every answer in them is the model's, each of them can be got wrong, and the table tells what is missing.
#include <algorithm>
#include <set>
#include <sstream>

#include <doctest/doctest.h>

#include "spec/calls.hpp"
#include "src/conform/checker.hpp"
#include "src/conform/vectors/digest.hpp"
#include "src/conform/vectors/file.hpp"
#include "src/conform/vectors/smoke.hpp"
#include "tests/support/conform_worlds.hpp"

namespace {

using namespace pasid;                    // NOLINT(google-build-using-namespace)
using namespace pasid::conform;           // NOLINT(google-build-using-namespace)
using namespace pasid::conform::vectors;  // NOLINT(google-build-using-namespace)
using test::catalogue;
using test::conform_model;

World world_named(std::string_view name) {
  for (const Plan& plan : plans())
    if (plan.name == name) return world_of(conform_model().tree, conform_model().knobs, plan).value();
  FAIL("no such plan");
  return {};
}

std::vector<Test> covering_of(const World& world) {
  Asking asking(catalogue(), world.facts);
  Kinds kinds;
  const Survey survey(conform_model().tree, asking, kinds, {}, 1);
  return covering(survey, asking, kinds);
}

/// Where the checker, which knows nothing of how vectors are made, does not allow an answer; the length: nowhere.
std::size_t disallowed_at(const World& world, const std::vector<Call>& calls, const std::vector<Answer>& answers) {
  Checker checker(catalogue(), world);
  for (std::size_t i = 0; i < calls.size(); ++i)
    if (checker.step(calls[i], answers[i]) != Checker::Result::ok) return i;
  return calls.size();
}

const std::vector<std::string_view> small_worlds{"one shared queue", "kernel DMA", "tables of user space",
                                                 "a device without PASIDs"};

}  // namespace

TEST_CASE("vectors: the checker allows every answer, and notices every last answer that is altered") {
  for (const auto name : small_worlds) {
    const World world = world_named(name);
    const auto tests = covering_of(world);
    REQUIRE(tests.size() > 300);
    for (const Test& t : tests) {
      const auto calls = calls_of(catalogue(), t);
      auto answers = answers_of(catalogue(), world, t);
      CAPTURE(t.comment);
      REQUIRE(disallowed_at(world, calls, answers) == calls.size());
      Answer& last = answers.back();
      const Answer right = last;
      last = {Answer::Kind::error, right.err == EIO ? EBUSY : EIO, {}, {}};
      REQUIRE(disallowed_at(world, calls, answers) == calls.size() - 1);
      if (right.kind == Answer::Kind::ok) {
        last = {Answer::Kind::would_block, 0, {}, {}};
        REQUIRE(disallowed_at(world, calls, answers) == calls.size() - 1);
      }
      if (right.kind == Answer::Kind::ok && right.results[0] != 0) {
        last = right;
        ++last.results[0];
        REQUIRE(disallowed_at(world, calls, answers) == calls.size() - 1);
      }
    }
  }
}

TEST_CASE("vectors: no two tests of a world ask for the same") {
  for (const auto name : small_worlds) {
    std::set<std::string> seen;
    const World world = world_named(name);
    for (const Test& t : covering_of(world)) {
      std::string key;
      for (const Call& c : calls_of(catalogue(), t)) {
        key += std::to_string(c.kind) + ':';
        for (const auto a : c.args) key += std::to_string(a) + ',';
      }
      CHECK(seen.insert(key).second);
    }
  }
}

TEST_CASE("vectors: each guard that a bind on a small device can fail at has a test there") {
  std::set<std::string> met;
  for (const auto name : {"a group with a narrow device", "a device two bits wide", "a device without ATS",
                          "a unit that walks no process tables", "one dedicated queue"})
    for (const Test& t : covering_of(world_named(name)))
      if (catalogue()[t.calls.back().kind.call].name == "bind") met.emplace(t.calls.back().kind.guard);
  for (const lang::RuleTree& rule : conform_model().tree.rules)
    if (rule.label == "bind.pasid" || rule.label == "bind.reserve")
      for (const lang::Guard& g : rule.guards)
        // A design with SVA refuses nobody for the want of it.
        if (g.kind == lang::GuardKind::require && g.label != "bind.sva-supported")
          CHECK(met.contains(std::string(g.label)));
}

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

TEST_CASE("vectors: the file is the same for the same seed, whatever the number of threads") {
  GenerateOptions options;
  options.suites = {.covering = false, .history = false, .chained = true, .smoke = false};
  options.chain_length = 60;
  const auto text = [&](unsigned threads, std::uint64_t seed) {
    options.threads = threads;
    options.seed = seed;
    std::ostringstream out;
    write(out, catalogue(), generate(catalogue(), conform_model().knobs, options), {"linux-7.3", "chained", seed});
    return out.str();
  };
  const std::string one = text(1, 7);
  CHECK(one == text(2, 7));
  CHECK(one != text(1, 8));
}

TEST_CASE("vectors: smoke is few tests with every kind of answer that a hundred can have") {
  std::deque<WorldTests> worlds;
  for (const auto name : small_worlds) {
    worlds.push_back({.plan = {}, .world = world_named(name), .tests = {}, .history = {}, .chains = {}});
    worlds.back().tests = covering_of(worlds.back().world);
  }
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
  std::deque<WorldTests> worlds;
  for (const auto name : small_worlds) {
    worlds.push_back({.plan = {}, .world = world_named(name), .tests = {}, .history = {}, .chains = {}});
    worlds.back().tests = covering_of(worlds.back().world);
  }
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

TEST_CASE("vectors: bugs of real kernels are told by the sequences that made them known") {
  std::vector<World> worlds;
  for (const auto name : {"one shared queue", "a group with a narrow device"}) worlds.push_back(world_named(name));
  const std::vector<const World*> places{&worlds[0], &worlds[1]};
  const auto of = [&](std::string_view id) {
    const Bug& bug = *std::ranges::find(bugs(), id, &Bug::id);
    Told out = told(catalogue(), places, bug);
    REQUIRE_MESSAGE(out.test, id << ": " << out.why_not);
    return out;
  };
  const auto words = [](const Told& t) {
    std::string out;
    for (const Asked& a : t.test->calls) out += std::string(catalogue()[a.kind.call].name) + ' ';
    return out + answer_name(t.test->calls.back().kind) + ", not " + t.wrong;
  };
  // The mm's end (here by exec) frees its number while the file is open: the next mm gets it and finds the slot taken.
  CHECK(words(of("G07")) == "process.create bind exec bind ok, not EBUSY");
  // No bound on what is attached.
  CHECK(of("G14").test->calls.size() == 1);
  CHECK(of("G14").wrong == "ok");
  // Both ways round of LAM and SVA; one is enough to tell.
  CHECK(of("G31").test->calls.size() == 3);
  // The forked child has its parent's number before it has bound anything.
  CHECK(words(of("G01")).starts_with("process.create bind process.fork "));
  // What comes of an mm struct that goes too early depends on when it goes.
  CHECK_FALSE(of("G08").always);
}

TEST_CASE("vectors: every bug is told, or it is said why not") {
  std::set<std::string_view> ids;
  for (const Bug& bug : bugs()) {
    CHECK(ids.insert(bug.id).second);
    const bool in_rules = !bug.knobs.empty() || !bug.drops.empty() || !bug.without.empty();
    CHECK(in_rules != !bug.untold.empty());
    if (in_rules) with_bug(conform_model().tree, conform_model().knobs, bug);  // its knobs and values are there
  }
}

TEST_CASE("vectors: a long run ends in the state that its answers lead the checker to") {
  for (const auto name : small_worlds) {
    const World world = world_named(name);
    Asking asking(catalogue(), world.facts);
    const Chain chain = chained(conform_model().tree, world, asking, 300, 1);
    REQUIRE(chain.test.calls.size() == 300);
    const auto calls = calls_of(catalogue(), chain.test);
    const auto answers = answers_of(catalogue(), world, chain.test);
    Checker checker(catalogue(), world);
    std::set<std::string> digests;
    for (std::size_t i = 0; i < calls.size(); ++i) REQUIRE(checker.step(calls[i], answers[i]) == Checker::Result::ok);
    for (const auto& s : checker.states()) digests.insert(digest(conform_model().tree, world, s));
    CHECK(digests == std::set<std::string>{chain.digest});
  }
}

TEST_CASE("vectors: another design, or a rule that is not the same, is another model") {
  const auto& model = conform_model();
  const std::string here = digest(model.tree, model.knobs);
  spec::NativeFacts other = model.knobs;
  other.occupancy_check() = spec::Switch::off;
  CHECK(digest(model.tree, other) != here);
  lang::Tree tree = model.tree;
  auto& guards = tree.rules[static_cast<std::size_t>(tree.rule_named("bind.pasid"))].guards;
  guards.pop_back();
  CHECK(digest(tree, model.knobs) != here);
  CHECK(digest(model.tree, world_named("two devices").facts) == here);  // nothing but the knobs counts
}

TEST_CASE("vectors: a digest is of the text that its docstring gives") {
  const World world = world_named("one shared queue");
  spec::NativeState s;
  CHECK(digest(conform_model().tree, world, s) == "cbf29ce484222325");  // of no text: FNV's offset basis
  s.resetting(lang::Id<spec::Dev>{1}) = true;
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : std::string("resetting(dev1)=true\n"))
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  std::ostringstream hex;
  hex << std::hex << hash;
  CHECK(digest(conform_model().tree, world, s) == hex.str());
}
