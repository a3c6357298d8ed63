// pasid history
#include "src/check/history.hpp"

#include <algorithm>
#include <iostream>
#include <memory>
#include <thread>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "proofs/model.hpp"
#include "src/cli/commands.hpp"
#include "src/cli/help.hpp"
#include "src/cli/matrix.hpp"
#include "src/cli/progress.hpp"
#include "src/cli/text.hpp"
#include "src/cli/trace_output.hpp"
#include "src/io/names.hpp"

namespace pasid::cli {
namespace {

using check::PutBack;

struct HistoryCommand {
  std::vector<std::string> bugs;
  bool json = false;
  unsigned threads = std::max(1U, std::thread::hardware_concurrency());
  TraceOutput traces;
  check::Options options;
};

std::string length(const trace::Trace& trace) {
  const std::size_t n = trace.steps.size();
  return std::to_string(n) + (trace.grain == "step" ? " single step" : " step") + (n == 1 ? "" : "s");
}

/// One line for each bug, and the commit that mended it beneath.
void print(const Session& session, const PutBack& row) {
  const io::Bug& bug = row.bug;
  const std::string mended = bug.title + ", " + bug.fixed;
  if (row.undone) {
    const auto& with = row.undone->with_bug;
    std::cout << bold(session, padded(bug.id, 5))
              << painted(session, with.verdict, padded(cli::words(with.verdict), 10))
              << padded(with.trace ? length(*with.trace) : "", 17) << padded(with.property, 29)
              << (row.undone->found() ? "proved with the fix"
                                      : bad(session, cli::words(row.undone->fixed.verdict) + " WITH THE FIX"))
              << '\n';
  } else {
    std::cout << bold(session, padded(bug.id, 5)) << "not in the rules\n";
  }
  std::cout << "     " << wrapped(session, mended, 5) << '\n';
}

void explain(const Session& session, const lang::Tree& tree, const PutBack& row, const TraceOutput& traces) {
  std::cout << "     " << wrapped(session, "The bug: " + row.bug.effect, 5) << '\n';
  if (!row.undone) {
    std::cout << "     " << wrapped(session, "Outside: " + row.bug.outside, 5) << '\n';
    return;
  }
  std::cout << "     " << wrapped(session, row.bug.violates->design + ": " + row.bug.violates->says, 5) << "\n\n";
  if (row.undone->with_bug.trace) traces.print(session, tree, *row.undone->with_bug.trace);
}

nlohmann::ordered_json to_json(const PutBack& row) {
  nlohmann::ordered_json out{{"id", row.bug.id},
                             {"title", row.bug.title},
                             {"fixed", row.bug.fixed},
                             {"effect", row.bug.effect},
                             {"outside", row.bug.outside}};
  if (!row.undone) return out;
  const auto& with = row.undone->with_bug;
  out["design"] = row.bug.violates->design;
  out["property"] = with.property;
  out["verdict"] = io::name_of(with.verdict);
  out["steps"] = with.trace ? nlohmann::ordered_json(with.trace->steps.size()) : nlohmann::ordered_json();
  out["grain"] = with.trace ? nlohmann::ordered_json(with.trace->grain) : nlohmann::ordered_json();
  out["with_fix"] = io::name_of(row.undone->fixed.verdict);
  out["found"] = row.undone->found();
  out["seconds"] = row.undone->seconds;
  return out;
}

void print_sum(const Session& session, std::size_t found, std::size_t in_rules, std::size_t outside) {
  std::string text = std::to_string(found) + " of " + std::to_string(in_rules) +
                     " bugs are found where they are put back, and gone with the fix";
  if (outside > 0) text += "; " + std::to_string(outside) + " are not in the rules";
  std::cout << '\n' << wrapped(session, text, 0) << '\n';
}

void run(Session& session, HistoryCommand& command) {
  const lang::Tree& tree = proofs::model();
  const bool whole = command.bugs.empty();
  if (whole) command.bugs = io::shipped_bugs();
  std::vector<PutBack> rows;
  for (const auto& id : command.bugs) rows.push_back({io::load_bug(tree, id)});
  {
    Progress progress(session);
    command.options.progress = [&](const std::string& what) { progress.say(what); };
    check::undo_fixes(tree, rows, command.options, command.threads);
  }
  std::size_t in_rules = 0;
  std::size_t found = 0;
  nlohmann::ordered_json json{{"bugs", nlohmann::ordered_json::array()}};
  for (const PutBack& row : rows) {
    if (row.undone) ++in_rules;
    if (row.undone && row.undone->found()) ++found;
    if (command.json) json["bugs"].push_back(to_json(row));
    else print(session, row);
    if (!command.json && !whole) explain(session, tree, row, command.traces);
    if (row.undone && row.undone->with_bug.trace) command.traces.save(tree, *row.undone->with_bug.trace);
  }
  json["found"] = found;
  if (command.json) std::cout << json.dump(2) << '\n';
  else print_sum(session, found, in_rules, rows.size() - in_rules);
  if (found < in_rules) session.exit_code = code::violated;
  if (in_rules == 0) {
    std::cerr << "pasid: no bug was put back: nothing was shown\n";
    session.exit_code = code::violated;
  }
}

}  // namespace

void add_history(CLI::App& app, Session& session) {
  auto* history = app.add_subcommand("history", "bugs that real kernels had: put back, found, and gone with the fix");
  history->footer(
      "Examples:\n"
      "  pasid history            all of them\n"
      "  pasid history G07        one, with its shortest trace\n"
      "  pasid history ./my.toml  a bug of your own, written as those in spec/history\n"
      "Holds (exit code 0) where every bug is found and its fix is proved.");
  const auto command = std::make_shared<HistoryCommand>();
  history->add_option("bug", command->bugs, "bugs by id, or files; all where none is named")->type_name("ID");
  history->add_option("--threads", command->threads, "bugs looked for side by side")
      ->type_name("N")
      ->check(quietly(CLI::Range(1U, 256U)));
  command->traces.add_options(*history);
  history->add_flag("--json", command->json, "machine-readable output");
  history->callback([&session, command] { run(session, *command); });
}

}  // namespace pasid::cli
