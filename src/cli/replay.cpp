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
#include "src/cli/help.hpp"
#include "src/cli/progress.hpp"
#include "src/cli/text.hpp"
#include "src/cli/trace_output.hpp"
#include "src/cli/verdicts.hpp"
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
  TraceOutput traces;
};

/// Empty, or what the implementation has not that the test needs.
std::string lacks(const conform::Capabilities& capabilities, const conform::VectorGroup& group,
                  const conform::VectorTest& test) {
  if (!test.lacks.empty()) return "its device is its own: no " + test.lacks;
  for (const auto& cell : group.observes)
    if (!capabilities.shows(cell)) return "it does not show " + cell;
  for (const conform::Call& call : test.calls) {
    const conform::CallKind& kind = (*group.catalogue)[call.kind];
    if (!capabilities.offers(kind.name)) return "it has no " + std::string(kind.name);
    for (const std::uint8_t k : kind.inputs)
      if (!capabilities.can_tell(kind.params[k], call.args[k]))
        return "it cannot be told " + conform::choice_name(kind.params[k], call.args[k]);
  }
  return capabilities.lacks(group.world);
}

/// Runs tests and keeps what came of them; the trace of the first that fails.
class Run {
 public:
  Run(BackendChoice& backend, bool fail_fast) : backend_(backend), fail_fast_(fail_fast) {}

  void file(const conform::VectorFile& file, Progress& progress) {
    for (const conform::VectorGroup& group : file.groups()) {
      backend_.speak(*group.catalogue);
      for (const conform::VectorTest& test : group.tests) {
        if (stopped()) return;
        progress.say(file.path() + ": " + count(results_.size()) + " tests");
        results_.push_back(run(file, group, test));
      }
    }
  }

  /// The program did not say what it offers, for that reason: nothing else can be asked.
  void no_hello(const std::string& why) {
    results_.push_back({backend_.text(), 0, "what it offers", Outcome::failed, why, {}, 0});
  }

  /// A test has failed, and no other is wanted.
  [[nodiscard]] bool stopped() const {
    return fail_fast_ && !results_.empty() && results_.back().outcome == Outcome::failed;
  }

  [[nodiscard]] const std::vector<TestResult>& results() const { return results_; }
  [[nodiscard]] std::size_t of(Outcome outcome) const {
    return static_cast<std::size_t>(std::ranges::count(results_, outcome, &TestResult::outcome));
  }
  [[nodiscard]] const std::optional<trace::Trace>& first_trace() const { return first_trace_; }

 private:
  TestResult run(const conform::VectorFile& file, const conform::VectorGroup& group, const conform::VectorTest& test) {
    TestResult out{file.path(), test.id, test.comment, Outcome::passed, {}, {}, 0};
    out.why = lacks(backend_->capabilities(), group, test);
    if (!out.why.empty()) {
      out.outcome = Outcome::skipped;
      return out;
    }
    const auto start = std::chrono::steady_clock::now();
    conform::ReplayOptions options;
    options.design = file.design();
    conform::Verdict verdict = conform::replay(*group.catalogue, group.world, test.calls, *backend_, options);
    if (verdict.kind == conform::Verdict::Kind::backend_failed && verdict.where == conform::Verdict::Where::call &&
        test.calls.size() > 1) {
      options.batch = 1;  // which call was it?
      auto again = conform::replay(*group.catalogue, group.world, test.calls, *backend_, options);
      if (again.kind == conform::Verdict::Kind::ok) verdict.what += " (but not when it was asked again, call by call)";
      else verdict = std::move(again);
    }
    const Telling telling = tell(verdict, *group.catalogue, group.world, test.calls);
    out.outcome = telling.outcome;
    out.why = telling.why;
    out.detail = telling.detail;
    if (out.outcome == Outcome::failed && !first_trace_) first_trace_ = verdict.trace;
    out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return out;
  }

  BackendChoice& backend_;
  bool fail_fast_;
  std::vector<TestResult> results_;
  std::optional<trace::Trace> first_trace_;
};

nlohmann::ordered_json to_json(const Run& run, const std::string& implementation) {
  nlohmann::ordered_json out{{"implementation", implementation},    {"passed", run.of(Outcome::passed)},
                             {"failed", run.of(Outcome::failed)},   {"unknown", run.of(Outcome::unknown)},
                             {"skipped", run.of(Outcome::skipped)}, {"tests", nlohmann::ordered_json::array()}};
  for (const TestResult& r : run.results())
    out["tests"].push_back({{"file", r.file},
                            {"tcId", r.id == 0 ? nlohmann::ordered_json() : nlohmann::ordered_json(r.id)},
                            {"comment", r.comment},
                            {"verdict", name_of(r.outcome)},
                            {"why", r.why.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(r.why)},
                            {"seconds", r.seconds}});
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

void print_text(const Session& session, const lang::Tree& tree, const ReplayCommand& command, const Run& run,
                const std::string& implementation) {
  constexpr std::size_t most = 20;
  std::size_t shown = 0;
  for (const TestResult& r : run.results()) {
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
    if (wrong && shown == 1 && run.first_trace()) command.traces.print(session, tree, *run.first_trace());
  }
  if (shown > most && !command.verbose) std::cout << "and " << count(shown - most) << " more (--verbose)\n";
  std::cout << headline(session, implementation,
                        count(run.of(Outcome::passed)) + " passed, " + count(run.of(Outcome::failed)) + " failed, " +
                            count(run.of(Outcome::unknown)) + " unknown, " + count(run.of(Outcome::skipped)) +
                            " skipped")
            << skipped_text(run.results());
  if (run.stopped()) std::cout << "  stopped at the first that failed (--fail-fast)\n";
}

void replay(Session& session, ReplayCommand& command) {
  const lang::Tree& tree = proofs::model();
  const explore::Reading reading = explore::native_reading();
  command.backend.start(session);
  Run run(command.backend, command.fail_fast);
  const std::string why = command.backend.no_hello();
  std::vector<std::unique_ptr<conform::VectorFile>> files;
  if (why.empty()) {
    for (const std::string& path : command.files)
      files.push_back(std::make_unique<conform::VectorFile>(path, tree, reading, command.backend.device()));
    Progress progress(session);
    for (const auto& file : files) run.file(*file, progress);
  } else {
    run.no_hello("the program under test did not say what it offers: " + why);
  }
  const std::string implementation =
      !why.empty() || run.results().empty() ? command.backend.text() : command.backend->capabilities().name;
  if (!command.junit.empty()) io::write_file("--junit", command.junit, conform::junit(run.results(), implementation));
  if (command.tap) std::cout << conform::tap(run.results());
  else if (command.json) std::cout << to_json(run, implementation).dump(2) << '\n';
  else if (!why.empty()) std::cerr << "pasid: " << run.results().front().why << '\n';
  else print_text(session, tree, command, run, implementation);
  if (run.first_trace()) command.traces.save(tree, *run.first_trace());

  if (run.of(Outcome::failed) > 0) session.exit_code = code::violated;
  else if (run.of(Outcome::unknown) > 0) session.exit_code = code::unknown;
  else if (run.of(Outcome::passed) == 0) {
    std::cerr << "pasid: no test was run: nothing was shown; "
              << (run.results().empty()
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
  replay_app->add_flag("--verbose", command->verbose, "every test, and every detail of those that fail");
  command->traces.add_options(*replay_app);
  replay_app->callback([&session, command] { replay(session, *command); });
}

}  // namespace pasid::cli
