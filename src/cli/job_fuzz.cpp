// fuzz for `pasid jobs`: a job a seed, with its part of the calls, as `pasid fuzz --jobs` divides them.
#include <algorithm>
#include <iostream>
#include <stdexcept>

#include <CLI/CLI.hpp>

#include "proofs/model.hpp"
#include "src/cli/backends.hpp"
#include "src/cli/fuzz_report.hpp"
#include "src/cli/fuzz_runs.hpp"
#include "src/cli/job_kinds.hpp"
#include "src/io/file.hpp"

namespace pasid::cli {
namespace {

using jobs::Job;
using jobs::Work;
using nlohmann::ordered_json;

constexpr std::string_view of_a_program = "process:";

/// Whose rules the implementation is held to.
std::string design_of(const CommandLine& line) {
  if (line.has("--design")) return line.value("--design");
  BackendChoice backend;
  CLI::App app;
  backend.add_options(app);
  std::vector<std::string> words{"--backend=" + line.value("--backend")};
  if (line.has("--headers")) words.push_back("--headers=" + line.value("--headers"));
  app.parse(words);
  return backend.design();
}

Work seeds_of(const JobKind& kind, const std::vector<std::string>& words, const Work* before) {
  const CommandLine line(kind, words);
  if (!line.has("--calls") || !line.has("--jobs"))
    throw std::invalid_argument("jobs: fuzz: say how many calls in how many jobs: --calls 1000000 --jobs 10");
  Work out{std::string(kind.command), line.without({"--backend", "--design"}), {}, {}};
  out.designs.push_back(named_design(design_of(line), before));
  out.arguments.push_back("--design=" + out.designs.front().asked);
  std::string backend = line.value("--backend");
  if (backend.starts_with(of_a_program)) {
    // The answer rests on the program, where its name is a path; which is another from another folder.
    const std::size_t end = std::min(backend.find(' '), backend.size());
    const std::string program = backend.substr(of_a_program.size(), end - of_a_program.size());
    if (program.find('/') != std::string::npos) {
      out.files.push_back(named_file(program, before));
      backend = std::string(of_a_program) + out.files.front().path + backend.substr(end);
    }
  }
  out.arguments.push_back("--backend=" + backend);
  return out;
}

std::vector<Job> job_a_seed(const JobKind& kind, const Work& whole) {
  const CommandLine line(kind, whole.arguments);
  const std::uint64_t calls = std::stoull(line.value("--calls"));
  const std::uint64_t seed = std::stoull(line.value("--seed"));
  const std::uint64_t n = std::min<std::uint64_t>(std::stoull(line.value("--jobs")), calls);
  const std::string& design = whole.designs.front().asked;
  std::vector<Job> out;
  for (std::uint64_t i = 0; i < n; ++i) {
    const std::string own = std::to_string(seed + i);
    Job job{"fuzz-seed-" + own, {whole.command, {}, whole.designs, whole.files}, {}};
    job.work.arguments = line.without({"--design", "--jobs", "--seed", "--calls", "--out", "--verbose"});
    for (const std::string& word : {"--design=" + design, std::string("--jobs=1"), "--seed=" + own,
                                    "--calls=" + std::to_string(part_of(calls, n, i))})
      job.work.arguments.push_back(word);
    out.push_back(std::move(job));
  }
  return out;
}

/// What a job counted; guards are called as `json` calls them.
conform::FuzzCounts counts_of(const conform::Catalogue& catalogue, const ordered_json& json) {
  conform::FuzzCounts out;
  out.calls = json["calls"];
  out.succeeded = json["succeeded"];
  out.sequences = json["sequences"];
  out.searched = json["searched"];
  out.most_states = json["states"];
  out.not_again = json["not_again"];
  out.seconds = json["seconds"];
  for (const auto& [why, worlds] : json["unsupported"].items()) out.unsupported[why] = worlds;
  for (const ordered_json& call : json["coverage"]) {
    const int kind = catalogue.named(call["call"].get_ref<const std::string&>());
    if (call["ok"] > 0) out.outcomes[{kind, {}}] = call["ok"];
    for (auto guard = call["guards"].begin(); guard != call["guards"].end(); ++guard)
      if (*guard > 0) out.outcomes[{kind, guard.key()}] = *guard;
  }
  return out;
}

void merge_seeds(Session& session, const JobKind& kind, const Work& whole, const std::vector<JobResult>& results,
                 bool json) {
  const CommandLine line(kind, whole.arguments);
  std::vector<ordered_json> answers;
  for (const JobResult& r : results) answers.push_back(ordered_json::parse(r["json"].get<std::string>()));
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (!results[i]["more"].is_null()) continue;
    // The program under test did not even say what it offers.
    if (json) std::cout << answers[i].dump(2) << '\n';
    else std::cerr << "pasid: " << answers[i]["found"]["why"].get<std::string>() << '\n';
    session.exit_code = code::violated;
    return;
  }

  const lang::Tree& tree = proofs::model();
  const explore::Reading reading = explore::native_reading();
  const io::Design& design = whole.designs.front().design;
  const spec::NativeFacts knobs = io::facts_of(tree, design);
  const bool own_device = results.front()["more"]["own_device"];
  const conform::Catalogue catalogue(tree, reading, knobs,
                                     own_device ? conform::Device::itself : conform::Device::asked);
  FuzzReport report;
  report.implementation = answers.front()["implementation"];
  report.design = line.value("--design");
  report.seed = answers.front()["seed"];
  report.jobs = results.size();
  double seconds = 0;
  for (const ordered_json& call : answers.front()["coverage"])
    report.kinds.push_back(catalogue.named(call["call"].get_ref<const std::string&>()));
  for (std::size_t i = 0; i < results.size(); ++i) {
    const ordered_json& more = results[i]["more"];
    add(report.counts, counts_of(catalogue, answers[i]));
    seconds += answers[i]["seconds"].get<double>();
    for (const ordered_json& call : answers[i]["coverage"])
      report.asked[catalogue.named(call["call"].get_ref<const std::string&>())] += call["asked"].get<std::uint64_t>();
    report.gave_up = report.gave_up || more["gave_up"].get<bool>();
    if (report.found || more["found"].is_null()) continue;
    report.found = {answers[i]["found"]["why"], more["found"]["words"], answers[i]["found"]["calls"],
                    more["found"]["vector"], more["found"]["no_vector"]};
  }
  report.counts.seconds = seconds;

  const std::string out = line.value("--out");
  if (report.found && report.found->no_vector.empty()) io::write_file("--out", out, report.found->vector);
  GuardTable coverage = guard_table(catalogue, knobs, report);
  for (const ordered_json& answer : answers) coverage.explain(answer["coverage"]);
  const bool verbose = line.has("--verbose");
  if (json || verbose) coverage.prove(catalogue, design, not_come_to);
  if (json) std::cout << to_json(report, coverage, out).dump(2) << '\n';
  else print(session, catalogue, report, coverage, out, verbose);
  session.exit_code = exit_code(report);
}

}  // namespace

JobKind fuzz_jobs() {
  return {"fuzz", add_fuzz, {"--json", "--save-traces", "--seconds"}, seeds_of, job_a_seed, merge_seeds};
}

}  // namespace pasid::cli
