#include "src/cli/job_kinds.hpp"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <stdexcept>

#include "proofs/model.hpp"
#include "src/io/names.hpp"

namespace pasid::cli {
namespace {

using jobs::Job;
using jobs::Work;
using nlohmann::ordered_json;

// ---- check, prove: a job a design
// ------------------------------------------------------------------------------------ No smaller: what a proof may
// assume comes out of all obligations of a design together, a thousand or two of less than a thousandth of a second
// each, and a search for one property after that proof is the same search in every job.

Work designs_of(const JobKind& kind, const std::vector<std::string>& words, const Work* before) {
  const CommandLine line(kind, words);
  std::vector<std::string> names = line.values("design");
  if (line.has("--all") && !names.empty())
    throw std::invalid_argument("jobs: name designs, or ask for --all (as without both)");
  Work out{std::string(kind.command), {}, {}, {}};
  if (names.empty()) {
    names = io::shipped_designs();
    out.arguments = {"--all"};
  }
  const bool all = !out.arguments.empty();
  for (std::string& name : names) {
    jobs::NamedDesign design = named_design(std::move(name), before);
    if (std::ranges::find(out.designs, design.asked, &jobs::NamedDesign::asked) != out.designs.end())
      throw std::invalid_argument("jobs: " + io::in_quotes(design.asked) + " is named twice");
    if (!all) out.arguments.push_back(design.asked);
    out.designs.push_back(std::move(design));
  }
  const std::vector<std::string> options = line.without({"design", "--all", "--threads"});
  out.arguments.insert(out.arguments.end(), options.begin(), options.end());
  return out;
}

std::vector<Job> job_a_design(const JobKind& kind, const Work& whole) {
  const CommandLine line(kind, whole.arguments);
  std::vector<Job> out;
  for (const jobs::NamedDesign& d : whole.designs) {
    const std::string& name = d.design.name;
    Job job{whole.command + '-' + name, {whole.command, {name, "--threads=1"}, {{name, d.design}}, {}}, {}};
    const auto options = line.without({"design", "--all", "--threads"});
    job.work.arguments.insert(job.work.arguments.end(), options.begin(), options.end());
    out.push_back(std::move(job));
  }
  return out;
}

/// Of several designs `prove` says the worst, and that one is violated is worse than that one is unknown; `check` the
/// largest.
int worse(const Work& whole, int a, int b) {
  if (whole.command == "check") return std::max(a, b);
  constexpr int order[] = {code::holds, code::unknown, code::violated};
  return std::ranges::find(order, a) < std::ranges::find(order, b) ? b : a;
}

void merge_designs(Session& session, const JobKind& kind, const Work& whole, const std::vector<JobResult>& results,
                   bool json) {
  ordered_json all = ordered_json::array();
  for (std::size_t i = 0; i < results.size(); ++i) {
    session.exit_code = worse(whole, session.exit_code, results[i]["exit_code"]);
    if (json) all.push_back(ordered_json::parse(results[i]["json"].get<std::string>()));
    else std::cout << (i > 0 ? "\n" : "") << results[i]["text"].get<std::string>();
  }
  if (!json) return;
  const bool one = CommandLine(kind, whole.arguments).values("design").size() == 1;
  std::cout << (one ? all[0] : ordered_json{{"designs", all}}).dump(2) << '\n';
}

}  // namespace

const std::vector<JobKind>& job_kinds() {
  static const std::vector<JobKind> kinds = {
      {"check", add_check, {"--json", "--record-places", "--save-traces"}, designs_of, job_a_design, merge_designs},
      {"prove",
       add_prove,
       {"--json", "--record-hints", "--dump-smt", "--second-solver"},
       designs_of,
       job_a_design,
       merge_designs},
      fuzz_jobs(),
      mutate_jobs(),
  };
  return kinds;
}

const JobKind& job_kind(std::string_view command) {
  const auto found = std::ranges::find(job_kinds(), command, &JobKind::command);
  if (found == job_kinds().end()) throw std::invalid_argument("jobs: " + io::in_quotes(command) + " is not shared out");
  return *found;
}

jobs::NamedDesign named_design(std::string asked, const Work* before) {
  if (asked.find('/') != std::string::npos || asked.ends_with(".toml")) {
    asked = std::filesystem::absolute(asked).lexically_normal().string();
    if (before != nullptr && !std::filesystem::exists(asked)) return {asked, before->design(asked)};
  }
  return {asked, io::load_design(proofs::model(), asked)};
}

jobs::NamedFile named_file(const std::string& asked, const Work* before) {
  const std::string path = std::filesystem::absolute(asked).lexically_normal().string();
  if (before != nullptr && !std::filesystem::exists(path))
    if (const auto was = std::ranges::find(before->files, path, &jobs::NamedFile::path); was != before->files.end())
      return *was;
  return jobs::named_file(path);
}

}  // namespace pasid::cli
