// Law: whatever several threads ask of one engine at once, some order of their calls explains all answers and what is
// there at the end. Its twins drop the lock between looking and acting, or look at what they saw before.
#include <random>
#include <thread>

#include <doctest/doctest.h>

#include "src/conform/driver.hpp"
#include "src/conform/history.hpp"
#include "src/conform/words.hpp"
#include "tests/support/conform_calls.hpp"

using namespace pasid;
using namespace pasid::test;
using conform::Answer;
using conform::Call;
using conform::Event;

namespace {

/// What a thread of the test has: names that no other uses, where the sorts have enough of them.
struct Worker {
  int own;  ///< from 1: its T, file and work; 0: it has none
  bool open = false;
  bool working = false;
  std::mt19937 random;

  int any(int n) { return static_cast<int>(random() % static_cast<unsigned>(n)) + 1; }

  std::vector<Call> next() {
    const int memory = random() % 4 == 0 ? any(6) : 1;
    if (own != 0 && random() % 3 != 0) {
      switch (random() % 8) {
        case 0:
        case 1:
          if (open) return {call("unbind", {{"file", own}})};
          return {call("bind", {{"thread", own}, {"wq", any(2)}, {"file", own}, {"memory", memory}})};
        case 2: return {call("portal.map", {{"thread", own}, {"file", own}})};
        case 3: return {call("portal.unmap", {{"thread", own}, {"file", own}})};
        case 4:
          if (random() % 4 != 0) break;
          return {call("process.thread_exit", {{"thread", own}}), call("exit", {{"thread", own}})};
        default:
          if (working) return {call("work.reap", {{"work", own}})};
          if (!open) break;
          if (random() % 2 == 0) return {call("enqcmd.submit", {{"thread", own}, {"file", own}, {"work", own}})};
          return {call("cdev.write", {{"thread", own}, {"file", own}, {"work", own}})};
      }
    }
    switch (random() % 8) {
      case 0:
      case 1: return {call("queue.disable", {{"wq", any(3)}})};
      case 2:
      case 3: return {call("queue.enable", {{"wq", any(3)}})};
      case 4: return {call("kernel.enable", {{"dev", any(2)}, {"domain", 4}, {"memory", memory}})};
      case 5: return {call("kernel.disable", {{"dev", any(2)}, {"domain", 4}})};
      case 6: return {call(random() % 2 == 0 ? "reset.prepare" : "reset.done", {{"dev", any(2)}})};
      default:
        return {call("user.attach", {{"dev", any(2)}, {"pasid", any(5)}, {"table", 4 + any(2)}, {"memory", memory}})};
    }
  }

