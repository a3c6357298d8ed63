// What a search leaves out must not matter: the same verdicts and lengths as without slices, on worlds small enough to
// go through whole.
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "src/check/scopes.hpp"
#include "src/explore/search.hpp"
#include "src/explore/slice.hpp"
#include "src/explore/topology.hpp"
#include "src/io/design.hpp"
#include "src/io/names.hpp"
#include "tests/unit/explore_knobs.hpp"

namespace pasid::explore {
namespace {

const lang::Tree& model() {
  static const lang::Tree tree = [] {
    lang::Tree t;
    spec::build(t);
    return t;
  }();
  return tree;
}

struct World {
  spec::NativeFacts knobs;
  std::vector<spec::NativeFacts> topologies;
};

/// One of everything, with two of some sorts.
World world(const std::string& design, const std::vector<const char*>& two) {
  World w{io::facts_of(model(), io::load_design(model(), design)), {}};
  check::Sizes sizes = testing::one_of_everything(w.knobs);
  for (const char* sort : two) ++sizes[sort];
  w.topologies = topologies(model(), w.knobs, check::scope_of(model(), w.knobs, sizes));
  return w;
}

/// By property: the length of a shortest violation; -1 where there is none in so many transitions.
std::vector<int> lengths(const lang::Tree& tree, const World& w, Grain grain, int max_depth, bool slice,
                         bool together) {
  Options o;
  o.grain = grain;
  o.max_depth = max_depth;
  o.slice = slice;
  std::vector<int> wanted;
  for (std::size_t i = 0; i < o.reading.properties.size(); ++i)
    if (grain == Grain::call || !o.reading.properties[i].only_of_calls()) wanted.push_back(static_cast<int>(i));
  std::vector<int> out;
  const auto run = [&](std::vector<int> properties) {
    o.properties = std::move(properties);
    for (const auto& p : search(tree, w.topologies, o).paths) out.push_back(p ? static_cast<int>(p->steps.size()) : -1);
  };
  if (together) run(wanted);
  else
    for (const int p : wanted) run({p});
  return out;
}

std::size_t count(const std::vector<bool>& v) { return static_cast<std::size_t>(std::ranges::count(v, true)); }

TEST_CASE("slice: every property has the verdict and the length that it has without slices, at both grains") {
  const std::map<std::string, std::vector<const char*>> designs{
      {"linux-5.12", {"Task"}},      {"linux-5.16", {"As"}},        {"linux-6.6", {"Task", "Bond"}},
      {"linux-7.3", {"Task"}},       {"linux-7.3-amd", {"As"}},     {"thread-baseline", {"Dev", "Group", "Wq"}},
      {"per-bond-pasids", {"Bond"}}, {"per-device-enqcmd", {"As"}},
  };
  for (const auto& [name, two] : designs) {
    const World w = world(name, two);
    for (const auto& [grain, depth] : {std::pair{Grain::call, 5}, std::pair{Grain::step, 6}}) {
      INFO(name);
      INFO(depth);
      const auto all = lengths(model(), w, grain, depth, false, true);
      CHECK(lengths(model(), w, grain, depth, true, false) == all);
      CHECK(lengths(model(), w, grain, depth, true, true) == all);
    }
  }
}

TEST_CASE("slice: it grows with the length, and for few steps leaves out what only many need") {
  const World w = world("linux-7.3", {"Task", "As", "Bond"});
  const Reading reading = native_reading();
  const Transitions transitions(model(), reading, w.topologies.front(), Grain::call);
  const Slicer slicer(model(), w.topologies, transitions);
  const auto at = [&](std::string_view name) {
    return static_cast<int>(std::ranges::find(reading.properties, name, &RunnableProperty::name) -
                            reading.properties.begin());
  };
  for (std::size_t p = 0; p < reading.properties.size(); ++p) {
    const int property = static_cast<int>(p);
    Slice before = slicer.slice(std::span(&property, 1), 1);
    for (int length = 2; length < 12; ++length) {
      Slice now = slicer.slice(std::span(&property, 1), length);
      CHECK(count(before.cells()) <= count(now.cells()));
      CHECK(count(before.transitions) <= count(now.transitions));
      before = std::move(now);
    }
  }
  const int bound = at("BoundThreadCanSubmit");
  const Slice slice = slicer.slice(std::span(&bound, 1), 3);
  const auto has = [&](std::string_view cell) {
    return slice.ways[static_cast<std::size_t>(model().cell_named(cell))] != in_no_way;
  };
  CHECK(has("msr"));
  CHECK_FALSE(has("iotlb"));
  CHECK_FALSE(has("strayed"));
}

/// The tampered twin: a slice for other rules than those that run.
TEST_CASE("slice: where the tree does not say what a rule writes, the comparison notices") {
  const World w = world("linux-7.3", {"Task"});
  lang::Tree tampered = model();
  tampered.rules[static_cast<std::size_t>(tampered.rule_named("process.create"))].writes.clear();
  const auto right = lengths(model(), w, Grain::call, 6, false, true);
  for (const bool slice : {true, false}) {
    // The set of states is as wrong: a trace may be one that does not happen, which replaying it tells.
    bool noticed = false;
    try {
      noticed = lengths(tampered, w, Grain::call, 6, slice, !slice) != right;
    } catch (const std::logic_error&) {
      noticed = true;
    }
    CHECK(noticed);
  }
}

TEST_CASE("slice: where the tree does not say what a guard reads, the comparison notices") {
  const World w = world("linux-7.3", {"Task"});
  lang::Tree tampered = model();
  for (const char* rule : {"bind.pasid", "portal.map", "process.exec", "process.clone"})
    for (lang::Guard& g : tampered.rules[static_cast<std::size_t>(tampered.rule_named(rule))].guards)
      g.condition = tampered.truth(true);
  CHECK(lengths(tampered, w, Grain::call, 5, true, false) != lengths(model(), w, Grain::call, 5, false, true));
}

}  // namespace
}  // namespace pasid::explore
