#include <algorithm>
#include <cstring>
#include <optional>
#include <stdexcept>

#include <doctest/doctest.h>

#include "spec/lang/edit.hpp"
#include "src/explore/search.hpp"
#include "src/explore/topology.hpp"
#include "src/io/design.hpp"
#include "tests/unit/explore_knobs.hpp"

namespace pasid::explore {
namespace {

int property(std::string_view name) {
  const auto all = spec::native_properties();
  const auto at = std::ranges::find(all, name, &spec::NativeProperty::name);
  REQUIRE(at != all.end());
  return static_cast<int>(at - all.begin());
}

Options looking_for(std::initializer_list<std::string_view> names) {
  Options o;
  for (const std::string_view n : names) o.properties.push_back(property(n));
  return o;
}

/// For everything that is expected of a shipped design with the same knobs (its orders of steps are longer).
Options looking_for_everything() {
  Options o;
  for (const auto& e : io::load_design(proofs::model(), "thread-baseline").expectations)
    if (e.verdict == spec::Verdict::proved) o.properties.push_back(property(e.property));
  return o;
}

std::vector<spec::NativeFacts> small(const spec::NativeFacts& knobs) {
  return topologies(proofs::model(), knobs, testing::small_scope());
}

bool same(const Path& a, const Path& b) {
  if (std::memcmp(&a.facts, &b.facts, sizeof a.facts) != 0 || a.steps.size() != b.steps.size()) return false;
  for (std::size_t i = 0; i < a.steps.size(); ++i)
    if (a.steps[i].label != b.steps[i].label || a.steps[i].fired != b.steps[i].fired ||
        std::memcmp(&a.steps[i].after, &b.steps[i].after, sizeof a.steps[i].after) != 0)
      return false;
  return true;
}

TEST_CASE("search: one PASID for an mm everywhere: every property holds on one device, at both grains") {
  for (const Grain grain : {Grain::call, Grain::step}) {
    Options o = looking_for_everything();
    o.grain = grain;
    o.threads = 2;
    const auto t = topologies(proofs::model(), testing::global_design(), testing::one_device_scope());
    const Result r = search(proofs::model(), t, o);
    CHECK(r.end == End::exhausted);
    CHECK(r.topologies == t.size());
    CHECK(r.states > 1000);
    for (std::size_t i = 0; i < r.paths.size(); ++i) {
      INFO(spec::native_properties()[static_cast<std::size_t>(o.properties[i])].name);
      CHECK_FALSE(r.paths[i].has_value());
    }
  }
}

TEST_CASE("search: over all topologies of the default scope nothing falls within five calls") {
  Options o = looking_for_everything();
  o.max_depth = 5;
  const auto t = topologies(proofs::model(), testing::global_design(), testing::default_scope());
  const Result r = search(proofs::model(), t, o);
  CHECK(r.end == End::max_depth);
  CHECK(r.depth == 5);
  CHECK(r.topologies == t.size());
  for (const auto& p : r.paths) CHECK_FALSE(p.has_value());
}

TEST_CASE("search: a teardown that flushes no cached translation lets a reused PASID reach the old owner's memory") {
  const Options o = looking_for({"NoStaleReuse", "DmaIsolation"});
  const Result r = search(proofs::model(), small(testing::unflushed_design()), o);
  REQUIRE(r.paths[0]);
  REQUIRE(r.paths[1]);
  CHECK(r.end == End::all_found);
  // create, bind, walk, unbind, exec, drop, and the new mm binds and gets the number.
  CHECK(r.paths[0]->steps.size() == 7);
  CHECK(r.paths[1]->steps.size() == 9);  // and submits by write(), and reaches
  CHECK(r.paths[1]->steps.back().label == "work.complete_cached");
  CHECK(possible_under_policy(proofs::model(), *r.paths[0]));
  CHECK(possible_under_policy(proofs::model(), *r.paths[1]));
}

TEST_CASE("search: a PASID for each device breaks one-PASID-per-mm in three calls and, under one VT-d tag, isolation") {
  const auto t = topologies(proofs::model(), testing::per_device_design(), testing::default_scope());
  const Result two = search(proofs::model(), t, looking_for({"OnePasidPerMm"}));
  Scope scope = testing::small_scope();
  scope.set(proofs::model(), "Task", 2);
  const Result confused = search(proofs::model(), topologies(proofs::model(), testing::per_device_design(), scope),
                                 looking_for({"DmaIsolation"}));
  REQUIRE(two.paths[0]);
  REQUIRE(confused.paths[0]);
  CHECK(two.paths[0]->steps.size() == 3);
  CHECK(confused.paths[0]->steps.size() == 7);
  // Two binds of one mm on two devices with nothing else bound: the lowest free number is the same twice.
  CHECK_FALSE(possible_under_policy(proofs::model(), *two.paths[0]));
  CHECK(possible_under_policy(proofs::model(), *confused.paths[0]));
}

TEST_CASE("search: paths, states and counts do not depend on the number of threads") {
  std::optional<Result> first;
  for (const unsigned threads : {1U, 2U, 5U}) {
    Options o = looking_for({"NoStaleReuse", "DmaIsolation"});
    o.threads = threads;
    Result r =
        search(proofs::model(), topologies(proofs::model(), testing::unflushed_design(), testing::small_scope()), o);
    REQUIRE(r.paths[0]);
    REQUIRE(r.paths[1]);
    if (!first) {
      first = std::move(r);
      continue;
    }
    CHECK(same(*r.paths[0], *first->paths[0]));
    CHECK(same(*r.paths[1], *first->paths[1]));
    CHECK(r.states == first->states);
    CHECK(r.depth == first->depth);
    CHECK(r.counts.attempts == first->counts.attempts);
    CHECK(r.counts.firings == first->counts.firings);
    CHECK(r.counts.fired == first->counts.fired);
  }
}

TEST_CASE("search: entities are numbered by first use") {
  const Result r = search(proofs::model(), small(testing::unflushed_design()), looking_for({"DmaIsolation"}));
  REQUIRE(r.paths[0]);
  std::array<int, lang::max_entity_sorts> highest{};
  for (const PathStep& s : r.paths[0]->steps) {
    for (const Fired& f : s.fired) {
      const auto& params = proofs::model().rules[static_cast<std::size_t>(f.rule)].params;
      for (std::size_t k = 0; k < params.size(); ++k) {
        if (params[k].sort->kind != lang::SortKind::entity) continue;
        int& h = highest[static_cast<std::size_t>(params[k].sort->index)];
        CHECK(f.args[k] <= h + 1);
        h = std::max<int>(h, f.args[k]);
      }
    }
  }
  for (const spec::NativeAxiom& a : spec::native_axioms()) CHECK(a.holds(r.paths[0]->facts));
}

TEST_CASE("search: a rule that fires is counted, one that the design has not got is not") {
  // A queue of each sort, and a second domain for the RID; steps enough for a bond's whole life.
  const lang::Tree& tree = proofs::model();
  Scope scope = testing::one_device_scope();
  scope.set(tree, "Wq", 3);
  scope.pin("shared", {1, 0, 1});
  scope.pin("kernel_queue", {0, 0, 1});
  scope.set(tree, "As", 4);
  scope.pin("kind", {1, 1, static_cast<std::uint8_t>(spec::Kind::kernel_dma),
                     static_cast<std::uint8_t>(spec::Kind::pass_through)});
  scope.set(tree, "Bond", 1);
  Options o;
  o.grain = Grain::step;
  o.max_depth = 11;
  const spec::NativeFacts f = testing::global_design();
  const Result r = search(tree, topologies(tree, f, scope), o);
  for (std::size_t i = 0; i < r.counts.fired.size(); ++i) {
    INFO(spec::native_rules()[i].label);
    CHECK((r.counts.fired[i] > 0) == spec::native_rules()[i].only_if(f));
  }
}

TEST_CASE("search: the tree's rules find what the compiled ones find") {
  Options o = looking_for({"NoStaleReuse"});
  const auto t = small(testing::unflushed_design());
  const Result compiled = search(proofs::model(), t, o);
  o.reading = tree_reading(proofs::model());
  o.threads = 2;
  const Result evaluated = search(proofs::model(), t, o);
  CHECK(evaluated.states == compiled.states);
  CHECK(evaluated.counts.firings == compiled.counts.firings);
  REQUIRE(evaluated.paths[0]);
  CHECK(same(*evaluated.paths[0], *compiled.paths[0]));
  CHECK(possible_under_policy(proofs::model(), *evaluated.paths[0], o.reading));
}

TEST_CASE("search: an edited rule shows in a path") {
  lang::Tree edited = proofs::model();
  lang::drop(edited, "abort.no-entry");
  lang::drop(edited, "unbind.flush_iotlb/iotlb");
  Options o = looking_for({"NoStaleReuse"});
  o.reading = tree_reading(edited);
  const Result r = search(edited, small(testing::global_design()), o);
  REQUIRE(r.paths[0]);
  CHECK(r.paths[0]->steps.size() == 7);
  // The rules as they are run the same path, but to another end.
  CHECK_THROWS_AS(replay(native_reading(), *r.paths[0]), std::logic_error);
  CHECK_NOTHROW(replay(o.reading, *r.paths[0]));
}

TEST_CASE("replay: a path that was tampered with is refused, with the step") {
  const Result r = search(proofs::model(), small(testing::unflushed_design()), looking_for({"NoStaleReuse"}));
  REQUIRE(r.paths[0]);
  const Reading reading = native_reading();
  CHECK_NOTHROW(replay(reading, *r.paths[0]));

  Path other_arguments = *r.paths[0];
  other_arguments.steps[0].fired[0].args[0] = 2;
  CHECK_THROWS_WITH_AS(replay(reading, other_arguments), doctest::Contains("step 1 of 7"), std::logic_error);
  Path left_out = *r.paths[0];
  left_out.steps.erase(left_out.steps.begin() + 1);
  CHECK_THROWS_WITH_AS(replay(reading, left_out), doctest::Contains("does not fire"), std::logic_error);
  Path other_state = *r.paths[0];
  other_state.steps[3].after.lam(lang::Id<spec::As>(1)) = true;
  CHECK_THROWS_WITH_AS(replay(reading, other_state), doctest::Contains("step 4 of 7"), std::logic_error);
}

TEST_CASE("search: a predicate of one's own gives a shortest path to a state") {
  Options o;
  o.slice = false;  // the tree does not know the predicate
  o.properties = {0};
  o.reading.properties = {{"NoWorkDone", lang::PropertyKind::state, [](const spec::NativeFacts&) { return true; },
                           [](const spec::NativeFacts&, const spec::NativeState&, const spec::NativeState& s) {
                             return s.desc_touched(lang::Id<spec::Desc>(1)) == lang::none;
                           }}};
  const Result r = search(proofs::model(), small(testing::global_design()), o);
  REQUIRE(r.paths[0]);
  // create, bind, submit by write(), complete.
  CHECK(r.paths[0]->steps.size() == 4);
}

TEST_CASE("search: limits are said, and wrong questions refused") {
  const auto t = small(testing::global_design());
  Options o;
  o.max_states = 1000;
  Result r = search(proofs::model(), t, o);
  CHECK(r.end == End::max_states);
  CHECK(r.states == 1000);
  o = {};
  o.max_depth = 0;
  r = search(proofs::model(), t, o);
  CHECK(r.end == End::max_depth);
  CHECK(r.states == t.size());
  o = {};
  int calls = 0;
  o.progress = [&](int, std::size_t) { return ++calls < 3; };
  CHECK(search(proofs::model(), t, o).end == End::stopped);
  o = {};
  o.properties = {1000};
  CHECK_THROWS_AS(search(proofs::model(), t, o), std::invalid_argument);
  o = {};
  o.reading.rules.pop_back();
  CHECK_THROWS_AS(search(proofs::model(), t, o), std::invalid_argument);
  CHECK(search(proofs::model(), {}, {}).states == 0);
}

TEST_CASE("search: a rule that throws ends it, in any thread") {
  for (const unsigned threads : {1U, 3U}) {
    Options o;
    o.threads = threads;
    o.reading.rules[0].apply = [](auto&&...) -> lang::Outcome { throw std::runtime_error("a rule of the test"); };
    CHECK_THROWS_AS(search(proofs::model(), small(testing::global_design()), o), std::runtime_error);
  }
}

}  // namespace
}  // namespace pasid::explore
