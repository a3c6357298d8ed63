// Waiting: everybody goes on when what he waits for is over, whatever else changes meanwhile, and not before.
#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <thread>

#include <doctest/doctest.h>

#include "tests/support/engine_host.hpp"

using namespace pasid::engine;
using namespace std::chrono_literals;

namespace {

constexpr std::uint32_t groups = 8;  // each of two devices

struct World {
  std::shared_ptr<TestHost> host = std::make_shared<TestHost>();
  Engine e{config(), host};
  AddressSpace table = e.create_domain({.kind = Kind::user_managed}).value;

  static Config config() {
    Config c;
    for (std::uint32_t d = 0; d < 2 * groups; ++d) c.devices.push_back({.group = Group{d / 2}});
    c.queues = {{.device = Device{0}}};
    return c;
  }
  /// A process comes and goes.
  void change() { CHECK(e.exit(e.create_process().value)); }
  /// Something of group g is taken away, by commands that nobody has carried out.
  Ticket take_away(std::uint32_t g) {
    CHECK(e.attach_user(Device{2 * g}, 1 + g, table));
    const Status s = e.detach_user(Device{2 * g}, 1 + g, table);
    CHECK(s);
    REQUIRE(s.ticket != 0);
    return s.ticket;
  }
};

/// A thread that waits.
class Waiter {
 public:
  explicit Waiter(const std::function<void()>& wait)
      : thread_([this, wait] {
          begun_ = true;
          wait();
          over_ = true;
        }) {
    while (!begun_) std::this_thread::yield();
  }
  ~Waiter() { thread_.join(); }
  [[nodiscard]] bool over() const { return over_; }
  /// Within a time that no machine is too slow for.
  [[nodiscard]] bool goes_on() const {
    for (int i = 0; i < 5000 && !over_; ++i) std::this_thread::sleep_for(1ms);
    return over_;
  }

 private:
  std::atomic<bool> begun_{false};
  std::atomic<bool> over_{false};
  std::thread thread_;
};

/// Whoever waits has had many occasions to look.
void much_else_happens(World& w) {
  for (int i = 0; i < 3; ++i) {
    std::this_thread::sleep_for(1ms);
    w.change();
  }
}

/// Wakes whoever still waits, so that a test that has failed ends.
struct Release {
  World& w;
  ~Release() {
    w.host->complete_all();
    for (int i = 0; i < 64; ++i) {
      std::this_thread::sleep_for(1ms);
      (void)w.e.attach_user(Device{0}, 9, w.table);
      (void)w.e.detach_user(Device{0}, 9, w.table);
    }
  }
};

}  // namespace

TEST_CASE("who waits for an operation goes on when its last command is done, and others go on waiting") {
  World w;
  w.host->hold_all();
  std::array<Ticket, groups> tickets{};
  for (std::uint32_t g = 0; g < groups; ++g) tickets[g] = w.take_away(g);
  std::vector<std::unique_ptr<Waiter>> waiters;
  for (const Ticket t : tickets) waiters.push_back(std::make_unique<Waiter>([&w, t] { w.e.wait(t); }));
  const Release release{w};
  much_else_happens(w);
  std::vector<std::pair<Command, Completion>> held;
  for (std::uint32_t n = 0; n < groups; ++n) {
    const std::uint32_t g = (5 * n + 3) % groups;  // in another order than they came
    for (int commands = 0; !w.e.finished(tickets[g]); ++commands) {
      for (auto& h : w.host->take()) held.push_back(std::move(h));
      const auto mine = std::ranges::find_if(held, [g](const auto& h) { return h.first.pasid == 1 + g; });
      REQUIRE(mine != held.end());
      CHECK_FALSE(waiters[g]->over());
      const Completion next = mine->second;
      held.erase(mine);
      CHECK(next.done());
      if (commands < 5) CHECK_FALSE(next.done());
      // Two flushes for the group, two for each of its devices.
      CHECK(w.e.finished(tickets[g]) == (commands == 5));
      if (commands < 5) much_else_happens(w);
    }
    CHECK(waiters[g]->goes_on());  // without anything else that would wake it
    for (std::uint32_t other = 0; other < groups; ++other)
      CHECK(waiters[other]->over() == w.e.finished(tickets[other]));
  }
  w.host->hold({});
}

TEST_CASE("the commands of one step are handed over together, not one after another is done") {
  World w;
  w.host->hold({CommandKind::flush_dev_tlb});
  (void)w.take_away(0);
  CHECK(w.host->take().size() == 2);
}

TEST_CASE("quiet means that nothing is outstanding, and no bond waits for its turn") {
  World w;
  const Thread t = w.e.create_process().value;
  Bond b = std::move(w.e.open(t, Queue{0}).value);
  CHECK(w.e.map_portal(t, b.id()));
  const BondId id = b.id();
  b = {};  // it has no command to give before the portal is unmapped
  const Waiter waiter([&w] { w.e.wait_until_quiet(); });
  const Release release{w};
  much_else_happens(w);
  CHECK_FALSE(waiter.over());
  w.host->hold_all();
  CHECK(w.e.unmap_portal(t, id));
  for (auto held = w.host->take(); !held.empty(); held = w.host->take()) {
    much_else_happens(w);
    CHECK_FALSE(waiter.over());
    for (auto& [command, completion] : held) CHECK(completion.done());
  }
  CHECK(waiter.goes_on());
  w.host->hold({});
}

TEST_CASE("who waits for a change goes on with the first, and at once where it has come already") {
  World w;
  const Release release{w};
  {
    const std::uint64_t seen = w.e.changes();
    const Waiter waiter([&w, seen] { w.e.wait_for_change(seen); });
    std::this_thread::sleep_for(20ms);
    CHECK_FALSE(waiter.over());
    const Release again{w};
    (void)w.e.create_process();
    CHECK(waiter.goes_on());
  }
  const std::uint64_t seen = w.e.changes();
  (void)w.e.create_process();
  CHECK(w.e.changes() > seen);
  const Waiter late([&w, seen] { w.e.wait_for_change(seen); });
  const Release again{w};
  CHECK(late.goes_on());
}

TEST_CASE("a call returns a ticket where something is outstanding, and none where all is done") {
  World w;
  const Thread t = w.e.create_process().value;
  Bond b = std::move(w.e.open(t, Queue{0}).value);
  CHECK(b.close().ticket == 0);
  CHECK(w.e.attach_user(Device{0}, 5, w.table).ticket == 0);
  CHECK(w.e.detach_user(Device{0}, 5, w.table).ticket == 0);
  CHECK(w.e.begin_reset(Device{0}).ticket == 0);
  CHECK(w.e.exit(t).ticket == 0);
  CHECK(w.e.finished(0));
  w.host->hold_all();
  CHECK_FALSE(w.e.finished(w.take_away(1)));
  w.host->complete_all();
}
