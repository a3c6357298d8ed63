// pasid diff
#include "src/review/diff.hpp"

#include <filesystem>
#include <iostream>
#include <memory>
#include <thread>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "src/check/hints.hpp"
#include "src/check/places.hpp"
#include "src/cli/help.hpp"
#include "src/cli/progress.hpp"
#include "src/review/diff_report.hpp"
#include "src/review/rules_file.hpp"

namespace pasid::cli {
namespace {

struct DiffCommand {
  std::string a;
  std::string b;
  std::string rules;
  std::string form = "text";
  bool brief = false;
  bool json = false;
  bool exit_code = false;
  unsigned threads = std::max(1U, std::thread::hardware_concurrency());
  /// Who compares waits for it: without the last and longest round of a check's searches. What the shipped designs
  /// violate is found where it is on record.
  std::size_t max_states = check::Options{}.max_states / 8;
  std::size_t nodes = review::BehaviourOptions{}.nodes;
};

review::Diff compare(const Session& session, const review::Side& a, const review::Side& b, const DiffCommand& command) {
  Progress progress(session);
  review::DiffOptions options;
  options.check.threads = command.threads;
  options.check.max_states = command.max_states;
  options.check.max_states_where_known = check::Options{}.max_states;
  options.check.hints = check::proof_hints();
  options.check.places = check::trace_places();
  options.check.progress = [&](const std::string& what) { progress.say(what); };
  options.behaviours.threads = command.threads;
  options.behaviours.nodes = command.nodes;
  options.behaviours.progress = options.check.progress;
  return review::diff(a, b, options);
}

void run(Session& session, const DiffCommand& command) {
  if (command.b.empty() && command.rules.empty())
    throw std::invalid_argument("diff: name two designs, or one and --rules-from FILE");
  const review::Side a = command.rules.empty() ? review::side(command.a)
                                               : review::side(command.a, review::read_rules(command.rules),
                                                              std::filesystem::path(command.rules).filename().string());
  const review::Side b = review::side(command.b.empty() ? command.a : command.b);
  const review::Diff diff = compare(session, a, b, command);
  if (command.json) {
    std::cout << to_json(*a.tree, diff).dump(2) << '\n';
  } else {
    const review::Document document = review::document(diff, command.brief);
    std::cout << (command.form == "markdown" ? review::markdown(document)
                  : command.form == "html"   ? review::html(document)
                                             : review::text(document, session.columns, session.colour));
  }
  if (!diff.contradictions.empty()) session.exit_code = code::disagreement;
  else if (diff.undecided()) session.exit_code = code::unknown;
  else if (command.exit_code && diff.differs()) session.exit_code = code::violated;
}

}  // namespace

void add_diff(CLI::App& app, Session& session) {
  auto* diff = app.add_subcommand("diff", "what changes from one design to another: for whom, and where in the rules");
  diff->footer(
      "Examples:\n"
      "  pasid diff linux-6.1 linux-6.12\n"
      "  pasid diff linux-7.3 ./mine.toml --brief            a screenful\n"
      "  pasid diff linux-6.12 linux-7.3 --format markdown   for a mail\n"
      "  pasid rules --json --design linux-7.3 > old.json    and with another build\n"
      "  pasid diff linux-7.3 --rules-from old.json\n"
      "Holds (exit code 0) whatever differs; with --exit-code 1 where anything does.");
  const auto command = std::make_shared<DiffCommand>();
  diff->add_option("A", command->a, "a shipped design by name, or a file: before")->required()->type_name("DESIGN");
  diff->add_option("B", command->b, "the same: after; left out it is A, under other rules")->type_name("DESIGN");
  diff->add_option("--rules-from", command->rules,
                   "A has these rules, which `pasid rules --json` of another build wrote, or you have edited")
      ->type_name("FILE");
  diff->add_option("--format", command->form, "how it is printed")
      ->check(quietly(CLI::IsMember({"text", "markdown", "html"})))
      ->type_name("text|markdown|html")
      ->capture_default_str();
  diff->add_flag("--brief", command->brief, "without the texts of rules, and the reasons of knobs");
  diff->add_flag("--json", command->json, "machine-readable output");
  diff->add_flag("--exit-code", command->exit_code, "exit with 1 where anything differs");
  diff->add_option("--nodes", command->nodes, "how far behaviours are compared: sets of states looked at in each world")
      ->type_name("N")
      ->check(quietly(CLI::Range(std::size_t{1}, std::size_t{1'000'000})))
      ->capture_default_str();
  diff->add_option("--max-states", command->max_states, "where the search for a trace gives up in one world")
      ->type_name("N")
      ->capture_default_str();
  diff->add_option("--threads", command->threads, "threads of a search; its answer does not depend on it")
      ->type_name("N")
      ->check(quietly(CLI::Range(1U, 256U)));
  diff->callback([&session, command] { run(session, *command); });
}

}  // namespace pasid::cli
