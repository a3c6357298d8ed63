// pasid replay
#include "src/conform/replay.hpp"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "proofs/model.hpp"
#include "src/cli/backends.hpp"
#include "src/cli/guard_table.hpp"
#include "src/cli/help.hpp"
#include "src/cli/progress.hpp"
#include "src/cli/test_runs.hpp"
#include "src/cli/text.hpp"
#include "src/cli/trace_output.hpp"
#include "src/cli/verdicts.hpp"
#include "src/conform/deciding.hpp"
#include "src/conform/report.hpp"
#include "src/conform/vector_file.hpp"
#include "src/io/file.hpp"

namespace pasid::cli {
namespace {

using conform::TestResult;
using Outcome = TestResult::Outcome;

struct ReplayCommand {
  BackendChoice backend;
  std::vector<std::string> files;
  bool tap = false;
  bool json = false;
  std::string junit;
  bool verbose = false;
  bool fail_fast = false;
  bool guards = false;
  TraceOutput traces;
};

/// What came of all.
struct Results {
  std::optional<GuardTable> guards;
  std::vector<TestResult> tests;
  std::optional<trace::Trace> first_trace;  ///< of the first that failed
  bool stopped = false;                     ///< at that one

  [[nodiscard]] std::size_t of(Outcome outcome) const {
    return static_cast<std::size_t>(std::ranges::count(tests, outcome, &TestResult::outcome));
  }
};

nlohmann::ordered_json to_json(const Results& results, const std::string& implementation) {
  nlohmann::ordered_json out{{"implementation", implementation},        {"passed", results.of(Outcome::passed)},
                             {"failed", results.of(Outcome::failed)},   {"unknown", results.of(Outcome::unknown)},
                             {"skipped", results.of(Outcome::skipped)}, {"tests", nlohmann::ordered_json::array()}};
  for (const TestResult& r : results.tests)
    out["tests"].push_back({{"file", r.file},
                            {"tcId", r.id == 0 ? nlohmann::ordered_json() : nlohmann::ordered_json(r.id)},
                            {"comment", r.comment},
                            {"verdict", name_of(r.outcome)},
                            {"why", r.why.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(r.why)},
                            {"seconds", r.seconds}});
  if (results.guards) out["guards"] = results.guards->json();
  return out;
}

/// What the tests that passed have met, and what those that were skipped would have.
GuardTable met(const TestRuns& runs, const lang::Tree& tree, const conform::Capabilities& has) {
  GuardTable out;
  std::map<const conform::Catalogue*, std::string> designs;
  for (const TestRuns::Place& place : runs.places()) {
    if (!place.result || !place.test->lacks.empty()) continue;  // there are no such calls
    const conform::Catalogue& catalogue = *place.group->catalogue;
    designs[&catalogue] = place.file->design();
    const bool passed = place.result->outcome == Outcome::passed;
    const auto& calls = place.test->calls;
    const auto deciding =
        conform::deciding_guards(catalogue, place.group->world, calls, passed ? place.answers : place.test->answers);
    for (std::size_t i = 0; i < calls.size(); ++i) {
      GuardTable::Call& call = out.of(catalogue, place.group->world.facts, calls[i].kind);
      if (passed) {
        ++call.asked;
        call.ok += place.answers[i].kind == conform::Answer::Kind::ok ? 1U : 0U;
        if (!deciding[i].empty()) GuardTable::meet(GuardTable::row(call, deciding[i]), place.answers[i].by);
      } else if (!place.lacks.empty() && !deciding[i].empty()) {
        ++GuardTable::row(call, deciding[i]).lacks[place.lacks];
      }
    }
  }
  for (const auto& [catalogue, name] : designs) {
    const io::Design design = io::load_design(tree, name);
    out.explain(*catalogue, io::facts_of(tree, design), has);
    out.prove(*catalogue, design, "no test came to it");
  }
  return out;
}

/// "2 need a call it has not (user.replace)": why tests were skipped, each reason once.
std::string skipped_text(const std::vector<TestResult>& results) {
  std::vector<std::pair<std::string, std::size_t>> reasons;
  for (const TestResult& r : results) {
    if (r.outcome != Outcome::skipped) continue;
    const auto known = std::ranges::find(reasons, r.why, &std::pair<std::string, std::size_t>::first);
    if (known == reasons.end()) reasons.emplace_back(r.why, 1);
    else ++known->second;
  }
  std::ranges::stable_sort(reasons, std::ranges::greater{}, &std::pair<std::string, std::size_t>::second);
  std::string out;
  for (const auto& [why, n] : reasons) out += "  skipped " + count(n) + ": " + why + '\n';
  return out;
}

void print_text(const Session& session, const lang::Tree& tree, const ReplayCommand& command, const Results& results,
                const std::string& implementation) {
  constexpr std::size_t most = 20;
  std::size_t shown = 0;
  for (const TestResult& r : results.tests) {
    const bool wrong = r.outcome == Outcome::failed || r.outcome == Outcome::unknown;
    if (!wrong && !command.verbose) continue;
    if (wrong && ++shown > most && !command.verbose) continue;
    const std::string name(name_of(r.outcome));
    std::cout << conform::title(r) << ' '
              << (wrong                          ? bad(session, name)
                  : r.outcome == Outcome::passed ? good(session, name)
                                                 : dim(session, name))
              << ": " << r.comment << '\n';
    if (!r.why.empty()) std::cout << "  " << wrapped(session, r.why, 2) << '\n';
    if (wrong && (shown == 1 || command.verbose)) std::cout << r.detail << '\n';
    if (wrong && shown == 1 && results.first_trace) command.traces.print(session, tree, *results.first_trace);
  }
  if (shown > most && !command.verbose) std::cout << "and " << count(shown - most) << " more (--verbose)\n";
  std::cout << headline(session, implementation,
                        count(results.of(Outcome::passed)) + " passed, " + count(results.of(Outcome::failed)) +
                            " failed, " + count(results.of(Outcome::unknown)) + " unknown, " +
                            count(results.of(Outcome::skipped)) + " skipped")
            << skipped_text(results.tests);
  if (results.guards) std::cout << '\n' << results.guards->text(0, true);
  if (results.stopped) std::cout << "  stopped at the first that failed (--fail-fast)\n";
}

void replay(Session& session, ReplayCommand& command) {
  const lang::Tree& tree = proofs::model();
  const explore::Reading reading = explore::native_reading();
  std::vector<std::unique_ptr<Implementation>> implementations;
  implementations.push_back(command.backend.start(session));
  const std::string why = implementations.front()->no_hello();
  std::vector<std::unique_ptr<conform::VectorFile>> files;
  Results results;
  if (why.empty()) {
    for (const std::string& path : command.files)
      files.push_back(std::make_unique<conform::VectorFile>(path, tree, reading, implementations.front()->device()));
    TestRuns runs(files);
    while (implementations.size() < command.backend.jobs(runs.size()))
      implementations.push_back(command.backend.start(session));
    {
      Progress progress(session);
      runs.run(implementations, command.fail_fast, command.guards, progress);
    }
    results.tests = runs.results();
    results.first_trace = runs.first_trace();
    if (command.guards) results.guards = met(runs, tree, (*implementations.front())->capabilities());
    results.stopped = command.fail_fast && results.of(Outcome::failed) > 0;
  } else {
    // Nothing else can be asked.
    results.tests.push_back({command.backend.text(),
                             0,
                             "what it offers",
                             Outcome::failed,
                             "the program under test did not say what it offers: " + why,
                             {},
                             0});
  }
  const std::string implementation =
      !why.empty() || results.tests.empty() ? command.backend.text() : (*implementations.front())->capabilities().name;
  if (!command.junit.empty()) io::write_file("--junit", command.junit, conform::junit(results.tests, implementation));
  if (command.tap) std::cout << conform::tap(results.tests);
  else if (command.json) std::cout << to_json(results, implementation).dump(2) << '\n';
  else if (!why.empty()) std::cerr << "pasid: " << results.tests.front().why << '\n';
  else print_text(session, tree, command, results, implementation);
  if (results.first_trace) command.traces.save(tree, *results.first_trace);

  if (results.of(Outcome::failed) > 0) session.exit_code = code::violated;
  else if (results.of(Outcome::unknown) > 0) session.exit_code = code::unknown;
  else if (results.of(Outcome::passed) == 0) {
    std::cerr << "pasid: no test was run: nothing was shown; "
              << (results.tests.empty()
                      ? "the files have none"
                      : "pasid vectors --suite covering has more for few calls, and pasid fuzz asks for no others")
              << '\n';
    session.exit_code = code::violated;
  }
}

}  // namespace

void add_replay(CLI::App& app, Session& session) {
  auto* replay_app = app.add_subcommand("replay", "put test vectors to an implementation");
  replay_app->footer(
      "Examples:\n"
      "  pasid replay --backend process:./mine vectors.json\n"
      "  pasid vectors --design linux-7.3 --out - | pasid replay --backend reference -\n"
      "  pasid replay --backend process:'ssh board ./mine' --junit out.xml vectors.json\n"
      "The program under test speaks lines of JSON: spec/formats/conform_protocol.md.");
  const auto command = std::make_shared<ReplayCommand>();
  replay_app->add_option("files", command->files, "vector files; - is standard input")->required()->type_name("FILE");
  command->backend.add_options(*replay_app);
  auto* tap = replay_app->add_flag("--tap", command->tap, "print the Test Anything Protocol");
  replay_app->add_flag("--json", command->json, "machine-readable output")->excludes(tap);
  replay_app->add_option("--junit", command->junit, "write JUnit's XML there")->type_name("FILE");
  replay_app->add_flag("--fail-fast", command->fail_fast, "stop at the first test that fails");
  replay_app->add_flag("--guards", command->guards,
                       "how often each guard was met: the implementation answered what it says, and nothing before it "
                       "did; and what is missing where one never was");
  replay_app->add_flag("--verbose", command->verbose, "every test, and every detail of those that fail");
  command->traces.add_options(*replay_app);
  replay_app->callback([&session, command] { replay(session, *command); });
}

}  // namespace pasid::cli
