// mutate for `pasid jobs`: a job a share of the mutants, all that some rules, calls or knobs have; properties and
// lemmas are one, for what convicts their mutants is looked for once for all of them.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <stdexcept>

#include "proofs/model.hpp"
#include "src/check/recorded.hpp"
#include "src/cli/job_kinds.hpp"
#include "src/cli/mutate_table.hpp"
#include "src/io/file.hpp"
#include "src/mutate/operators.hpp"
#include "src/mutate/reasons.hpp"
#include "src/mutate/table.hpp"

namespace pasid::cli {
namespace {

using jobs::Job;
using jobs::Work;
using mutate::Mutant;
using nlohmann::ordered_json;

/// Mutants in one job, but for those of one name more: its proof and its suite take some seconds before the first.
constexpr std::size_t share = 24;

Work shares_of(const JobKind& kind, const std::vector<std::string>& words, const Work* before) {
  const CommandLine line(kind, words);
  if (!line.has("--suite"))
    throw std::invalid_argument(
        "jobs: mutate: --suite FILE is needed (pasid vectors writes one), which all jobs share");
  Work out{std::string(kind.command),
           line.without({"design", "--suite", "--reasons", "--lemmas", "--ways", "--threads"}),
           {},
           {}};
  out.designs.push_back(named_design(line.value("design"), before));
  out.arguments.insert(out.arguments.begin(), out.designs.front().asked);
  const auto add = [&](const std::string& option, const std::string& path) {
    out.files.push_back(named_file(path, before));
    out.arguments.push_back(option + '=' + out.files.back().path);
  };
  add("--suite", line.value("--suite"));
  for (const auto& [option, record] :
       {std::pair("--reasons", "mutants.txt"), {"--lemmas", "mutants_lemmas.txt"}, {"--ways", "ways.txt"}}) {
    const std::string recorded = check::recorded_file(record);
    if (line.has(option)) add(option, line.value(option));
    else if (std::filesystem::exists(recorded)) add(option, recorded);
  }
  return out;
}

/// Those that are asked for.
std::vector<Mutant> asked_for(const CommandLine& line, const Work& whole) {
  lang::Tree tree = proofs::model();
  std::vector<Mutant> out = mutate::mutants_of(tree, io::facts_of(tree, whole.designs.front().design));
  const std::vector<std::string> of = line.values("--of");
  require_mutants_of(out, of);
  std::erase_if(out, [&](const Mutant& m) {
    return (!of.empty() && std::ranges::find(of, m.of) == of.end()) ||
           (line.has("--operator") && name_of(m.by) != line.value("--operator"));
  });
  if (out.empty()) throw std::invalid_argument("jobs: mutate: there is no such mutant");
  return out;
}

std::vector<Job> job_a_share(const JobKind& kind, const Work& whole) {
  const CommandLine line(kind, whole.arguments);
  struct Share {
    std::vector<std::string> of;
    std::size_t mutants = 0;
    bool formulas = false;
  };
  std::vector<Share> shares;
  for (const Mutant& m : asked_for(line, whole)) {
    const bool goes_on = !shares.empty() && shares.back().formulas == m.of_a_formula();
    const bool named = goes_on && shares.back().of.back() == m.of;
    if (!named && (!goes_on || (shares.back().mutants >= share && !m.of_a_formula())))
      shares.push_back({{}, 0, m.of_a_formula()});
    if (!named) shares.back().of.push_back(m.of);
    ++shares.back().mutants;
  }
  std::vector<Job> out;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    Job job{"mutate-" + whole.designs.front().design.name + '-' + std::to_string(i + 1),
            {whole.command, {whole.designs.front().asked, "--threads=1"}, whole.designs, whole.files},
            {}};
    for (const std::string& word : line.without({"design", "--of", "--all", "--threads"}))
      job.work.arguments.push_back(word);
    for (const std::string& name : shares[i].of) job.work.arguments.push_back("--of=" + name);
    out.push_back(std::move(job));
  }
  return out;
}

mutate::Verdict verdict_of(const ordered_json& mutant) {
  mutate::Verdict out;
  const auto fate = std::ranges::find(mutate::fate_names, mutant["verdict"].get_ref<const std::string&>());
  out.fate = static_cast<mutate::Fate>(fate - std::begin(mutate::fate_names) + 1);
  out.by = mutant["by"];
  out.steps = mutant.value("steps", std::size_t{0});
  if (mutant.contains("sequence")) out.sequence = mutant["sequence"].get<std::vector<std::string>>();
  return out;
}

void merge_shares(Session& session, const JobKind& kind, const Work& whole, const std::vector<JobResult>& results,
                  bool json) {
  const CommandLine line(kind, whole.arguments);
  mutate::Mutation all;
  std::map<std::string, ordered_json> judged;
  for (const JobResult& r : results) {
    const ordered_json answer = ordered_json::parse(r["json"].get<std::string>());
    for (const ordered_json& m : answer["mutants"]) judged.emplace(m["name"].get<std::string>(), m);
    for (const ordered_json& s : answer["stale_reasons"]) all.stale.push_back(s);
    all.states += answer["states"].get<std::size_t>();
    all.tests = answer["tests"];
  }
  for (Mutant& m : asked_for(line, whole)) {
    const ordered_json& j = judged.at(m.name());
    all.mutants.push_back({std::move(m), verdict_of(j), j["hash"]});
  }
  const std::string& design = whole.designs.front().design.name;
  if (line.has("--reasons") && !line.has("--of") && !line.has("--operator"))
    for (const auto& [name, reason] : mutate::read_reasons(io::read_file(line.value("--reasons")), design))
      if (!judged.contains(name)) all.stale.push_back(name + " is no mutant");
  if (json) std::cout << mutate::to_json(design, all).dump(2) << '\n';
  else print_mutation(session, design, all, line.has("--all"));
  session.exit_code = exit_code(all);
}

}  // namespace

JobKind mutate_jobs() {
  return {"mutate", add_mutate, {"--json", "--since", "--record-ways"}, shares_of, job_a_share, merge_shares};
}

}  // namespace pasid::cli
