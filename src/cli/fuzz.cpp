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
#include "src/cli/fuzz_runs.hpp"
#include "src/cli/guard_table.hpp"
#include "src/cli/help.hpp"
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

/// What was asked, and what it met.
GuardTable met(const conform::Catalogue& catalogue, const spec::NativeFacts& knobs, const FuzzRuns& fuzz) {
  GuardTable out;
  for (const int k : fuzz.kinds()) {
    GuardTable::Call& call = out.of(catalogue, knobs, k);
    call.asked = fuzz.asked(k);
    for (const auto& [outcome, n] : fuzz.counts().outcomes) {
      if (outcome.kind != k) continue;
      if (outcome.guard.empty()) call.ok += n;
      else GuardTable::row(call, outcome.guard).met += n;
    }
  }
  return out;
}

/// The calls that had less than their share; empty: none.
std::string lagging(const conform::Catalogue& catalogue, const FuzzRuns& fuzz) {
  const double least = conform::least_share(fuzz.kinds().size());
  const auto all = static_cast<double>(fuzz.counts().calls);
  std::string out;
  for (const int k : fuzz.kinds())
    if (static_cast<double>(fuzz.asked(k)) < least * all)
      out += (out.empty() ? "" : ", ") + std::string(catalogue[k].name);
  return out.empty() ? out : fmt::format("  less than {:.1f} % of the calls: {}\n", 100 * least, out);
}

/// What nothing is said of, and why.
std::string left_out_text(const conform::FuzzCounts& counts) {
  std::string out;
  for (const auto& [why, worlds] : counts.unsupported)
    out += "  left out " + count(worlds) + (worlds == 1 ? " world: " : " worlds: ") + why + '\n';
  if (counts.not_again > 0)
    out += "  failed in a line of calls, but not when they were asked one by one: " + count(counts.not_again) + '\n';
  return out;
}

std::string seeds(std::uint64_t first, std::size_t jobs) {
  return jobs == 1 ? "seed " + std::to_string(first)
                   : "seeds " + std::to_string(first) + " to " + std::to_string(first + jobs - 1);
}

/// What was found, as short as it gets, and what is wrong with it.
struct Finding {
  conform::Found shortest;
  conform::Verdict verdict;
  Telling telling;
  conform::VectorTest test;
  std::string no_vector;  ///< not empty: why the test is none that can be asked for again
};

Finding explain(const FuzzCommand& command, const conform::Catalogue& catalogue, conform::Backend& backend,
                const conform::Found& found) {
  Finding out{conform::shrink(catalogue, found, backend, command.shrink_seconds), {}, {}, {}, {}};
  conform::ReplayOptions options;
  options.batch = 1;
  options.design = command.design;
  out.verdict = conform::replay(catalogue, *found.world, out.shortest.calls, backend, options);
  out.telling = tell(out.verdict, catalogue, *found.world, out.shortest.calls);
  out.test.id = 1;
  out.test.calls = out.shortest.calls;
  out.test.comment = out.verdict.wrong() ? out.telling.why : "It went wrong once, and not again: " + found.what;
  // What the model answers: where the implementation was right, that is what it said.
  const bool all = out.verdict.kind == conform::Verdict::Kind::ok;
  const auto right = std::span(out.verdict.answers).first(all ? out.verdict.answers.size() : out.verdict.at);
  out.test.answers.assign(right.begin(), right.end());
  if (!out.verdict.expected.empty()) out.test.answers.push_back(out.verdict.expected.front().answer);
  if (out.test.calls.empty()) out.no_vector = "the reset alone fails";
  else if (out.test.answers.size() != out.test.calls.size()) out.no_vector = "what is right is not known for all of it";
  return out;
}

