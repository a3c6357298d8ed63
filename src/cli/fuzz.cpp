// pasid fuzz
#include "src/conform/fuzz.hpp"

#include <algorithm>
#include <iostream>
#include <memory>
#include <set>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "proofs/model.hpp"
#include "src/cli/backends.hpp"
#include "src/cli/fuzz_report.hpp"
#include "src/cli/fuzz_runs.hpp"
#include "src/cli/help.hpp"
#include "src/cli/part.hpp"
#include "src/cli/progress.hpp"
#include "src/cli/text.hpp"
#include "src/cli/trace_output.hpp"
#include "src/cli/verdicts.hpp"
#include "src/conform/fuzz_worlds.hpp"
#include "src/conform/vector_file.hpp"
#include "src/io/design.hpp"
#include "src/io/file.hpp"

namespace pasid::cli {
namespace {

struct FuzzCommand {
  BackendChoice backend;
  std::string design;
  conform::FuzzOptions options;
  double shrink_seconds = 30;
  std::string out = "found.json";
  bool json = false;
  bool verbose = false;
  TraceOutput traces;
};

/// What was found, as short as it gets, and what is wrong with it.
struct Finding {
  conform::Verdict verdict;
  FuzzFinding told;
};

Finding explain(const Session& session, const FuzzCommand& command, const conform::Catalogue& catalogue,
                Implementation& implementation, const conform::Found& found, std::uint64_t seed) {
  const conform::Found shortest = conform::shrink(catalogue, found, *implementation, command.shrink_seconds);
  conform::ReplayOptions options;
  options.batch = 1;
  options.design = command.design;
  Finding out{conform::replay(catalogue, *found.world, shortest.calls, *implementation, options), {}};
  const conform::Verdict& verdict = out.verdict;
  const Telling telling = tell(verdict, catalogue, *found.world, shortest.calls);
  conform::VectorTest test;
  test.id = 1;
  test.calls = shortest.calls;
  test.comment = verdict.wrong() ? telling.why : "It went wrong once, and not again: " + found.what;
  // What the model answers: where the implementation was right, that is what it said.
  const bool all = verdict.kind == conform::Verdict::Kind::ok;
  const auto right = std::span(verdict.answers).first(all ? verdict.answers.size() : verdict.at);
  test.answers.assign(right.begin(), right.end());
  if (!verdict.expected.empty()) test.answers.push_back(verdict.expected.front().answer);

  FuzzFinding& told = out.told;
  if (test.calls.empty()) told.no_vector = "the reset alone fails";
  else if (test.answers.size() != test.calls.size()) told.no_vector = "what is right is not known for all of it";
  else
    told.vector =
        conform::vector_text(catalogue.tree(), command.design, catalogue, implementation.device(), *found.world, test,
                             "fuzz", "Found by pasid fuzz --seed " + std::to_string(seed) + ".");
  told.why = test.comment;
  told.calls = test.calls.size();
  told.words = wrapped(session, test.comment, 7) + '\n' + telling.detail + '\n';
  if (!verdict.trace.steps.empty()) told.words += command.traces.text(session, catalogue.tree(), verdict.trace);
  return out;
}

void fuzz(Session& session, FuzzCommand& command) {
  const lang::Tree& tree = proofs::model();
  const explore::Reading reading = explore::native_reading();
  if (command.design.empty()) command.design = command.backend.design();
  const io::Design design = load_design(session, tree, command.design);
  const spec::NativeFacts knobs = io::facts_of(tree, design);
  std::vector<std::unique_ptr<Implementation>> implementations;
  const std::size_t jobs = command.backend.jobs(command.options.calls > 0 ? command.options.calls : UINT64_MAX);
  while (implementations.size() < jobs) implementations.push_back(command.backend.start(session));
  const Implementation& first = *implementations.front();
  if (const std::string why = first.no_hello(); !why.empty()) {
    const std::string text = "the program under test did not say what it offers: " + why;
    if (wants_json(session, command.json))
      print_json(session, nlohmann::ordered_json{{"implementation", command.backend.text()},
                                                 {"design", command.design},
                                                 {"calls", 0},
                                                 {"found", {{"why", text}, {"calls", 0}, {"file", nullptr}}}});
    if (!command.json) std::cerr << "pasid: " << text << '\n';
    session.exit_code = code::violated;
    return;
  }
  const conform::Catalogue catalogue(tree, reading, knobs, first.device());
  for (const auto& implementation : implementations) implementation->speak(catalogue);
  const conform::Capabilities& has = first->capabilities();
  const auto worlds = conform::fuzz_worlds(tree, knobs, has);
  if (worlds.empty()) throw std::invalid_argument("the implementation can be configured as none of the worlds");
  FuzzRuns fuzz(catalogue, worlds, implementations, command.options);
  if (fuzz.kinds().empty())
    throw std::invalid_argument("the implementation has none of the calls of " + command.design);

  const std::optional<FuzzRuns::Wrong> wrong = [&] {
    Progress progress(session);
    return fuzz.run(progress);
  }();
  FuzzReport report{
      has.name, command.design, command.options.seed, jobs, fuzz.counts(), fuzz.kinds(), {}, fuzz.gave_up(), {}};
  for (const int k : fuzz.kinds()) report.asked[k] = fuzz.asked(k);
  if (wrong) {
    const Finding finding = [&] {
      Progress progress(session);
      progress.say("something is wrong: looking for the shortest sequence");
      return explain(session, command, catalogue, *implementations[wrong->run], wrong->found,
                     command.options.seed + wrong->run);
    }();
    report.found = finding.told;
    command.traces.save(tree, finding.verdict.trace);
    if (session.part == nullptr && finding.told.no_vector.empty())
      io::write_file("--out", command.out, finding.told.vector);
  }

  GuardTable coverage = guard_table(catalogue, knobs, report);
  const bool whys = wants_json(session, command.json) || command.verbose;
  if (whys) coverage.explain(catalogue, knobs, has);
  if (whys && session.part == nullptr) coverage.prove(catalogue, design, not_come_to);  // once for all parts
  if (wants_json(session, command.json)) print_json(session, to_json(report, coverage, command.out));
  if (!command.json) print(session, catalogue, report, coverage, command.out, command.verbose);
  if (session.part != nullptr)
    session.part->more = {
        {"own_device", first.device() == conform::Device::itself}, {"gave_up", report.gave_up}, {"found", nullptr}};
  if (session.part != nullptr && report.found)
    session.part->more["found"] = {
        {"words", report.found->words}, {"vector", report.found->vector}, {"no_vector", report.found->no_vector}};
  session.exit_code = exit_code(report);
}

}  // namespace

void add_fuzz(CLI::App& app, Session& session) {
  auto* fuzz_app = app.add_subcommand("fuzz", "ask an implementation endless sequences of calls, led by the model");
  fuzz_app->footer(
      "Examples:\n"
      "  pasid fuzz --backend process:./mine\n"
      "  pasid fuzz --backend reference --calls 1000000 --seed 7\n"
      "At least half of the calls succeed, and each call that the implementation has is 5 % of them at least (half an\n"
      "equal share where it has more than ten); calls that had less are named. What is found is made as short as can be\n"
      "and written as a vector that pasid replay takes.");
  const auto command = std::make_shared<FuzzCommand>();
  command->backend.add_options(*fuzz_app);
  fuzz_app
      ->add_option(
          "--design", command->design,
          "whose rules: a shipped design's name, or a file; a kernel's own or linux-7.3 where this is not given")
      ->type_name("DESIGN");
  auto* seconds = fuzz_app->add_option("--seconds", command->options.seconds, "how long")
                      ->type_name("N")
                      ->check(quietly(CLI::Range(0.001, 1e9)))
                      ->capture_default_str();
  fuzz_app->add_option("--calls", command->options.calls, "how many calls, instead: the same for a seed")
      ->type_name("N")
      ->check(quietly(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 62U)))
      ->excludes(seconds);
  fuzz_app
      ->add_option("--seed", command->options.seed,
                   "of everything that is drawn; where several are asked at once, of the first: the next has the next")
      ->type_name("N")
      ->capture_default_str();
  fuzz_app->add_option("--out", command->out, "where to write what is found")->type_name("FILE")->capture_default_str();
  fuzz_app->add_flag("--json", command->json, "machine-readable output");
  fuzz_app->add_flag("--verbose", command->verbose, "every guard, met or not");
  command->traces.add_options(*fuzz_app);
  fuzz_app->callback([&session, command] { fuzz(session, *command); });
}

}  // namespace pasid::cli
