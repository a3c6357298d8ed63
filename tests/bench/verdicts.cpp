// How long a verdict takes: the proof of each shipped design, and the shortest trace of each property it expects
// violated.
#include <string>

#include <benchmark/benchmark.h>

#include "proofs/model.hpp"
#include "src/check/check.hpp"
#include "src/check/scopes.hpp"
#include "src/explore/search.hpp"
#include "src/explore/topology.hpp"

namespace {

using namespace pasid;  // NOLINT(google-build-using-namespace)

void proof(benchmark::State& state, const io::Design& design) {
  const auto& tree = proofs::model();
  std::size_t obligations = 0;
  for (auto _ : state) obligations = smt::prove(tree, io::facts_of(tree, design)).obligations.size();
  state.counters["obligations"] = static_cast<double>(obligations);
}

void shortest_trace(benchmark::State& state, const io::Design& design, int property) {
  const auto& tree = proofs::model();
  explore::Options options;
  options.properties = {property};
  explore::Result result;
  for (auto _ : state) {
    const auto knobs = io::facts_of(tree, design);
    const auto topologies = explore::topologies(tree, knobs, check::scope_of(tree, knobs, {}));
    result = explore::search(tree, topologies, options);
  }
  if (!result.paths.at(0)) state.SkipWithError("no trace was found");
  else state.counters["steps"] = static_cast<double>(result.paths[0]->steps.size());
  state.counters["states"] = static_cast<double>(result.states);
}

}  // namespace

int main(int argc, char** argv) {
  const auto& tree = proofs::model();
  const auto properties = spec::native_properties();
  for (const auto& name : io::shipped_designs()) {
    const io::Design design = io::load_design(tree, name);
    benchmark::RegisterBenchmark(("proof/" + name).c_str(), proof, design)->Unit(benchmark::kMillisecond);
    for (const auto& e : design.expectations) {
      if (e.verdict != spec::Verdict::violated) continue;
      for (std::size_t p = 0; p < properties.size(); ++p)
        if (properties[p].name == e.property)
          benchmark::RegisterBenchmark(("trace/" + name + "/" + e.property).c_str(), shortest_trace, design,
                                       static_cast<int>(p))
              ->Unit(benchmark::kMillisecond);
    }
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 3;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
