// How many calls a second the model checks against the engine in this process, beside the engine alone.
#include <algorithm>
#include <random>

#include <benchmark/benchmark.h>

#include "src/conform/driver.hpp"
#include "src/conform/replay.hpp"
#include "tests/support/conform_worlds.hpp"

using namespace pasid;
using namespace pasid::test;
using conform::Answer;
using conform::Call;

namespace {

/// Sequences that the model draws, most of whose calls succeed, with the answers of the engine.
struct Load {
  struct One {
    const conform::World* world;
    std::vector<Call> calls;
    std::vector<Answer> answers;
  };
  std::vector<One> sequences;
  std::size_t calls = 0;
  std::size_t succeed = 0;

  Load() {
    std::mt19937 random(1);
    const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
    conform::ReferenceBackend backend(catalogue());
    std::vector<int> kinds;
    for (int k = 0; k < static_cast<int>(catalogue().calls().size()); ++k)
      if (backend.capabilities().offers(catalogue()[k].name)) kinds.push_back(k);
    while (sequences.size() < 64) {
      One one{&two_devices()[random() % two_devices().size()], {}, {}};
      conform::Foresight model(catalogue(), *one.world);
      while (one.calls.size() < 256) {
        const auto call = model.draw(kinds[random() % kinds.size()], below, 6);
        if (!call) continue;
        const bool ok = model.foretell(*call)->kind == Answer::Kind::ok;
        if (!ok && random() % 3 != 0) continue;
        succeed += ok ? 1 : 0;
        model.take(*call);
        one.calls.push_back(*call);
      }
      one.answers.resize(one.calls.size());
      backend.reset(*one.world);
      backend.apply(one.calls, one.answers);
      calls += one.calls.size();
      sequences.push_back(std::move(one));
    }
  }
};

const Load& load() {
  static const Load all;
  return all;
}

void count(benchmark::State& state) {
  state.counters["calls/s"] =
      benchmark::Counter(static_cast<double>(load().calls), benchmark::Counter::kIsIterationInvariantRate);
  state.counters["succeed"] = static_cast<double>(load().succeed) / static_cast<double>(load().calls);
}

void engine_alone(benchmark::State& state) {
  conform::ReferenceBackend backend(catalogue());
  std::vector<Answer> answers(256);
  for (auto _ : state)
    for (const auto& s : load().sequences) {
      backend.reset(*s.world);
      backend.apply(s.calls, answers);
    }
  count(state);
}

void checker_alone(benchmark::State& state) {
  for (auto _ : state)
    for (const auto& s : load().sequences) {
      conform::Checker checker(catalogue(), *s.world);
      for (std::size_t i = 0; i < s.calls.size(); ++i)
        if (checker.step(s.calls[i], s.answers[i]) != conform::Checker::Result::ok) state.SkipWithError("disallowed"); 
    }
  count(state);
}

void checked(benchmark::State& state) {
  conform::ReferenceBackend backend(catalogue());
  conform::ReplayOptions options;
  options.observe = false;
  for (auto _ : state)
    for (const auto& s : load().sequences)
      if (conform::replay(catalogue(), *s.world, s.calls, backend, options).kind != conform::Verdict::Kind::ok)
        state.SkipWithError("disallowed"); 
  count(state);
}

/// The same, with what the engine shows after every 64 calls.
void checked_and_shown(benchmark::State& state) {
  conform::ReferenceBackend backend(catalogue());
  for (auto _ : state)
    for (const auto& s : load().sequences)
      if (const auto v = conform::replay(catalogue(), *s.world, s.calls, backend); v.kind != conform::Verdict::Kind::ok)
        state.SkipWithError(v.what.c_str()); 
  count(state);
}

BENCHMARK(engine_alone)->Unit(benchmark::kMillisecond);
BENCHMARK(checker_alone)->Unit(benchmark::kMillisecond);
BENCHMARK(checked)->Unit(benchmark::kMillisecond);
BENCHMARK(checked_and_shown)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