void fuzz(Session& session, FuzzCommand& command) {
  const lang::Tree& tree = proofs::model();
  const explore::Reading reading = explore::native_reading();
  if (command.design.empty()) command.design = command.backend.design();
  const io::Design design = io::load_design(tree, command.design);
  const spec::NativeFacts knobs = io::facts_of(tree, design);
  std::vector<std::unique_ptr<Implementation>> implementations;
  const std::size_t jobs = command.backend.jobs(command.options.calls > 0 ? command.options.calls : UINT64_MAX);
  while (implementations.size() < jobs) implementations.push_back(command.backend.start(session));
  const Implementation& first = *implementations.front();
  if (const std::string why = first.no_hello(); !why.empty()) {
    const std::string text = "the program under test did not say what it offers: " + why;
    if (command.json)
      std::cout << nlohmann::ordered_json{{"implementation", command.backend.text()},
                                          {"design", command.design},
                                          {"calls", 0},
                                          {"found", {{"why", text}, {"calls", 0}, {"file", nullptr}}}}
                       .dump(2)
                << '\n';
    else std::cerr << "pasid: " << text << '\n';
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
  const conform::FuzzCounts& counts = fuzz.counts();
  std::optional<Finding> finding;
  if (wrong) {
    Progress progress(session);
    progress.say("something is wrong: looking for the shortest sequence");
    finding = explain(command, catalogue, **implementations[wrong->run], wrong->found);
    if (finding->no_vector.empty())
      io::write_file("--out", command.out,
                     conform::vector_text(
                         tree, command.design, catalogue, first.device(), *wrong->found.world, finding->test, "fuzz",
                         "Found by pasid fuzz --seed " + std::to_string(command.options.seed + wrong->run) + "."));
  }

  GuardTable coverage = met(catalogue, knobs, fuzz);
  if (command.json || command.verbose) coverage.explain(catalogue, design, has, "no call came to it");
  if (command.json) {
    nlohmann::ordered_json out{{"implementation", has.name},
                               {"design", command.design},
                               {"seed", command.options.seed},
                               {"jobs", jobs},
                               {"calls", counts.calls},
                               {"succeeded", counts.succeeded},
                               {"sequences", counts.sequences},
                               {"searched", counts.searched},
                               {"states", counts.most_states},
                               {"not_again", counts.not_again},
                               {"unsupported", counts.unsupported},
                               {"seconds", counts.seconds},
                               {"coverage", coverage.json()},
                               {"found", nullptr}};
    if (finding)
      out["found"] = {{"why", finding->test.comment},
                      {"calls", finding->test.calls.size()},
                      {"file", finding->no_vector.empty() ? nlohmann::ordered_json(command.out) : nullptr}};
    std::cout << out.dump(2) << '\n';
  } else {
    std::cout << headline(session, has.name,
                          rate(counts.calls, counts.seconds) + ", " + percent(counts.succeeded, counts.calls) +
                              " of them ok, " + count(counts.sequences) + " resets, " +
                              seeds(command.options.seed, jobs))
              << '\n'
              << (counts.calls > 0 ? coverage.text(counts.calls, command.verbose) + lagging(catalogue, fuzz) : "")
              << left_out_text(counts) << '\n';
    if (finding) {
      std::cout << bad(session, "wrong") << ": " << wrapped(session, finding->test.comment, 7) << '\n'
                << finding->telling.detail << '\n';
      if (!finding->verdict.trace.steps.empty()) command.traces.print(session, tree, finding->verdict.trace);
      std::cout << (finding->no_vector.empty() ? "As a vector: " + command.out
                                               : "No vector was written: " + finding->no_vector)
                << '\n';
    } else {
      std::cout << (counts.not_again > 0 ? bad(session, "unknown") + ": what failed did not fail again"
                                         : good(session, "nothing wrong was found"))
                << '\n';
    }
  }
  if (finding) command.traces.save(tree, finding->verdict.trace);
  if (wrong) session.exit_code = code::violated;
  else if (fuzz.gave_up() || counts.not_again > 0) session.exit_code = code::unknown;
  else if (counts.calls == 0) {
    std::cerr << "pasid: no call was judged: nothing was shown\n";
    session.exit_code = code::violated;
  }
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
