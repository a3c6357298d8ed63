// How many calls a second the model checks against the engine in this process, beside the engine alone, and how many
// fuzz draws, asks and judges. `asked_for` is the least that there should be.
#include <algorithm>
#include <random>

#include <benchmark/benchmark.h>

#include "src/conform/driver.hpp"
#include "src/conform/fuzz.hpp"
#include "src/conform/fuzz_worlds.hpp"
#include "src/conform/replay.hpp"
#include "tests/bench/figures.hpp"
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
      std::vector<int> asked(catalogue().calls().size());
      while (one.calls.size() < 256) {
        // Of two kinds the one that was asked for less.
        int kind = kinds[random() % kinds.size()];
        if (const int other = kinds[random() % kinds.size()];
            asked[static_cast<std::size_t>(other)] < asked[static_cast<std::size_t>(kind)])
          kind = other;
        const auto call = model.draw(kind, below, 4);
        if (!call) continue;
        const bool ok = model.foretell(*call)->kind == Answer::Kind::ok;
        if (!ok && random() % 3 != 0) continue;
        succeed += ok ? 1 : 0;
        model.take(*call);
        ++asked[static_cast<std::size_t>(kind)];
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
  load();
  for (auto _ : state)
    for (const auto& s : load().sequences) {
      backend.reset(*s.world);
      backend.apply(s.calls, answers);
    }
  count(state);
}

/// What replay must judge at least in a second.
constexpr double judged_at_least = 300'000;

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
  state.counters["asked_for"] = judged_at_least;
}

/// The same, with what the engine shows after every 64 calls.
void checked_and_shown(benchmark::State& state) {
  conform::ReferenceBackend backend(catalogue());
  for (auto _ : state)
    for (const auto& s : load().sequences)
      if (const auto v = conform::replay(catalogue(), *s.world, s.calls, backend); v.kind != conform::Verdict::Kind::ok)
        state.SkipWithError(v.what.c_str());
  count(state);
  state.counters["asked_for"] = judged_at_least;
}

/// Drawn as well: 100,000 calls, the same each time.
void fuzzed(benchmark::State& state) {
  conform::ReferenceBackend backend(catalogue());
  const auto worlds = conform::fuzz_worlds(conform_model().tree, conform_model().knobs, backend.capabilities());
  conform::FuzzOptions options;
  options.calls = 100'000;
  for (auto _ : state) {
    conform::Fuzz fuzz(catalogue(), worlds, backend, options);
    if (fuzz.run([](const conform::FuzzCounts&) { return true; })) state.SkipWithError("something was found");
    state.counters["succeed"] = static_cast<double>(fuzz.counts().succeeded) / static_cast<double>(fuzz.counts().calls);
  }
  state.counters["calls/s"] =
      benchmark::Counter(static_cast<double>(options.calls), benchmark::Counter::kIsIterationInvariantRate);
  state.counters["asked_for"] = 200'000;
}

BENCHMARK(engine_alone)->Unit(benchmark::kMillisecond);
BENCHMARK(checker_alone)->Unit(benchmark::kMillisecond);
BENCHMARK(checked)->Unit(benchmark::kMillisecond);
BENCHMARK(checked_and_shown)->Unit(benchmark::kMillisecond);
BENCHMARK(fuzzed)->Unit(benchmark::kMillisecond);

}  // namespace

/// Prints the table, and leaves the rates that are asked for.
class Reporter : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs)
      if (const auto goal = run.counters.find("asked_for"); goal != run.counters.end() && !run.error_occurred)
        bench::figure(run.run_name.function_name == "fuzzed" ? "fuzz" : "replay", run.run_name.function_name,
                      run.counters.at("calls/s"), "calls/s", bench::at_least(goal->second));
  }
};

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 3;
  Reporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
}