  void got(const Call& c, const Answer& a) {
    const auto name = catalogue()[c.kind].name;
    const bool ok = a.kind == Answer::Kind::ok;
    if (ok && name == "bind") open = true;
    if (ok && name == "unbind") open = false;
    if (ok && (name == "enqcmd.submit" || name == "cdev.write")) working = true;
    // A reset may have ended it: there is nothing to reap then.
    if (name == "work.reap" && a.kind != Answer::Kind::would_block) working = false;
  }
};

struct Recorded {
  spec::NativeState start;
  std::vector<Event> events;
  conform::View shown;
};

/// `threads` threads, each with `calls` calls. T1 and T2 share an mm.
Recorded record(conform::Backend& backend, unsigned seed, int threads, int calls) {
  const conform::World& world = shared_world();
  REQUIRE(backend.reset(world) == conform::Ready{});
  conform::Foresight model(catalogue(), world);
  for (const Call& c :
       {call("process.create", {{"thread", 1}, {"mm", 1}}), call("process.clone", {{"parent", 1}, {"child", 2}}),
        call("process.create", {{"thread", 3}, {"mm", 2}}), call("rid.attach", {{"group", 1}, {"domain", 4}}),
        call("rid.attach", {{"group", 2}, {"domain", 4}})}) {
    Answer a;
    backend.apply(std::span(&c, 1), std::span(&a, 1));
    REQUIRE(a.kind == Answer::Kind::ok);
    REQUIRE(model.take(c));
  }
  Recorded out{model.state(), {}, {}};
  conform::Clock clock;
  std::vector<std::vector<Event>> by_thread(static_cast<std::size_t>(threads));
  std::atomic<int> ready{0};
  std::vector<std::thread> running;
  for (int t = 0; t < threads; ++t)
    running.emplace_back([&, t] {
      const bool lets_others_go = (seed + static_cast<unsigned>(t)) % 3 == 0;
      Worker worker{t < 3 ? t + 1 : 0, false, false, std::mt19937(seed * 64 + static_cast<unsigned>(t))};
      ++ready;
      while (ready < threads) std::this_thread::yield();
      const auto ask = [&](std::vector<Call> calls_to_make, bool lets_others_go) {
        Event e{std::move(calls_to_make), {}, clock.now(), 0};
        backend.apply(std::span(e.calls).first(1), std::span(&e.answer, 1));
        if (lets_others_go) std::this_thread::yield();
        e.returned = clock.now();
        worker.got(e.calls.front(), e.answer);
        by_thread[static_cast<std::size_t>(t)].push_back(std::move(e));
      };
      for (int i = 0; i < calls; ++i) ask(worker.next(), lets_others_go && i == calls / 2);
      // A release of a file of the same mm may be waiting for this thread's work.
      if (worker.working) ask({call("work.reap", {{"work", worker.own}})}, false);
    });
  for (std::thread& t : running) t.join();
  for (auto& events : by_thread) out.events.insert(out.events.end(), events.begin(), events.end());
  out.shown = *backend.observe();
  return out;
}

std::vector<int> cells_of(const conform::Backend& b) {
  std::vector<int> out;
  for (const auto& c : b.capabilities().observes) out.push_back(conform_model().tree.cell_named(c));
  return out;
}

bool any_overlap(const std::vector<Event>& events) {
  return std::ranges::any_of(events, [&](const Event& a) {
    return std::ranges::any_of(
        events, [&](const Event& b) { return &a != &b && a.invoked < b.returned && b.invoked < a.returned; });
  });
}

/// The hardware lets others run while it works, now and then, and always while it drains.
struct SlowHost : conform::ObedientHost {
  void execute(const engine::Command& command, const engine::Completion& completion) noexcept override {
    static thread_local unsigned commands = 0;
    if (++commands % 16 == 0) std::this_thread::yield();
    if (command.kind == engine::CommandKind::drain_work) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    conform::ObedientHost::execute(command, completion);
  }
};

std::string told(const Recorded& r, const conform::Linearised& l) {
  std::string out;
  for (std::size_t i = 0; i < r.events.size(); ++i) {
    const Event& e = r.events[i];
    out += std::to_string(e.invoked) + "-" + std::to_string(e.returned) + " " +
           words(catalogue(), shared_world(), e.calls.front()) + ": " +
           words(shared_world(), catalogue()[e.calls.front().kind], e.answer) +
           (std::ranges::find(l.order, i) == l.order.end() ? "   <- not explained" : "") + "\n";
  }
  if (l.order.size() == r.events.size()) out += "what is shown at the end   <- not explained\n";
  return out;
}

struct Count {
  int yes = 0;
  int no = 0;
  int unknown = 0;
  int overlapping = 0;
  std::string first_no;
};

/// Histories of 2 to 8 threads with up to 6 calls each; until one is refuted, where that is asked for.
template <class Make>
Count histories(int n, Make make, bool until_no = false) {
  Count out;
  for (int i = 0; i < n && !(until_no && out.no > 0); ++i) {
    const auto backend = make();
    const Recorded r = record(*backend, static_cast<unsigned>(i), 2 + i % 7, 3 + i % 4);
    out.overlapping += any_overlap(r.events) ? 1 : 0;
    const auto l = conform::linearise(catalogue(), shared_world(), r.start, r.events, &r.shown, cells_of(*backend));
    out.yes += l.kind == conform::Linearised::Kind::yes ? 1 : 0;
    out.no += l.kind == conform::Linearised::Kind::no ? 1 : 0;
    out.unknown += l.kind == conform::Linearised::Kind::unknown ? 1 : 0;
    if (out.first_no.empty() && l.kind == conform::Linearised::Kind::no) out.first_no = told(r, l);
  }
  return out;
}

std::unique_ptr<conform::Backend> engine_with_slow_host() {
  return std::make_unique<conform::ReferenceBackend>(catalogue(), std::make_shared<SlowHost>());
}

/// The engine, but for queue.enable and queue.disable.
class Racy : public conform::Backend {
 public:
  enum class How : std::uint8_t { locked, drops_lock, remembers };
  explicit Racy(How how) : how_(how) {}
  [[nodiscard]] const conform::Capabilities& capabilities() const override { return inner_->capabilities(); }
  conform::Ready reset(const conform::World& w) override { return inner_->reset(w); }
  std::optional<conform::View> observe() override { return inner_->observe(); }
  void apply(std::span<const Call> calls, std::span<Answer> answers) override {
    for (std::size_t i = 0; i < calls.size(); ++i) {
      static const int enable = catalogue().named("queue.enable");
      static const int disable = catalogue().named("queue.disable");
      if (calls[i].kind == disable) seen_enabled(queue_of(calls[i])) = false;
      if (calls[i].kind == enable) answers[i] = enable_queue(calls[i]);
      else inner_->apply(calls.subspan(i, 1), answers.subspan(i, 1));
    }
  }

 private:
  static engine::Queue queue_of(const Call& c) { return engine::Queue{c.args[catalogue()[c.kind].inputs[0]] - 1U}; }
  /// What this thread remembers of a queue.
  static bool& seen_enabled(engine::Queue wq) {
    static thread_local std::array<bool, 4> seen{};
    return seen[static_cast<std::size_t>(wq)];
  }

