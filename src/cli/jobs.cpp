// pasid jobs
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <sstream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "proofs/model.hpp"
#include "src/cli/commands.hpp"
#include "src/cli/help.hpp"
#include "src/jobs/folder.hpp"

namespace pasid::cli {
namespace {

using jobs::Job;
using jobs::Work;
using nlohmann::ordered_json;

struct JobsCommand {
  std::string purpose;
  std::string out;
  std::string run;
  std::string merge;
  std::vector<std::string> words;  ///< designs, then options of the command
  bool all = false;
  bool json = false;
};

/// Writes files of its own, or asks another solver: then an answer is more than what it prints.
constexpr std::string_view not_shared_out[] = {"--save-traces",   "--record-places", "--record-hints", "--dump-smt",
                                               "--second-solver", "--all",           "--json",         "--threads"};

/// A job a design. What a proof of all obligations of a design assumes is found by all of them together, and one takes
/// less than a thousandth of a second, a design a few seconds.
Work whole_of(const JobsCommand& command) {
  const auto options = std::ranges::find_if(command.words, [](const std::string& w) { return w.starts_with('-'); });
  std::vector<std::string> names(command.words.begin(), options);
  if (command.all == !names.empty())
    throw std::invalid_argument("jobs: name designs, or ask for --all; options of " + command.purpose +
                                " stand behind them, all after --");
  if (command.all) names = io::shipped_designs();
  Work out{command.purpose, {options, command.words.end()}, {}, {}};
  for (const std::string& option : out.arguments)
    for (const std::string_view no : not_shared_out)
      if (option == no || option.starts_with(std::string(no) + '='))
        throw std::invalid_argument("jobs: " + std::string(no) + " of " + command.purpose + " is not shared out");
  for (std::string& name : names) {
    const bool path = name.find('/') != std::string::npos || name.ends_with(".toml");
    if (path) name = std::filesystem::absolute(name).lexically_normal().string();
    out.designs.push_back({name, io::load_design(proofs::model(), name)});
  }
  return out;
}

std::vector<Job> jobs_of(const Work& whole) {
  std::vector<Job> out;
  for (const jobs::NamedDesign& design : whole.designs) {
    Job job{whole.command + '-' + design.design.name, {whole.command, {design.asked}, {design}, {}}, {}};
    job.work.arguments.insert(job.work.arguments.end(), whole.arguments.begin(), whole.arguments.end());
    job.key = jobs::key(proofs::model(), job.work);
    out.push_back(std::move(job));
  }
  return out;
}

void write_jobs(const JobsCommand& command) {
  jobs::Plan plan{whole_of(command), {}};
  const std::vector<Job> list = jobs_of(plan.whole);
  std::size_t known = 0;
  for (const Job& job : list) {
    plan.jobs.push_back(job.name());
    known += jobs::read_result(command.out, job) ? 1 : 0;
  }
  jobs::write_folder(command.out, plan, list, std::filesystem::canonical("/proc/self/exe").string());
  if (command.json)
    std::cout << ordered_json{{"for", command.purpose}, {"jobs", plan.jobs}, {"known", known}}.dump(2) << '\n';
  else std::cout << list.size() << " jobs in " << command.out << ", " << known << " of them with a result\n";
}

/// What the command prints, and its exit code. Throws whatever it throws.
ordered_json answer(const std::vector<std::string>& arguments, const std::string& purpose) {
  Session session;
  CLI::App app;
  app.require_subcommand(1);
  add_check(app, session);
  add_prove(app, session);
  std::vector<std::string> words{arguments.rbegin(), arguments.rend()};
  words.insert(words.end(), {"1", "--threads"});
  words.push_back(purpose);
  std::ostringstream text;
  std::streambuf* const before = std::cout.rdbuf(text.rdbuf());
  try {
    app.parse(words);
  } catch (const CLI::ParseError& e) {
    std::cout.rdbuf(before);
    throw std::invalid_argument(purpose + ": " + e.what());
  } catch (...) {
    std::cout.rdbuf(before);
    throw;
  }
  std::cout.rdbuf(before);
  return {{"exit_code", session.exit_code}, {"text", text.str()}};
}

void run_job(const JobsCommand& command) {
  const Job job = jobs::read_job(proofs::model(), command.run);
  const std::string folder = std::filesystem::path(command.run).parent_path().string();
  const bool known = jobs::read_result(folder, job).has_value();
  if (!known) {
    Work now = job.work;
    for (jobs::NamedDesign& d : now.designs) d.design = io::load_design(proofs::model(), d.asked);
    if (jobs::key(proofs::model(), now) != job.key)
      throw std::invalid_argument("jobs: the design of " + job.title + " is not as it was when the job was written");
    ordered_json both{{"shown", answer(job.work.arguments, job.work.command)}};
    std::vector<std::string> arguments = job.work.arguments;
    arguments.emplace_back("--json");
    both["json"] = answer(arguments, job.work.command);
    jobs::write_result(folder, job, both);
  }
  if (command.json) std::cout << ordered_json{{"job", job.name()}, {"known", known}}.dump(2) << '\n';
  else std::cout << job.title << (known ? ": known\n" : ": done\n");
}

/// Of several designs a command says the worst; that one is violated is worse than that one is unknown.
int worse(int a, int b) {
  constexpr int order[] = {code::holds, code::unknown, code::violated, code::bad_input, code::disagreement};
  return std::ranges::find(order, a) < std::ranges::find(order, b) ? b : a;
}

void merge(Session& session, const JobsCommand& command) {
  const jobs::Plan plan = jobs::read_plan(proofs::model(), command.merge);
  const std::vector<Job> list = jobs_of(plan.whole);
  std::vector<ordered_json> results;
  std::size_t stale = 0;
  for (const Job& job : list) {
    if (std::ranges::find(plan.jobs, job.name()) == plan.jobs.end()) ++stale;
    else if (auto result = jobs::read_result(command.merge, job)) results.push_back(std::move(*result));
  }
  const std::string of = " of " + std::to_string(list.size()) + " jobs ";
  if (stale > 0 || results.size() < list.size()) {
    if (stale > 0) std::cerr << "pasid: " << stale << of << "rest on what has changed: write them anew with --for\n";
    else std::cerr << "pasid: " << list.size() - results.size() << of << "have no result\n";
    session.exit_code = code::unknown;
    return;
  }
  ordered_json all = ordered_json::array();
  for (std::size_t i = 0; i < results.size(); ++i) {
    const ordered_json& r = results[i][command.json ? "json" : "shown"];
    if (plan.whole.command == "check") session.exit_code = std::max<int>(session.exit_code, r["exit_code"]);
    else session.exit_code = worse(session.exit_code, r["exit_code"]);
    if (command.json) all.push_back(ordered_json::parse(r["text"].get<std::string>()));
    else std::cout << (i > 0 ? "\n" : "") << r["text"].get<std::string>();
  }
  if (command.json) std::cout << (all.size() == 1 ? all[0] : ordered_json{{"designs", all}}).dump(2) << '\n';
}

void jobs_command(Session& session, const JobsCommand& command) {
  const int asked = (command.purpose.empty() ? 0 : 1) + (command.run.empty() ? 0 : 1) + (command.merge.empty() ? 0 : 1);
  if (asked != 1) throw std::invalid_argument("jobs: one of --for, --run and --merge");
  if (command.purpose.empty() == !command.out.empty()) throw std::invalid_argument("jobs: --for and --out go together");
  if (!command.run.empty()) run_job(command);
  else if (!command.merge.empty()) merge(session, command);
  else write_jobs(command);
}

}  // namespace

void add_jobs(CLI::App& app, Session& session) {
  auto* jobs_app =
      app.add_subcommand("jobs", "check and prove on several machines: a file a design, and the answers merged");
  jobs_app->footer(
      "Examples:\n"
      "  pasid jobs --for check --all --out work\n"
      "  pasid jobs --for check --out work -- linux-7.3 ./mine.toml --trace none --drop drain.work-finished\n"
      "  ninja -C work -j2       or: cd work && parallel -j2 pasid jobs --run :::: jobs.txt, or: sbatch work/array.sh\n"
      "  pasid jobs --merge work\n"
      "A result is kept while the job, its design, the rules that this has and the engines are the same. --merge prints\n"
      "what the command would have printed, with its exit code; 2 where results are missing.");
  const auto command = std::make_shared<JobsCommand>();
  jobs_app->add_option("--for", command->purpose, "write jobs that do the work of this command: check or prove")
      ->check(quietly(CLI::IsMember({"check", "prove"})))
      ->type_name("COMMAND");
  jobs_app->add_option("--out", command->out, "the folder the jobs go to; results that are there stay")
      ->type_name("DIR");
  jobs_app->add_option("words", command->words, "after --: designs by name, or files, then options of the command")
      ->type_name("DESIGN");
  jobs_app->add_flag("--all", command->all, "every shipped design");
  jobs_app->add_option("--run", command->run, "do one job, unless its result is there, and write that beside it")
      ->type_name("FILE");
  jobs_app->add_option("--merge", command->merge, "the answer, from the results in this folder")->type_name("DIR");
  jobs_app->add_flag("--json", command->json, "machine-readable output");
  jobs_app->callback([&session, command] { jobs_command(session, *command); });
}

}  // namespace pasid::cli
