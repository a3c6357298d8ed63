#include <algorithm>

#include <doctest/doctest.h>

#include "proofs/model.hpp"
#include "src/check/seek.hpp"
#include "src/explore/topology.hpp"
#include "src/io/design.hpp"

namespace pasid::check {
namespace {

explore::Options searching() {
  explore::Options out;
  out.reading = search_reading();
  return out;
}

int property(std::string_view name) {
  const auto all = spec::native_properties();
  return static_cast<int>(std::ranges::find(all, name, &spec::NativeProperty::name) - all.begin());
}

TEST_CASE("seek: a trace is a shortest one of the scope and grain that it is said to be of") {
  for (const char* name : {"linux-5.12", "linux-6.6", "linux-7.3-smmu"}) {
    const io::Design design = io::load_design(proofs::model(), name);
    const auto knobs = io::facts_of(proofs::model(), design);
    std::vector<int> violated;
    for (const auto& e : design.expectations)
      if (e.verdict == spec::Verdict::violated) violated.push_back(property(e.property));
    const explore::Options options = searching();
    const auto all = seek(proofs::model(), knobs, violated, options);
    CHECK(all.size() == violated.size());
    for (const Sought& s : all) {
      INFO(name);
      INFO(spec::native_properties()[static_cast<std::size_t>(s.property)].name);
      REQUIRE(s.path);
      explore::Options direct = options;
      direct.grain = s.grain;
      direct.properties = {s.property};
      const auto r = explore::search(proofs::model(), explore::topologies(proofs::model(), knobs, s.scope), direct);
      REQUIRE(r.paths[0]);
      CHECK(r.paths[0]->steps.size() == s.path->steps.size());
    }
  }
}

TEST_CASE("seek: single steps are looked at where no sequence of calls does it") {
  const auto knobs = io::facts_of(proofs::model(), io::load_design(proofs::model(), "linux-7.3"));
  const auto all = seek(proofs::model(), knobs, {property("PageTableChangeReachesCaches"), property("NoLeak")}, [] {
    auto o = searching();
    o.max_states = 20'000;
    return o;
  }());
  REQUIRE(all.size() == 2);
  REQUIRE(all[0].path);
  CHECK(all[0].grain == explore::Grain::step);
  for (const explore::PathStep& s : all[0].path->steps) CHECK(s.fired.size() == 1);
  // In the end the largest world, which has more states than that.
  CHECK_FALSE(all[1].path);
  CHECK_FALSE(all[1].all_seen);
  CHECK(all[1].states == 20'000);
}

/// G07, fixed by 2667ed10d9f0. Create, bind; the last thread goes, and the number with it, but the bond's entry is
/// still there; the next process gets the number: five calls.
TEST_CASE("seek: a number freed in __mmput() is given away while the table still has the old mm") {
  auto knobs = io::facts_of(proofs::model(), io::load_design(proofs::model(), "linux-7.3"));
  knobs.free_point() = spec::FreePoint::mm_put;
  const auto found = seek(proofs::model(), knobs, {property("NoStaleReuse")}, searching());
  REQUIRE(found.front().path);
  CHECK(found.front().grain == explore::Grain::call);
  CHECK(found.front().path->steps.size() == 5);
  CHECK(found.front().path->steps.back().label == "bind");
}

}  // namespace
}  // namespace pasid::check