  /// Looks whether the queue is disabled, and enables it then, whatever has become of it.
  Answer enable_queue(const Call& c) {
    engine::Engine& e = inner_->engine();
    const engine::Queue wq = queue_of(c);
    std::unique_lock lock(lock_, std::defer_lock);
    if (how_ == How::locked) lock.lock();
    bool& memory = seen_enabled(wq);
    if (how_ != How::remembers) memory = false;
    if (memory || !e.disabled(wq)) {
      memory = true;
      return {Answer::Kind::error, EBUSY, {}, {}};
    }
    std::this_thread::sleep_for(std::chrono::microseconds(100));  // others run, however busy the machine is
    Answer a;
    inner_->apply(std::span(&c, 1), std::span(&a, 1));
    if (a.kind == Answer::Kind::error && a.err == EBUSY) a = {};
    return a;
  }

  How how_;
  std::unique_ptr<conform::ReferenceBackend> inner_ = std::make_unique<conform::ReferenceBackend>(catalogue());
  std::mutex lock_;
};

/// Events by hand: a call, its answer, from when to when.
Event event(const Call& c, Answer::Kind kind, int err, std::uint64_t from, std::uint64_t to) {
  return {{c}, {kind, err, {}, {}}, from, to};
}

}  // namespace

TEST_CASE("law: what several threads ask of one engine at once is explained by some order of their calls") {
  const Count c = histories(210, engine_with_slow_host);
  MESSAGE(c.yes << " explained, " << c.unknown << " unknown, " << c.overlapping << " with calls that overlap");
  INFO(c.first_no);
  CHECK(c.no == 0);
  CHECK(c.yes >= 200);
  CHECK(c.overlapping >= 40);
}

TEST_CASE("the law notices an engine that looks and acts without a lock") {
  const Count c = histories(
      2000, [] { return std::make_unique<Racy>(Racy::How::drops_lock); }, true);
  CHECK(c.no > 0);
  CHECK(c.first_no.find("not explained") != std::string::npos);
}

TEST_CASE("the law notices an engine that goes by what a thread saw before") {
  const Count c = histories(
      2000, [] { return std::make_unique<Racy>(Racy::How::remembers); }, true);
  CHECK(c.no > 0);
}

TEST_CASE("the same engine with a lock is explained, and so are the twins where one thread asks") {
  CHECK(histories(70, [] { return std::make_unique<Racy>(Racy::How::locked); }).no == 0);
  for (const auto how : {Racy::How::drops_lock, Racy::How::remembers})
    for (unsigned seed = 0; seed < 40; ++seed) {
      Racy twin(how);
      const Recorded r = record(twin, seed, 1, 6);
      CHECK(conform::linearise(catalogue(), shared_world(), r.start, r.events).kind == conform::Linearised::Kind::yes);
    }
}

TEST_CASE("calls that overlap may come in either order, others in that of time") {
  const conform::World& w = shared_world();
  const Call off = call("queue.disable", {{"wq", 1}});
  const Call on = call("queue.enable", {{"wq", 1}});
  const auto verdict = [&](const std::vector<Event>& events) {
    return conform::linearise(catalogue(), w, {}, events).kind;
  };
  using Kind = conform::Linearised::Kind;
  using A = Answer::Kind;
  CHECK(verdict({event(off, A::ok, 0, 1, 2), event(on, A::ok, 0, 3, 4)}) == Kind::yes);
  CHECK(verdict({event(on, A::ok, 0, 1, 2), event(off, A::ok, 0, 3, 4)}) == Kind::no);   // it was enabled
  CHECK(verdict({event(on, A::ok, 0, 1, 4), event(off, A::ok, 0, 2, 3)}) == Kind::yes);  // the other way round
  CHECK(verdict({event(off, A::ok, 0, 1, 2), event(on, A::ok, 0, 3, 5), event(on, A::ok, 0, 4, 6)}) == Kind::no);
  CHECK(verdict({event(off, A::ok, 0, 1, 2), event(on, A::ok, 0, 3, 5), event(on, A::error, EBUSY, 4, 6)}) ==
        Kind::yes);
  // Waiting for nothing is no answer; while another call is under way it is.
  CHECK(verdict({event(off, A::would_block, 0, 1, 2)}) == Kind::no);
  CHECK(verdict({event(off, A::would_block, 0, 1, 3), event(on, A::error, EBUSY, 2, 4)}) == Kind::yes);
  // No meaning here, and a meaning.
  CHECK(verdict({event(call("reset.done", {{"dev", 1}}), A::failure, 0, 1, 2)}) == Kind::yes);
  CHECK(verdict({event(call("reset.prepare", {{"dev", 1}}), A::failure, 0, 1, 2)}) == Kind::no);
}

TEST_CASE("a history of no calls is explained by nothing") {
  CHECK_THROWS_AS((void)conform::linearise(catalogue(), shared_world(), {}, {}), std::invalid_argument);
}
