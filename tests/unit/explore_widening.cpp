#include <algorithm>
#include <stdexcept>

#include <doctest/doctest.h>

#include "src/check/scopes.hpp"
#include "src/explore/topology.hpp"
#include "src/explore/widening.hpp"
#include "src/io/design.hpp"
#include "src/io/names.hpp"
#include "tests/unit/explore_knobs.hpp"

namespace pasid::explore {
namespace {

struct Question {
  lang::Tree tree;
  spec::NativeFacts knobs;
  Options options;

  explicit Question(std::string_view property) {
    spec::build(tree);
    knobs = io::facts_of(tree, io::load_design(tree, "linux-6.6"));
    const auto& all = options.reading.properties;
    options.properties = {static_cast<int>(std::ranges::find(all, property, &RunnableProperty::name) - all.begin())};
  }
  [[nodiscard]] std::vector<spec::NativeFacts> worlds(std::size_t two_pasids_more) const {
    check::Sizes sizes = testing::one_of_everything(knobs);
    sizes["Pasid"] = 1 + static_cast<int>(two_pasids_more);
    return topologies(tree, knobs, check::scope_of(tree, knobs, sizes));
  }
};

TEST_CASE("widening: the answer is that of the first scope with a violation, with a shortest path of that scope") {
  const Question q("KernelUserNamespaceDisjoint");
  const auto worlds = [&](std::size_t i) { return q.worlds(i); };
  const Widened w = search_widening(q.tree, 3, worlds, q.options);
  CHECK(w.scope == 1);  // the first has the RID's PASID only
  REQUIRE(w.result.paths[0]);
  CHECK(w.result.paths[0]->steps.size() == search(q.tree, q.worlds(1), q.options).paths[0]->steps.size());
}

TEST_CASE("widening: without a violation it is the last scope that counts") {
  Question q("ReservedNeverAllocated");
  const auto worlds = [&](std::size_t i) { return q.worlds(i); };
  q.options.max_states = 5000;
  const Widened w = search_widening(q.tree, 2, worlds, q.options);
  CHECK(w.scope == 1);
  CHECK_FALSE(w.result.paths[0]);
  CHECK(w.result.end == search(q.tree, q.worlds(1), q.options).end);
}

TEST_CASE("widening: it wants a scope and one property") {
  Question q("NoLeak");
  const auto worlds = [&](std::size_t i) { return q.worlds(i); };
  CHECK_THROWS_AS(search_widening(q.tree, 0, worlds, q.options), std::invalid_argument);
  q.options.properties.clear();
  CHECK_THROWS_AS(search_widening(q.tree, 1, worlds, q.options), std::invalid_argument);
}

}  // namespace
}  // namespace pasid::explore
