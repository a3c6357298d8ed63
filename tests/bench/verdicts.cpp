// How long a proof takes: of each shipped design, with the shipped hints and without, on all processors as `pasid
// prove` makes it; and in a session the list of what can happen and what cannot.
#include <algorithm>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include "proofs/model.hpp"
#include "src/check/hints.hpp"
#include "src/io/design.hpp"
#include "src/review/shell_session.hpp"
#include "tests/bench/figures.hpp"

namespace {

using namespace pasid;  // NOLINT(google-build-using-namespace)

void proof(benchmark::State& state, const io::Design& design, const smt::ProveOptions& options) {
  const auto& tree = proofs::model();
  std::size_t obligations = 0;
  for (auto _ : state) obligations = smt::prove(tree, io::facts_of(tree, design), options).obligations.size();
  state.counters["obligations"] = static_cast<double>(obligations);
}

void listing(benchmark::State& state, const io::Design& design) {
  review::ShellSession session(proofs::model(), explore::native_reading(), design);
  for (auto _ : state) benchmark::DoNotOptimize(session.steps().next(session.facts(), session.state()));
}

/// Prints the table, and keeps how long proofs with hints took.
class Reporter : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs) {
      if (run.run_type != Run::RT_Iteration) continue;
      const std::string& name = run.run_name.function_name;
      const double seconds = run.GetAdjustedRealTime() / 1000;
      if (name.starts_with(hinted_proof)) proofs_.emplace_back(seconds, name.substr(hinted_proof.size()));
      if (name == lone_proof) on_one_thread_ = seconds;
    }
  }
  void leave() const {
    const auto leave_one = [](const std::string& what, double seconds) {
      bench::figure("proof", what, seconds, "s", bench::at_most(most_of_a_proof));
    };
    for (const auto& [seconds, design] : proofs_)
      if (design == "linux-7.3") leave_one(design, seconds);
    if (on_one_thread_ > 0) bench::figure("proof", "linux-7.3, on one thread", on_one_thread_, "s");
    if (proofs_.empty()) return;
    const auto slowest = std::ranges::max_element(proofs_);
    leave_one("slowest of " + std::to_string(proofs_.size()) + ": " + slowest->second, slowest->first);
  }

  static constexpr std::string_view hinted_proof = "proof/";
  static constexpr std::string_view lone_proof = "one_thread/linux-7.3";

 private:
  /// A design is proved again within this many seconds.
  static constexpr double most_of_a_proof = 2;
  std::vector<std::pair<double, std::string>> proofs_;
  double on_one_thread_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  smt::ProveOptions hinted;
  hinted.threads = std::max(1U, std::thread::hardware_concurrency());
  const smt::ProveOptions unhinted = hinted;
  hinted.hints = check::proof_hints();
  for (const auto& name : io::shipped_designs()) {
    const io::Design design = io::load_design(proofs::model(), name);
    hinted.like = check::like(design);
    for (const auto& [kind, options] :
         {std::pair(std::string(Reporter::hinted_proof), hinted), std::pair(std::string("unhinted/"), unhinted)})
      benchmark::RegisterBenchmark((kind + name).c_str(), proof, design, options)
          ->Unit(benchmark::kMillisecond)
          ->MeasureProcessCPUTime();
    if (name == "linux-7.3") {
      smt::ProveOptions alone = hinted;
      alone.threads = 1;
      benchmark::RegisterBenchmark(std::string(Reporter::lone_proof).c_str(), proof, design, alone)
          ->Unit(benchmark::kMillisecond);
    }
    benchmark::RegisterBenchmark(("listing/" + name).c_str(), listing, design)->Unit(benchmark::kMillisecond);
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 3;
  Reporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  reporter.leave();
  return 0;
}
