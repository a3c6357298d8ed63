// pasid vectors
#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>
#include <sstream>
#include <thread>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "proofs/model.hpp"
#include "src/check/hints.hpp"
#include "src/cli/help.hpp"
#include "src/cli/progress.hpp"
#include "src/cli/text.hpp"
#include "src/conform/vectors/file.hpp"
#include "src/io/design.hpp"
#include "src/io/file.hpp"

namespace pasid::cli {
namespace {

using namespace conform::vectors;  // NOLINT(google-build-using-namespace)
using conform::Catalogue;

struct VectorsCommand {
  std::string design;
  std::string suite = "all";
  std::string out;
  std::uint64_t seed = 1;
  unsigned threads = std::max(1U, std::thread::hardware_concurrency());
  bool json = false;
};

Suites suites_named(const std::string& name) {
  const bool all = name == "all";
  return {all || name == "covering", all || name == "history", all || name == "chained", all || name == "smoke"};
}

/// One line a call: how many of its answers tests have, and what is missing.
std::string calls_text(const Session& session, const Catalogue& catalogue, const Table& table) {
  std::string out = "  " + padded("answers with tests", 30) + "   without\n";
  for (std::size_t c = 0; c < catalogue.calls().size(); ++c) {
    std::size_t met = 0;
    std::size_t all = 0;
    std::size_t never = 0;
    std::size_t elsewhere = 0;
    std::string missing;
    for (const Row& row : table.rows) {
      if (row.kind.call != static_cast<int>(c)) continue;
      ++all;
      met += row.met() ? 1 : 0;
      never += row.never ? 1 : 0;
      elsewhere += row.elsewhere ? 1 : 0;
      if (!row.met() && !row.never && !row.elsewhere)
        missing += (missing.empty() ? "" : ", ") + std::string(row.kind.guard.empty() ? "ok" : row.kind.guard);
    }
    std::string rest = never > 0 ? std::to_string(never) + " never" : "";
    if (elsewhere > 0) rest += (rest.empty() ? "" : ", ") + std::to_string(elsewhere) + " not in this suite";
    if (!missing.empty()) rest += (rest.empty() ? "unknown: " : ", unknown: ") + missing;
    out += "  " + padded(std::string(catalogue.calls()[c].name), 24) +
           padded(std::to_string(met) + " of " + std::to_string(all), 9) + wrapped(session, rest, 35) + "\n";
  }
  return out;
}

std::string history_text(const std::vector<Told>& told) {
  std::string out;
  for (const Told& t : told) {
    out += "  " + t.bug.id + "  ";
    if (t.test)
      out += padded(std::to_string(t.test->calls.size()) + " calls", 9) + "the bug " +
             (t.always ? "answers " : "may answer ") + t.wrong;
    else out += padded("-", 9) + t.why_not;
    out += "\n";
  }
  return out;
}

void run(Session& session, VectorsCommand& command) {
  const auto started = std::chrono::steady_clock::now();
  const lang::Tree tree = proofs::model();
  const io::Design design = io::load_design(tree, command.design);
  const spec::NativeFacts knobs = io::facts_of(tree, design);
  const explore::Reading reading = explore::native_reading();
  const Catalogue catalogue(tree, reading, knobs);
  GenerateOptions options;
  options.suites = suites_named(command.suite);
  options.seed = command.seed;
  options.threads = command.threads;
  options.prove.hints = check::proof_hints();
  options.prove.like = check::like(design);
  std::string text;
  std::size_t groups = 0;
  const Generated made = [&] {
    Progress progress(session);
    options.progress = [&](const std::string& what) { progress.say(design.name + ": " + what); };
    Generated out = generate(catalogue, knobs, options);
    std::ostringstream file;
    groups = write(file, catalogue, out, {command.design, command.suite, command.seed});
    text = std::move(file).str();
    return out;
  }();
  if (made.tests() == 0) throw std::invalid_argument("'" + design.name + "' has no test of the suite " + command.suite);
  if (command.out == "-") std::cout << text;
  else io::write_file("--out", command.out, text);

  const Table& table = made.table;
  const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  if (command.json || command.out == "-") {
    nlohmann::ordered_json json{{"design", design.name},
                                {"suite", command.suite},
                                {"seed", command.seed},
                                {"tests", made.tests()},
                                {"groups", groups},
                                {"worlds", made.worlds.size()},
                                {"pairs",
                                 {{"found", table.count(Table::Pair::found)},
                                  {"never", table.count(Table::Pair::never)},
                                  {"not_in_suite", table.count(Table::Pair::elsewhere)},
                                  {"unknown", table.count(Table::Pair::unknown)}}},
                                {"seconds", took}};
    (command.out == "-" ? std::cerr : std::cout) << json.dump(command.out == "-" ? -1 : 2) << '\n';
    return;
  }
  std::cout << headline(session, design.name,
                        count(made.tests()) + " tests in " + count(made.worlds.size()) + " worlds, " + seconds(took));
  // Sequences that tell bugs cover nothing else, and are not meant to.
  if (command.suite != "history")
    std::cout << calls_text(session, catalogue, table) << "  " << count(table.rows.size()) << " answers, "
              << count(table.rows.size() * table.rows.size())
              << " pairs of them: " << count(table.count(Table::Pair::found)) << " have a test, "
              << count(table.count(Table::Pair::never)) << " never come, " << count(table.count(Table::Pair::elsewhere))
              << " not in this suite, " << count(table.count(Table::Pair::unknown)) << " unknown\n";
  std::cout << history_text(made.told);
}

}  // namespace

void add_vectors(CLI::App& app, Session& session) {
  auto* vectors = app.add_subcommand("vectors", "write tests for any implementation of a design");
  vectors->footer(
      "Examples:\n"
      "  pasid vectors --design linux-7.3 --out linux-7.3.json\n"
      "  pasid vectors --design linux-7.3 --suite smoke --out smoke.json\n"
      "covering: every answer of every call, after every other that it can follow; history: sequences that tell bugs\n"
      "of real kernels; chained: long runs; smoke: under 100 tests. The file says what each test is for, and what none\n"
      "could be made for. `pasid replay` runs it.");
  const auto command = std::make_shared<VectorsCommand>();
  vectors->add_option("--design", command->design, "a shipped design's name, or a file")
      ->required()
      ->type_name("DESIGN");
  vectors->add_option("--suite", command->suite, "covering, history, chained, smoke or all")
      ->check(quietly(CLI::IsMember({"covering", "history", "chained", "smoke", "all"})))
      ->type_name("SUITE")
      ->capture_default_str();
  vectors->add_option("--out", command->out, "the file to write; -: standard output")->required()->type_name("FILE");
  vectors->add_option("--seed", command->seed, "the same file for the same seed")
      ->type_name("N")
      ->capture_default_str();
  vectors->add_option("--threads", command->threads, "the file does not depend on it")
      ->type_name("N")
      ->check(quietly(CLI::Range(1U, 256U)));
  vectors->add_flag("--json", command->json, "machine-readable output");
  vectors->callback([&session, command] { run(session, *command); });
}

}  // namespace pasid::cli
