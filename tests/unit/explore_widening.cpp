#include <algorithm>
#include <stdexcept>

#include <doctest/doctest.h>

#include "src/check/scopes.hpp"
#include "src/explore/topology.hpp"
#include "src/explore/widening.hpp"
#include "src/io/design.hpp"
#include "tests/unit/explore_knobs.hpp"

namespace pasid::explore {
namespace {

/// Arenas with one of everything, of which the first has no PASID but the RID's.
struct Question {
  lang::Tree tree;
  spec::NativeFacts knobs;
  Options options;

  explicit Question(std::string_view property) {
    spec::build(tree);
    knobs = io::facts_of(tree, io::load_design(tree, "linux-6.6"));
    ask(property);
  }
  void ask(std::string_view property) {
    const auto& all = options.reading.properties;
    options.properties = {static_cast<int>(std::ranges::find(all, property, &RunnableProperty::name) - all.begin())};
  }
  [[nodiscard]] std::vector<spec::NativeFacts> worlds(int pasids) const {
    check::Sizes sizes = testing::one_of_everything(knobs);
    sizes["Pasid"] = pasids;
    return topologies(tree, knobs, check::scope_of(tree, knobs, sizes));
  }
  [[nodiscard]] Arena arena(int pasids, Grain grain = Grain::call, int after = -1) const {
    return {grain, [this, pasids] { return worlds(pasids); }, after};
  }
};

TEST_CASE("widening: the answer is that of the first arena with a violation, with a shortest path of that arena") {
  const Question q("KernelUserNamespaceDisjoint");
  Widening widening(q.tree, q.options.reading, {q.arena(1), q.arena(2), q.arena(3)});
  const Widened w = widening.look(q.options).front();
  CHECK(w.arena == 1);
  REQUIRE(w.result.paths[0]);
  CHECK(w.result.paths[0]->steps.size() == search(q.tree, q.worlds(2), q.options).paths[0]->steps.size());
}

TEST_CASE("widening: several properties at once get the answers that they get alone") {
  Question q("KernelUserNamespaceDisjoint");
  const std::vector<std::string_view> names{"KernelUserNamespaceDisjoint", "BoundThreadCanSubmit",
                                            "KernelRequestServed"};
  Options all = q.options;
  all.properties.clear();
  for (const auto& name : names) {
    q.ask(name);
    all.properties.push_back(q.options.properties.front());
  }
  const auto together = Widening(q.tree, all.reading, {q.arena(1), q.arena(2)}).look(all);
  REQUIRE(together.size() == names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    INFO(names[i]);
    q.ask(names[i]);
    const Widened alone = Widening(q.tree, all.reading, {q.arena(1), q.arena(2)}).look(q.options).front();
    CHECK(together[i].arena == alone.arena);
    REQUIRE(together[i].result.paths[0].has_value() == alone.result.paths[0].has_value());
    if (alone.result.paths[0]) CHECK(together[i].result.paths[0]->steps.size() == alone.result.paths[0]->steps.size());
  }
}

TEST_CASE("widening: without a violation it is the last arena that counts") {
  Question q("ReservedNeverAllocated");
  q.options.max_states = 5000;
  const Widened w = Widening(q.tree, q.options.reading, {q.arena(1), q.arena(2)}).look(q.options).front();
  CHECK(w.arena == 1);
  CHECK_FALSE(w.result.paths[0]);
  CHECK(w.result.end == search(q.tree, q.worlds(2), q.options).end);
}

TEST_CASE("widening: an arena waits for the one it comes after, but not for ever") {
  Question q("WithinDeviceWidth");
  std::vector<std::string> order;
  const auto noted = [&](std::string name, Arena a) {
    a.topologies = [&order, name = std::move(name), inner = a.topologies] {
      order.push_back(name);
      return inner();
    };
    return a;
  };
  const auto arenas = [&] {
    return std::vector{noted("calls", q.arena(3)), noted("steps", q.arena(3, Grain::step, 0)),
                       noted("more calls", q.arena(4)), noted("more steps", q.arena(4, Grain::step, 2))};
  };
  q.options.max_states = 8000;  // in two rounds
  Widening(q.tree, q.options.reading, arenas()).look(q.options);
  CHECK(order == std::vector<std::string>{"calls", "more calls", "steps", "more steps"});
  order.clear();
  auto large_first = arenas();
  large_first[0].share = 4;  // a quarter of the first round would be too few
  Widening(q.tree, q.options.reading, std::move(large_first)).look(q.options);
  CHECK(order == std::vector<std::string>{"more calls", "calls", "steps", "more steps"});
  order.clear();
  q.options.max_depth = 2;  // so every arena is soon gone through
  Widening(q.tree, q.options.reading, arenas()).look(q.options);
  CHECK(order == std::vector<std::string>{"calls", "steps", "more calls", "more steps"});
}

TEST_CASE("widening: it wants an arena") {
  const Question q("NoLeak");
  CHECK_THROWS_AS(Widening(q.tree, q.options.reading, {}), std::invalid_argument);
}

}  // namespace
}  // namespace pasid::explore
