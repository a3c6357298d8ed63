// How long a proof takes: of each shipped design, with the shipped hints and without; and in a session the list of what
// can happen and what cannot.
#include <string>

#include <benchmark/benchmark.h>

#include "proofs/model.hpp"
#include "src/check/hints.hpp"
#include "src/io/design.hpp"
#include "src/review/shell_session.hpp"

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

}  // namespace

int main(int argc, char** argv) {
  smt::ProveOptions hinted;
  hinted.hints = check::proof_hints();
  for (const auto& name : io::shipped_designs()) {
    const io::Design design = io::load_design(proofs::model(), name);
    hinted.like = check::like(design);
    for (const auto& [kind, options] : {std::pair("proof/", hinted), std::pair("unhinted/", smt::ProveOptions{})})
      benchmark::RegisterBenchmark((kind + name).c_str(), proof, design, options)->Unit(benchmark::kMillisecond);
    benchmark::RegisterBenchmark(("listing/" + name).c_str(), listing, design)->Unit(benchmark::kMillisecond);
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 3;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
