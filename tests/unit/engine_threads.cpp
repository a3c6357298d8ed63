// Eight threads at once: nothing is handed out twice, nothing leaks, nobody waits for ever.
#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <random>
#include <thread>

#include <doctest/doctest.h>

#include "tests/support/engine_host.hpp"

using namespace pasid::engine;

namespace {

constexpr unsigned workers = 8;

template <class Text>
void eight(Text text) {
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < workers; ++i) threads.emplace_back(text, i);
  for (std::thread& t : threads) t.join();
}

/// Threads take and give back; returns how often a number was given to two at once.
template <class A>
int handed_out_twice(A& allocator, int rounds) {
  std::array<std::atomic<int>, 64> users{};
  std::atomic<int> twice{0};
  eight([&](unsigned seed) {
    std::mt19937 random(seed);
    std::vector<Pasid> mine;
    for (int i = 0; i < rounds; ++i) {
      if (random() % 2 == 0) {
        if (const auto p = allocator.allocate()) {
          if (users[*p].fetch_add(1) != 0) ++twice;
          mine.push_back(*p);
        }
      } else if (!mine.empty()) {
        users[mine.back()].fetch_sub(1);
        (void)allocator.free(mine.back());
        mine.pop_back();
      }
    }
    for (const Pasid p : mine) {
      users[p].fetch_sub(1);
      (void)allocator.free(p);
    }
  });
  return twice;
}

/// Gives the same number to two now and then.
struct Racy {
  Allocator a{6};
  std::atomic<unsigned> calls{0};
  std::optional<Pasid> allocate() {
    if (++calls % 64 == 0) return 1;
    return a.allocate();
  }
  bool free(Pasid p) { return a.free(p); }
};

/// Completes every command from a thread of its own, a while later.
class Hardware : public Host {
 public:
  Hardware() : thread_([this] { run(); }) {}
  ~Hardware() override { stop(); }
  void stop() {
    {
      const std::scoped_lock lock(lock_);
      stop_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable()) thread_.join();
  }
  void execute(const Command&, const Completion& c) noexcept override {
    {
      const std::scoped_lock lock(lock_);
      queue_.push_back(c);
    }
    wake_.notify_one();
  }

 private:
  void run() {
    std::unique_lock lock(lock_);
    for (;;) {
      wake_.wait(lock, [this] { return stop_ || !queue_.empty(); });
      if (queue_.empty()) return;
      const Completion next = queue_.front();
      queue_.pop_front();
      lock.unlock();
      next.done();
      lock.lock();
    }
  }
  std::mutex lock_;
  std::condition_variable wake_;
  std::deque<Completion> queue_;
  bool stop_ = false;
  std::thread thread_;
};

Config topology() {
  Config c;
  c.devices = {{}, {}, {.group = Group{1}, .max_pasids = 64}};
  c.queues = {
      {.device = Device{0}}, {.device = Device{1}}, {.device = Device{2}}, {.device = Device{2}, .shared = false}};
  return c;
}

/// One thread's life in the engine: processes come, bind, submit and go.
void live(Engine& e, unsigned seed, int rounds, std::atomic<int>& wrong) {
  std::mt19937 random(seed);
  const auto table = e.create_domain({.kind = Kind::user_managed}).value;
  for (int i = 0; i < rounds; ++i) {
    const Thread t = e.create_process().value;
    std::vector<Bond> bonds;
    for (unsigned n = random() % 4; n > 0; --n) {
      auto b = e.blocking([&] { return e.open(t, Queue{static_cast<std::uint32_t>(random() % 4)}); });
      if (!b) continue;
      const Pasid p = b.value.pasid();
      const AddressSpace mm = e.thread(t)->mm;
      if (e.owner(p) != mm || e.slot(Group{0}, p).value_or(Slot{mm, true}).attached != mm) ++wrong;
      bonds.push_back(std::move(b.value));
    }
    for (Bond& b : bonds) {
      if (const auto work = e.write(t, b.id())) {
        if (e.work(work.value)->pasid != b.pasid()) ++wrong;
        (void)e.finish(work.value);
      }
    }
    if (random() % 4 == 0) {
      const Pasid chosen = 1000 + seed;
      if (!e.blocking([&] { return e.attach_user(Device{0}, chosen, table); })) ++wrong;
      if (!e.blocking([&] { return e.detach_user(Device{0}, chosen, table); })) ++wrong;
    }
    if (random() % 2 == 0 && !bonds.empty())
      if (!e.blocking([&] { return bonds.back().close(); })) ++wrong;
    if (random() % 2 == 0) (void)e.blocking([&] { return e.exec(t); });
    if (random() % 2 == 0) bonds.clear();
    if (!e.blocking([&] { return e.exit(t); })) ++wrong;
  }
}

}  // namespace

TEST_CASE("eight threads share an allocator and no number") {
  Allocator lowest(6);
  CHECK(handed_out_twice(lowest, 100000) == 0);
  CHECK(lowest.available() == 63);
  Allocator oldest(6, Pick::oldest_freed_first);
  CHECK(handed_out_twice(oldest, 100000) == 0);
  CHECK(oldest.available() == 63);
  Racy racy;
  CHECK(handed_out_twice(racy, 20000) > 0);  // the control: it would be noticed
}

TEST_CASE("eight threads bind, submit and end in one engine, with hardware that completes at once or later") {
  for (const bool later : {false, true}) {
    const auto hardware = later ? std::make_shared<Hardware>() : nullptr;
    Engine e(topology(), hardware);
    std::atomic<int> wrong{0};
    eight([&](unsigned seed) { live(e, seed, 150, wrong); });
    e.wait_until_quiet();
    CHECK(wrong == 0);
    CHECK(e.available() == (1u << 20) - 1);
    CHECK(e.attached(Group{0}).empty());
    CHECK(e.attached(Group{1}).empty());
    if (later) hardware->stop();
  }
}

TEST_CASE("whoever looks while others change things sees what nobody has changed") {
  std::atomic<int> looks{0};
  for (int round = 0; round < 20; ++round) {
    Engine e(topology());
    const Thread t = e.create_process().value;
    const AddressSpace mm = e.thread(t)->mm;
    const Bond b = std::move(e.open(t, Queue{0}).value);
    const AddressSpace table = e.create_domain({.kind = Kind::user_managed}).value;
    std::atomic<unsigned> working{workers / 2};
    std::atomic<int> wrong{0};
    eight([&](unsigned seed) {
      if (seed % 2 == 0) {
        // Everything grows, and goes again.
        std::vector<Thread> threads;
        for (Pasid p = 0; p < 300; ++p) {
          threads.push_back(e.create_process().value);
          (void)e.attach_user(Device{0}, 1000 * (seed + 1) + p, table);
        }
        for (const Thread of_a_while : threads) (void)e.exit(of_a_while);
        --working;
        return;
      }
      while (working > 0) {
        const auto thread = e.thread(t);
        const auto info = e.mm(mm);
        const auto slot = e.slot(Group{0}, b.pasid());
        const auto bond = e.bond(b.id());
        const bool right = thread && thread->mm == mm && info && info->pasid == b.pasid() && info->threads == 1 &&
                           slot && slot->attached == mm && bond && bond->mm == mm && e.owner(b.pasid()) == mm;
        if (!right) ++wrong;
        ++looks;
      }
    });
    CHECK(wrong == 0);
  }
  CHECK(looks > 0);
}
