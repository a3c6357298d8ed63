// Searches of some hundred thousand states.
#include <algorithm>

#include <doctest/doctest.h>

#include "src/explore/search.hpp"
#include "src/explore/topology.hpp"
#include "tests/unit/explore_knobs.hpp"

namespace pasid::explore {
namespace {

Options looking_for(std::initializer_list<std::string_view> names) {
  const auto all = spec::native_properties();
  Options o;
  for (const std::string_view n : names)
    o.properties.push_back(static_cast<int>(std::ranges::find(all, n, &spec::NativeProperty::name) - all.begin()));
  return o;
}

std::vector<spec::NativeFacts> small(const spec::NativeFacts& knobs) {
  return topologies(proofs::model(), knobs, testing::small_scope());
}

TEST_CASE("search: at step grain the same falls, in more steps") {
  Options o = looking_for({"NoStaleReuse"});
  const auto t = small(testing::unflushed_design());
  const Result calls = search(proofs::model(), t, o);
  o.grain = Grain::step;
  const Result steps = search(proofs::model(), t, o);
  REQUIRE(calls.paths[0]);
  REQUIRE(steps.paths[0]);
  std::size_t rules = 0;
  for (const PathStep& s : calls.paths[0]->steps) rules += s.fired.size();
  CHECK(steps.paths[0]->steps.size() > calls.paths[0]->steps.size());
  CHECK(steps.paths[0]->steps.size() <= rules);
  for (const PathStep& s : steps.paths[0]->steps) CHECK(s.fired.size() == 1);
}

TEST_CASE("search: shortest with symmetry and without") {
  for (const spec::NativeFacts& knobs : {testing::unflushed_design(), testing::per_device_design()}) {
    Options o = looking_for({"OnePasidPerMm", "NoStaleReuse"});
    o.max_depth = 7;
    const auto t = small(knobs);
    const Result reduced = search(proofs::model(), t, o);
    o.symmetry = false;
    const Result whole = search(proofs::model(), t, o);
    CHECK(reduced.states < whole.states);
    for (std::size_t i = 0; i < 2; ++i) {
      REQUIRE(reduced.paths[i].has_value() == whole.paths[i].has_value());
      if (whole.paths[i]) CHECK(reduced.paths[i]->steps.size() == whole.paths[i]->steps.size());
    }
  }
}

}  // namespace
}  // namespace pasid::explore
