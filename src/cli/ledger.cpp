// pasid ledger
#include "src/check/ledger.hpp"

#include <algorithm>
#include <iostream>
#include <memory>
#include <thread>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "proofs/model.hpp"
#include "src/check/hints.hpp"
#include "src/check/ledger_check.hpp"
#include "src/check/prove_all.hpp"
#include "src/check/recorded.hpp"
#include "src/cli/commands.hpp"
#include "src/cli/help.hpp"
#include "src/cli/progress.hpp"
#include "src/cli/text.hpp"
#include "src/io/file.hpp"
#include "src/smt/answers.hpp"

namespace pasid::cli {
namespace {

struct LedgerCommand {
  std::vector<std::string> designs;
  std::string file = check::recorded_file("ledger.json");
  bool record = false;
  bool figures = false;
  bool json = false;
  unsigned seeds = 20;
  smt::SecondOptions second;
};

void print(const Session& session, const std::string& line) { std::cout << wrapped(session, line, 2) << '\n'; }

/// Rounded down: 100.0 % is all of them.
std::string percent(std::size_t part, std::size_t of) {
  const std::size_t tenths = 1000 * part / of;
  return fmt::format("{}.{} %", tenths / 10, tenths % 10);
}

void print_figures(const Session& session, const check::Ledger& ledger) {
  const check::LedgerFigures f = check::figures(ledger);
  print(session, fmt::format("recorded: {} different obligations, with {} and {}", count(f.obligations),
                             ledger.solvers.at(0), ledger.solvers.at(1)));
  print(session, fmt::format("proved by both: {} ({})", count(f.agreed), percent(f.agreed, f.obligations)));
  print(session, fmt::format("another verdict of Z3 with one of {} seeds: {}", f.fewest_seeds, count(f.changed)));
  print(session, fmt::format("slowest of Z3: {:.2f} s, {}", f.slowest_z3->z3_ms / 1000.0, f.slowest_z3->name()));
  print(session,
        fmt::format("slowest of cvc5: {:.2f} s, {}", f.slowest_cvc5->cvc5_ms / 1000.0, f.slowest_cvc5->name()));
  for (const check::LedgerEntry& e : ledger.entries) {
    if (e.z3 == smt::Answer::sat || e.cvc5 == smt::Answer::sat)
      print(session, bad(session, "DISAGREES") + ": " + e.name());
    else if (e.z3 == smt::Answer::unknown || e.cvc5 == smt::Answer::unknown) print(session, "unknown: " + e.name());
    if (e.changed > 0) print(session, fmt::format("{} of {} seeds changed: {}", e.changed, e.seeds, e.name()));
  }
}

int code_of(const check::Ledger& ledger) {
  int worst = code::holds;
  for (const check::LedgerEntry& e : ledger.entries) {
    if (e.z3 == smt::Answer::sat || e.cvc5 == smt::Answer::sat) return code::disagreement;
    if (e.z3 != smt::Answer::unsat || e.cvc5 != smt::Answer::unsat || e.changed > 0) worst = code::unknown;
  }
  return worst;
}

/// What stands in the way, and of how many more.
void print_list(const Session& session, const std::string& head, const std::vector<std::string>& names) {
  constexpr std::size_t shown = 20;
  for (std::size_t i = 0; i < std::min(shown, names.size()); ++i) print(session, head + ": " + names[i]);
  if (names.size() > shown) print(session, head + ": " + count(names.size() - shown) + " more");
}

void print_check(const Session& session, const LedgerCommand& command, const check::Ledger& ledger,
                 const check::LedgerCheck& c) {
  print(session, fmt::format("ledger: {} obligations proved by Z3, and {} more by frame", count(c.obligations),
                             count(c.by_frame)));
  print(session, fmt::format("{} of them are in {}, with the verdict of {}", count(c.known), command.file,
                             ledger.solvers.at(1)));
  print(session, fmt::format("{} new{}", count(c.added),
                             c.added == 0        ? ""
                             : c.without.empty() ? ", put to cvc5"
                                                 : ", NOT put to cvc5: " + c.without));
  if (c.gone > 0) print(session, count(c.gone) + " entries of the ledger are of no obligation here");
  print_list(session, bad(session, "DISAGREES"), c.disagreements);
  print_list(session, "unknown", c.unknown);
}

nlohmann::json to_json(const check::LedgerFigures& f) {
  return {{"different", f.obligations}, {"agreed", f.agreed}, {"changed", f.changed}, {"seeds", f.fewest_seeds}};
}

nlohmann::json to_json(const check::LedgerCheck& c) {
  return {{"obligations", c.obligations},
          {"by_frame", c.by_frame},
          {"known", c.known},
          {"new", c.added},
          {"gone", c.gone},
          {"disagreements", c.disagreements},
          {"unknown", c.unknown}};
}

std::vector<io::Design> designs_of(const lang::Tree& tree, const LedgerCommand& command) {
  if (command.designs.empty()) return check::all_designs(tree);
  std::vector<io::Design> out;
  for (const auto& name : command.designs) out.push_back(io::load_design(tree, name));
  return out;
}

void check_against(Session& session, const LedgerCommand& command, const check::Ledger& ledger,
                   const std::vector<check::ProofOf>& proofs) {
  const check::LedgerCheck c = check::check_ledger(ledger, proofs, command.second);
  if (command.json) std::cout << to_json(c).dump(2) << '\n';
  else print_check(session, command, ledger, c);
  if (!c.unknown.empty()) session.exit_code = code::unknown;
  if (!c.disagreements.empty()) session.exit_code = code::disagreement;
}

/// What the file says, and nothing else.
void show(Session& session, const LedgerCommand& command, const check::Ledger& ledger) {
  if (command.json) std::cout << to_json(check::figures(ledger)).dump(2) << '\n';
  else print_figures(session, ledger);
  session.exit_code = code_of(ledger);
}

void record(Session& session, const LedgerCommand& command, const std::vector<check::ProofOf>& proofs) {
  const check::Ledger ledger = check::record_ledger(proofs, {command.seeds, command.second});
  io::write_file("--file", command.file, check::text(ledger));
  show(session, command, ledger);
}

void run(Session& session, LedgerCommand& command) {
  if (command.figures && (command.record || !command.designs.empty()))
    throw std::invalid_argument("--figures: of the file alone; nothing is proved for it");
  const lang::Tree& tree = proofs::model();
  std::optional<check::Ledger> ledger;
  if (command.record) (void)smt::second_solver(command.second);  // before the work
  else ledger = check::read_ledger(io::JsonDocument::read(command.file));
  if (command.figures) return show(session, command, *ledger);
  const std::vector<io::Design> designs = designs_of(tree, command);
  Progress progress(session);
  smt::ProveOptions options;
  options.scripts = true;
  options.precedents = std::make_shared<smt::Precedents>();
  options.hints = check::proof_hints();
  const std::vector<smt::Proof> proofs = check::prove_all(tree, designs, options, command.second.threads,
                                                          [&](const std::string& what) { progress.say(what); });
  std::vector<check::ProofOf> of;
  for (std::size_t i = 0; i < designs.size(); ++i) of.push_back({designs[i].name, &proofs[i]});
  command.second.progress = [&](std::size_t done, std::size_t all) {
    progress.say("ledger: " + count(done) + " of " + count(all) + " obligations");
  };
  if (ledger) check_against(session, command, *ledger, of);
  else record(session, command, of);
}

}  // namespace

void add_ledger(CLI::App& app, Session& session) {
  auto* ledger = app.add_subcommand("ledger", "hold proofs against what two solvers said when that was recorded");
  ledger->footer(
      "Examples:\n"
      "  pasid ledger                              every design, and those that claims make\n"
      "  pasid ledger linux-7.3                    one\n"
      "  pasid ledger --figures                    what is on record, in numbers\n"
      "  pasid ledger --record --file new.json     ask both solvers again, Z3 with 20 seeds\n"
      "Z3 proves everything again; cvc5 is asked for what is not in the ledger. Holds (exit code 0) where all agree.");
  const auto command = std::make_shared<LedgerCommand>();
  command->second.cache = smt::default_cache();
  command->second.threads = std::max(1U, std::thread::hardware_concurrency());
  ledger->add_option("design", command->designs, "shipped designs by name, or files; all where none is named")
      ->type_name("DESIGN");
  ledger->add_option("--file", command->file, "the ledger; proofs/ledger.json where none is named")->type_name("FILE");
  ledger->add_flag("--record", command->record, "write the ledger: every different obligation is put to both solvers");
  ledger->add_flag("--figures", command->figures, "say what the ledger comes to, and prove nothing");
  ledger->add_option("--seeds", command->seeds, "with --record: how many seeds Z3 is asked with")
      ->type_name("N")
      ->capture_default_str()
      ->check(quietly(CLI::Range(1U, 1000U)));
  ledger
      ->add_option("--cache", command->second.cache,
                   "where cvc5's answers to what is not in the ledger are kept between runs; '' for nowhere")
      ->type_name("DIR")
      ->capture_default_str();
  ledger->add_option("--threads", command->second.threads, "rules of one design, designs, or obligations, side by side")
      ->type_name("N")
      ->check(quietly(CLI::Range(1U, 256U)));
  ledger->add_flag("--json", command->json, "machine-readable output");
  ledger->callback([&session, command] { run(session, *command); });
}

}  // namespace pasid::cli
