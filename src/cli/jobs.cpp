// pasid jobs
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "proofs/model.hpp"
#include "src/cli/help.hpp"
#include "src/cli/job_kinds.hpp"
#include "src/cli/text.hpp"

namespace pasid::cli {
namespace {

using jobs::Job;
using nlohmann::ordered_json;

struct JobsCommand {
  std::string purpose;
  std::string out;
  std::string run;
  std::string merge;
  std::vector<std::string> words;  ///< the command's
  bool json = false;
};

std::vector<Job> jobs_of(const JobKind& kind, const jobs::Work& whole) {
  std::vector<Job> out = kind.parts(kind, whole);
  for (Job& job : out) job.key = jobs::key(proofs::model(), job.work);
  return out;
}

void write_jobs(const JobsCommand& command) {
  const JobKind& kind = job_kind(command.purpose);
  jobs::Plan plan{kind.whole(kind, command.words, nullptr), {}};
  const std::vector<Job> list = jobs_of(kind, plan.whole);
  std::size_t known = 0;
  for (const Job& job : list) {
    plan.jobs.push_back(job.name());
    known += jobs::read_result(command.out, job) ? 1 : 0;
  }
  jobs::write_folder(command.out, plan, list, std::filesystem::canonical("/proc/self/exe").string());
  if (command.json)
    std::cout << ordered_json{{"for", command.purpose}, {"jobs", plan.jobs}, {"known", known}}.dump(2) << '\n';
  else
    std::cout << count(list.size()) << (list.size() == 1 ? " job in " : " jobs in ") << command.out << ", "
              << count(known) << " with a result\n";
}

void run_job(const Session& session, const JobsCommand& command) {
  const Job job = jobs::read_job(proofs::model(), command.run);
  const std::string folder = std::filesystem::path(command.run).parent_path().string();
  const bool known = jobs::read_result(folder, job).has_value();
  for (const jobs::NamedFile& f : job.work.files)
    if (jobs::named_file(f.path).hash != f.hash)
      throw io::InputError(f.path, {}, "this is not as it was when the job was written", "the same bytes");
  if (!known) jobs::write_result(folder, job, run_part(session, job.work));
  if (command.json) std::cout << ordered_json{{"job", job.name()}, {"known", known}}.dump(2) << '\n';
  else std::cout << job.title << (known ? ": known\n" : ": done\n");
}

/// "3 of 12 jobs have no result: check-linux-6.1, check-linux-6.6, …"
std::string lacking(const std::vector<std::string>& titles, std::size_t all, std::string_view what) {
  constexpr std::size_t most = 3;
  const auto named = std::span(titles).first(std::min(titles.size(), most));
  return fmt::format("pasid: {} of {} jobs {}: {}{}\n", count(titles.size()), count(all), what, fmt::join(named, ", "),
                     titles.size() > most ? ", …" : "");
}

void merge(Session& session, const JobsCommand& command) {
  const jobs::Plan plan = jobs::read_plan(proofs::model(), command.merge);
  const JobKind& kind = job_kind(plan.whole.command);
  const jobs::Work whole = kind.whole(kind, plan.whole.arguments, &plan.whole);
  const std::vector<Job> list = jobs_of(kind, whole);
  std::vector<JobResult> results;
  std::vector<std::string> stale;
  std::vector<std::string> missing;
  for (const Job& job : list) {
    if (std::ranges::find(plan.jobs, job.name()) == plan.jobs.end()) stale.push_back(job.title);
    else if (auto result = jobs::read_result(command.merge, job)) results.push_back(std::move(*result));
    else missing.push_back(job.title);
  }
  if (stale.empty() && missing.empty()) return kind.merge(session, kind, whole, results, command.json);
  session.exit_code = code::unknown;
  if (command.json)
    std::cout
        << ordered_json{{"for", whole.command}, {"jobs", list.size()}, {"missing", missing}, {"stale", stale}}.dump(2)
        << '\n';
  if (!stale.empty())
    std::cerr << lacking(stale, list.size(), "rest on what has changed, and --for must write them anew");
  if (!missing.empty()) std::cerr << lacking(missing, list.size(), "have no result");
}

void run(Session& session, const JobsCommand& command) {
  const int asked = (command.purpose.empty() ? 0 : 1) + (command.run.empty() ? 0 : 1) + (command.merge.empty() ? 0 : 1);
  if (asked != 1) throw std::invalid_argument("jobs: one of --for, --run and --merge");
  if (command.purpose.empty() == !command.out.empty()) throw std::invalid_argument("jobs: --for and --out go together");
  if (command.purpose.empty() && !command.words.empty())
    throw std::invalid_argument("jobs: " + command.words.front() + ": only --for takes words of a command");
  if (!command.run.empty()) run_job(session, command);
  else if (!command.merge.empty()) merge(session, command);
  else write_jobs(command);
}

}  // namespace

void add_jobs(CLI::App& app, Session& session) {
  auto* jobs_app =
      app.add_subcommand("jobs", "the work of another command on several machines: a file a job, and answers merged");
  jobs_app->footer(
      "Examples:\n"
      "  pasid jobs --for check --out work                      every shipped design\n"
      "  pasid jobs --for check --out work -- linux-7.3 ./mine.toml --trace none\n"
      "  pasid jobs --for fuzz --out work -- --backend process:./mine --calls 1000000 --jobs 10\n"
      "  pasid jobs --for mutate --out work -- linux-7.3 --suite all.json\n"
      "  ninja -C work -j2                                      all of them here; or\n"
      "  cd work && parallel pasid jobs --run {} :::: jobs.txt  here, or with --sshlogin; or\n"
      "  sbatch work/array.sh                                   with Slurm\n"
      "  pasid jobs --merge work\n"
      "--merge prints what the command would have printed on one machine, with its exit code; where results are missing\n"
      "it says so, with 2. A result is kept as long as the job, its designs, the rules that these have and the program\n"
      "are the same.");
  const auto command = std::make_shared<JobsCommand>();
  std::vector<std::string> names;
  for (const JobKind& kind : job_kinds()) names.emplace_back(kind.command);
  jobs_app
      ->add_option("--for", command->purpose,
                   fmt::format("write jobs that do the work of {}", fmt::join(names, " or ")))
      ->check(quietly(CLI::IsMember(names)))
      ->type_name("COMMAND");
  jobs_app->add_option("--out", command->out, "the folder the jobs go to; results that are there stay")
      ->type_name("DIR");
  jobs_app->add_option("words", command->words, "what the command would be given; its options behind --")
      ->type_name("WORD");
  jobs_app->add_option("--run", command->run, "do one job, unless its result is there, and write that beside it")
      ->type_name("FILE");
  jobs_app->add_option("--merge", command->merge, "the answer, from the results in this folder")->type_name("DIR");
  jobs_app->add_flag("--json", command->json, "machine-readable output");
  jobs_app->callback([&session, command] { run(session, *command); });
}

}  // namespace pasid::cli
