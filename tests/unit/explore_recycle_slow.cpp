// Searches leave out that the memory of a dead mm is used again (src/check/check.cpp says why they may). It must not
// change what is violated: on worlds small enough to go through whole, with the rule and without.
#include <algorithm>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "spec/lang/edit.hpp"
#include "src/check/scopes.hpp"
#include "src/check/seek.hpp"
#include "src/explore/search.hpp"
#include "src/explore/topology.hpp"
#include "src/io/design.hpp"
#include "tests/unit/explore_knobs.hpp"

namespace pasid::explore {
namespace {

constexpr std::string_view rule = "process.recycle";

RunnableRule& recycle_of(Reading& reading) { return *std::ranges::find(reading.rules, rule, &RunnableRule::label); }

/// The worlds of a design with so many of some sorts, one of the others, and mms only.
std::vector<spec::NativeFacts> world(const std::string& design, const check::Sizes& more) {
  const lang::Tree& tree = proofs::model();
  const spec::NativeFacts knobs = io::facts_of(tree, io::load_design(tree, design));
  check::Sizes sizes = testing::one_of_everything(knobs);
  sizes["As"] = 1;
  for (const auto& [sort, size] : more) sizes[sort] = size;
  return topologies(tree, knobs, check::scope_of(tree, knobs, sizes, check::Widths::wide, check::Others::none));
}

struct Seen {
  std::set<std::string_view> violated;
  std::uint64_t recycled;  ///< how often the rule fired
};

/// Goes through the whole world, whatever is violated on the way.
Seen seen(const lang::Tree& tree, const std::vector<spec::NativeFacts>& topologies, const Reading& reading,
          Grain grain) {
  Options o;
  o.grain = grain;
  o.reading = reading;
  for (std::size_t i = 0; i < reading.properties.size(); ++i)
    if (grain == Grain::call || !reading.properties[i].only_of_calls()) o.properties.push_back(static_cast<int>(i));
  const Result r = search(tree, topologies, o);
  CHECK(r.end == End::exhausted);
  Seen out{{}, r.counts.fired.at(static_cast<std::size_t>(tree.rule_named(rule)))};
  for (std::size_t i = 0; i < o.properties.size(); ++i)
    if (r.paths[i]) out.violated.insert(reading.properties[static_cast<std::size_t>(o.properties[i])].name);
  return out;
}

TEST_CASE("recycle: what is violated with it is violated without, and the other way round") {
  struct Case {
    const char* design;
    Grain grain;
    check::Sizes more;
  };
  const Case cases[] = {
      {"linux-5.12", Grain::call, {{"As", 2}, {"Bond", 2}}},
      {"linux-5.16", Grain::call, {{"As", 2}, {"Bond", 2}}},
      {"linux-6.12", Grain::call, {{"As", 2}, {"Bond", 2}}},
      {"linux-7.3", Grain::call, {{"As", 2}}},
      {"linux-7.3-amd", Grain::call, {{"As", 2}}},
      {"per-device-enqcmd", Grain::call, {{"As", 2}, {"Bond", 2}}},
      {"thread-baseline", Grain::step, {}},
      {"linux-5.16", Grain::step, {}},
  };
  std::size_t violated = 0;
  for (const Case& c : cases) {
    INFO(c.design);
    const auto topologies = world(c.design, c.more);
    const Seen with = seen(proofs::model(), topologies, native_reading(), c.grain);
    const Seen without = seen(proofs::model(), topologies, check::search_reading(), c.grain);
    CHECK(with.recycled > 0);
    CHECK(without.recycled == 0);
    CHECK(with.violated == without.violated);
    violated += without.violated.size();
  }
  CHECK(violated > 0);
}

/// The tampered twin: an mm is used again although it still owns a PASID, of which 5.12 keeps a reference for good
/// where two binds took one.
TEST_CASE("recycle: without its guards on PASIDs a new mm starts with the number of the old one") {
  lang::Tree tampered = proofs::model();
  lang::drop(tampered, "recycle.owns-no-pasid");
  lang::drop(tampered, "recycle.no-reference");
  Reading reading = native_reading();
  const Reading told = tree_reading(tampered);
  recycle_of(reading).apply = std::ranges::find(told.rules, rule, &RunnableRule::label)->apply;
  const auto topologies = world("linux-5.12", {{"Bond", 2}});
  const Seen with = seen(tampered, topologies, reading, Grain::call);
  const Seen without = seen(proofs::model(), topologies, check::search_reading(), Grain::call);
  CHECK(with.violated != without.violated);
  CHECK(with.violated.contains("NewMmHasNoPasid"));
  CHECK_FALSE(without.violated.contains("NewMmHasNoPasid"));
}

}  // namespace
}  // namespace pasid::explore
