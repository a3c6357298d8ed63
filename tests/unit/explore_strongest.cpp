// Topologies left out of a search must not matter. That the shortest violations stay as they are is shown with the
// slices (explore_slice.cpp), which say what can help.
#include <algorithm>
#include <cstring>

#include <doctest/doctest.h>

#include "src/explore/strongest.hpp"
#include "src/explore/topology.hpp"
#include "tests/unit/explore_knobs.hpp"

namespace pasid::explore {
namespace {

const lang::Tree& model() { return proofs::model(); }

std::vector<Ways> ways(Ways all) { return std::vector<Ways>(model().cells.size(), all); }
Ways& of(std::vector<Ways>& ways, std::string_view cell) {
  return ways[static_cast<std::size_t>(model().cell_named(cell))];
}

/// Two devices, two PASIDs beside the RID's, any users' range.
std::vector<spec::NativeFacts> some() {
  Scope scope = testing::small_scope();
  std::erase_if(scope.pins, [](const Pin& p) { return p.cell == "user_range" || p.cell == "shared"; });
  return topologies(model(), testing::per_device_design(), scope);
}

TEST_CASE("strongest: where every fact can help either way all stay, where none can one does") {
  const auto all = some();
  REQUIRE(all.size() > 10);
  CHECK(strongest(model(), all, ways(both_ways)).size() == all.size());
  const auto one = strongest(model(), all, ways(in_no_way));
  REQUIRE(one.size() == 1);
  CHECK(std::memcmp(&one.front(), &all.front(), sizeof all.front()) == 0);
}

TEST_CASE("strongest: more of what helps is stronger, and with the other polarity weaker") {
  const auto all = some();
  const auto range = [](const spec::NativeFacts& f) {
    return f.user_range(lang::Id<spec::Pasid>(2)) + f.user_range(lang::Id<spec::Pasid>(3));
  };
  for (const Ways way : {when_true, when_false}) {
    auto w = ways(both_ways);
    of(w, "user_range") = way;
    of(w, "kernel_set") = in_no_way;  // in this design the same set
    const auto some_left = strongest(model(), all, w);
    CHECK(some_left.size() < all.size());
    const int extreme = way == when_true ? 2 : 0;
    for (const spec::NativeFacts& f : some_left) CHECK(range(f) == extreme);
    CHECK(std::ranges::count_if(all, [&](const auto& f) { return range(f) == extreme; }) == std::ssize(some_left));
  }
}

TEST_CASE("strongest: other names make no difference") {
  auto all = some();
  const auto before = all.size();
  for (std::size_t i = 0; i < before; ++i) {
    Renaming r = Renaming::identity();
    std::swap(r.to[spec::Dev::index][1], r.to[spec::Dev::index][2]);
    std::swap(r.to[spec::Pasid::index][2], r.to[spec::Pasid::index][3]);
    std::swap(r.to[spec::Wq::index][1], r.to[spec::Wq::index][2]);
    all.push_back(renamed(model(), all[i], r));
  }
  CHECK(strongest(model(), all, ways(both_ways)).size() == before);
}

TEST_CASE("strongest: a number of elements that nothing asks for makes no difference either") {
  auto all = some();
  auto w = ways(in_no_way);
  of(w, "shared") = both_ways;
  CHECK(strongest(model(), all, w).size() == 3);  // none of the two queues is shared, one is, both are
}

}  // namespace
}  // namespace pasid::explore
