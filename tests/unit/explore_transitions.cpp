#include <algorithm>
#include <optional>
#include <string>

#include <doctest/doctest.h>

#include "src/explore/topology.hpp"
#include "src/explore/transitions.hpp"
#include "tests/unit/explore_knobs.hpp"

namespace pasid::explore {
namespace {

/// The state of the first topology of a small scope, driven by labels.
class Driver {
 public:
  explicit Driver(const spec::NativeFacts& knobs, Grain grain = Grain::call)
      : facts_(topologies(proofs::model(), knobs, testing::small_scope()).front()),
        transitions_(proofs::model(), reading_, facts_, grain) {}

  [[nodiscard]] std::vector<std::string> labels() const {
    std::vector<std::string> out;
    for (const Transition& t : transitions_.list()) out.emplace_back(t.label);
    return out;
  }
  [[nodiscard]] bool has(std::string_view label) const { return std::ranges::count(labels(), label) > 0; }

  /// The rules fired by each way the transition is enabled; with an error, that of the guard.
  std::vector<std::vector<std::string>> ways(std::string_view label, std::string_view guard = {}) {
    std::vector<std::vector<std::string>> out;
    each([&](const Successor& s) {
      if (s.by.label != label || (s.refused == nullptr ? "" : s.refused->guard) != guard) return;
      auto& rules = out.emplace_back();
      for (const Fired& f : s.fired) rules.emplace_back(proofs::model().rules[static_cast<std::size_t>(f.rule)].label);
    });
    return out;
  }

  /// Takes the first way; false where there is none.
  bool take(std::string_view label) {
    std::optional<spec::NativeState> next;
    each([&](const Successor& s) {
      if (!next && s.by.label == label && s.refused == nullptr) next = s.after();
    });
    if (next) state_ = *next;
    return next.has_value();
  }

  spec::NativeState& state() { return state_; }

 private:
  template <class F>
  void each(F visit) {
    Transitions::Counts counts;
    transitions_.each_successor(facts_, state_, Twins{}, counts, visit);
  }

  Reading reading_ = native_reading();
  spec::NativeFacts facts_;
  Transitions transitions_;
  spec::NativeState state_;
};

TEST_CASE("transitions: at step grain every rule of the design on its own, and no call") {
  const Driver d(testing::global_design(), Grain::step);
  CHECK(d.has("bind.reserve"));
  CHECK_FALSE(d.has("bind.reserve_6_12"));  // another series
  CHECK(d.has("exit.flush_iotlb"));
  CHECK_FALSE(d.has("exit.flush_dev_tlb"));
  CHECK(d.has("unbind.flush_iotlb"));
  CHECK_FALSE(d.has("bind"));
  CHECK_FALSE(d.has("enqcmd.fill_msr_of_device"));  // the handler of this design writes the mm's value
  CHECK_FALSE(Driver(testing::unflushed_design(), Grain::step).has("unbind.flush_iotlb"));
}

TEST_CASE("transitions: at call grain a call hides its sections") {
  const Driver d(testing::global_design());
  CHECK(d.has("bind"));
  CHECK(d.has("unbind"));
  CHECK_FALSE(d.has("process.last_exit"));
  for (const std::string rule : {"bind.pasid", "bind.reserve", "attach.program", "bind.publish"})
    CHECK_FALSE(d.has(rule));
  for (const std::string step : {"stop", "drain", "clear", "flush_iotlb", "release"})
    CHECK_FALSE(d.has("unbind." + step));
}

TEST_CASE("transitions: a call runs its sections to completion, those that have their turn") {
  Driver d(testing::global_design());
  CHECK(d.ways("bind").empty());
  REQUIRE(d.take("process.create"));
  const std::vector<std::string> all{"bind.pasid", "bind.reserve", "attach.program", "bind.publish"};
  REQUIRE_FALSE(d.ways("bind").empty());
  for (const auto& fired : d.ways("bind")) CHECK(fired == all);

  // The second bind on one device shares the attachment; on the other device there is none yet.
  REQUIRE(d.take("bind"));
  const auto second = d.ways("bind");
  const std::vector<std::string> shares{"bind.pasid", "bind.publish"};
  CHECK(std::ranges::count(second, shares) > 0);
  CHECK(std::ranges::count(second, all) > 0);
  CHECK(std::ranges::count(second, shares) + std::ranges::count(second, all) == std::ssize(second));
  const std::vector<std::string> teardown{"unbind.stop", "unbind.drain", "unbind.clear", "unbind.flush_iotlb",
                                          "unbind.release"};
  REQUIRE(d.ways("unbind").size() == 1);
  CHECK(d.ways("unbind").front() == teardown);
}

TEST_CASE("transitions: sections run in the design's order, whatever their order in the call") {
  spec::NativeFacts f = testing::global_design();
  test::set_teardown(f, {spec::Step::stop, spec::Step::clear, spec::Step::drain, spec::Step::release});
  Driver d(f);
  REQUIRE(d.take("process.create"));
  REQUIRE(d.take("bind"));
  const std::vector<std::string> teardown{"unbind.stop", "unbind.clear", "unbind.drain", "unbind.release"};
  REQUIRE(d.ways("unbind").size() == 1);
  CHECK(d.ways("unbind").front() == teardown);
}

TEST_CASE("transitions: a call that would block does not happen") {
  Driver d(testing::global_design());
  for (const char* label : {"process.create", "bind", "portal.map", "enqcmd.fill_msr", "enqcmd.submit", "portal.unmap"})
    REQUIRE(d.take(label));
  CHECK(d.ways("unbind").empty());  // the drain waits for the work
  REQUIRE(d.take("work.complete"));
  CHECK(d.ways("unbind").size() == 1);
}

TEST_CASE("transitions: a call that is refused half way happens with what it leaves behind") {
  Driver d(testing::global_design());
  REQUIRE(d.take("process.create"));
  const auto half = d.ways("bind", "bind.memory-for-handle");
  REQUIRE_FALSE(half.empty());
  for (const auto& fired : half) CHECK(fired == std::vector<std::string>{"bind.pasid", "bind.undo"});
  // With the PASID there already, the same refusal leaves nothing: on another device too.
  REQUIRE(d.take("bind"));
  CHECK(d.ways("bind", "bind.memory-for-handle").empty());
}

TEST_CASE("transitions: a call that is refused and leaves nothing behind does not happen") {
  Driver d(testing::global_design());
  REQUIRE(d.take("process.create"));
  REQUIRE_FALSE(d.ways("bind").empty());
  // Every PASID is the kernel's: -ENOSPC.
  for (std::uint8_t p = 2; p <= 3; ++p)
    d.state().owner(lang::Id<spec::Space>(1), lang::Id<spec::Pasid>(p)) = lang::Id<spec::As>(3);
  CHECK(d.ways("bind").empty());
  for (const std::string guard : {"bind.pasid-free", "bind.memory-for-mm-data", "bind.memory-for-handle"})
    CHECK(d.ways("bind", guard).empty());
}

}  // namespace
}  // namespace pasid::explore
