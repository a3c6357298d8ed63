// The core model explored at one scope: how many states, and what it takes.
#include <iostream>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "src/base/count.hpp"
#include "tests/bench/core/core.hpp"

namespace {

using namespace pasid;  // NOLINT(google-build-using-namespace)

double seconds(const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6; }

int run(const core::Scope& scope, const core::Ways& ways, bool json) {
  const lang::Tree tree = core::model();
  const explore::Result result = core::search(tree, scope, ways);
  nlohmann::ordered_json violated = nlohmann::ordered_json::array();
  for (std::size_t p = 0; p < result.paths.size(); ++p)
    if (result.paths[p]) violated.push_back(ways.reading.properties[p].name);
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const double cpu = seconds(used.ru_utime) + seconds(used.ru_stime);
  const double peak = static_cast<double>(used.ru_maxrss) / 1024;
  if (json) {
    const nlohmann::ordered_json out{
        {"scope", {{"mms", scope.mms}, {"tasks", scope.tasks}, {"devices", scope.devices}, {"pasids", scope.pasids}}},
        {"symmetry", ways.symmetry},
        {"threads", ways.threads},
        {"states", result.states},
        {"firings", result.counts.firings},
        {"depth", result.depth},
        {"violated", violated},
        {"cpu_seconds", cpu},
        {"wall_seconds", result.seconds},
        {"peak_mib", peak}};
    std::cout << out.dump(2) << '\n';
  } else {
    fmt::print("({}, {}, {}, {}){}: {} {}, {} firings, depth {}; {} threads, {:.2f} s of CPU, {:.2f} s, {:.1f} MiB\n",
               scope.mms, scope.tasks, scope.devices, scope.pasids, ways.symmetry ? " with symmetry" : "",
               count(result.states), ways.symmetry ? "orbits" : "states", count(result.counts.firings), result.depth,
               ways.threads, cpu, result.seconds, peak);
    for (const auto& name : violated) fmt::print("violated: {}\n", name.get<std::string>());
  }
  return violated.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Explores the core model at one scope and judges its properties in every state."};
  app.footer(
      "Examples:\n"
      "  bench_explore 3 3 2 5\n"
      "  bench_explore 3 4 3 5 --symmetry --json\n"
      "Exit codes: 0 all properties hold, 1 one is violated, 3 bad input.");
  core::Scope scope{};
  core::Ways ways;
  bool json = false;
  app.add_option("MMS", scope.mms, "processes, up to 3")->required();
  app.add_option("TASKS", scope.tasks, "tasks, up to 4")->required();
  app.add_option("DEVICES", scope.devices, "devices, up to 3")->required();
  app.add_option("PASIDS", scope.pasids, "values of a PASID, with none and the kernel's, up to 5")->required();
  app.add_flag("--symmetry", ways.symmetry, "states that differ only in names are one");
  app.add_option("--threads", ways.threads, "how many")->check(CLI::Range(1, 64));
  app.add_flag("--json", json, "for programs");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 3;
  }
  try {
    return run(scope, ways, json);
  } catch (const std::invalid_argument& e) {
    std::cerr << "bench_explore: " << e.what() << '\n';
    return 3;
  }
}
