// pasid check
#include "src/check/check.hpp"

#include <algorithm>
#include <iostream>
#include <memory>
#include <thread>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "proofs/model.hpp"
#include "src/check/hints.hpp"
#include "src/cli/edits.hpp"
#include "src/cli/help.hpp"
#include "src/cli/part.hpp"
#include "src/cli/progress.hpp"
#include "src/cli/text.hpp"
#include "src/cli/trace_output.hpp"
#include "src/io/names.hpp"
#include "src/trace/formula.hpp"

namespace pasid::cli {
namespace {

struct CheckCommand {
  std::vector<std::string> designs;
  bool all = false;
  bool expect = false;
  bool verbose = false;
  bool json = false;
  std::string record_places;
  TraceOutput traces;
  Edits edits;
  check::Options options;
};

nlohmann::json to_json(const lang::Tree& tree, const check::DesignResult& r) {
  nlohmann::json out{{"design", r.design.name},
                     {"errors", r.errors},
                     {"contradiction", r.contradiction},
                     {"proof_seconds", r.proof.seconds},
                     {"obligations", r.proof.obligations.size()}};
  out["properties"] = nlohmann::json::array();
  for (const auto& p : r.properties) {
    nlohmann::json item{{"name", p.property}, {"verdict", io::name_of(p.verdict)}, {"detail", p.detail}};
    item["expected"] = p.expected ? nlohmann::json(io::name_of(*p.expected)) : nlohmann::json();
    item["steps"] = p.trace ? nlohmann::json(p.trace->steps.size()) : nlohmann::json();
    if (p.trace) {
      item["possible_under_policy"] = p.possible_under_policy;
      item["trace"] = trace_json(tree, *p.trace);
    }
    out["properties"].push_back(std::move(item));
  }
  out["searches"] = nlohmann::json::array();
  for (const auto& s : r.searches)
    out["searches"].push_back({{"grain", s.grain},
                               {"property", s.property},
                               {"scope", s.scope},
                               {"topologies", s.topologies},
                               {"states", s.states},
                               {"depth", s.depth},
                               {"seconds", s.seconds}});
  return out;
}

/// "as expected", "EXPECTED proved"
std::string comparison(const check::PropertyResult& p) {
  if (!p.expected) return "nothing expected";
  return p.as_expected() ? "as expected" : "EXPECTED " + words(*p.expected);
}

/// Beside a verdict: the length of a trace, what resisted, what the design lacks. One that is proved needs no words.
std::string remark(const lang::Tree& tree, const check::PropertyResult& p) {
  if (p.verdict == spec::Verdict::proved) return "";
  if (p.verdict != spec::Verdict::not_applicable) return p.detail;
  return "only if " + trace::FormulaPrinter(tree).flat(tree.formula_named(p.property)->applies);
}

/// Where a trace was looked for, and how long.
std::string figures(const check::SearchFigures& f) {
  return count(f.states) + " states of " + count(f.topologies) + " topologies, " + seconds(f.seconds) + ": " + f.scope;
}

void print_verdicts(const Session& session, const lang::Tree& tree, const check::DesignResult& r,
                    const CheckCommand& command) {
  const std::size_t name_width = column_of(r.properties, &check::PropertyResult::property);
  const std::size_t comparison_width = command.expect ? column_of(r.properties, comparison) : 0;
  const auto below = [&](const std::string& text) {
    std::cout << "    " << dim(session, wrapped(session, text, 4)) << '\n';
  };
  for (const auto& p : r.properties) {
    constexpr std::size_t verdict_width = 16;
    const std::string compared = command.expect ? comparison(p) : "";
    const std::string remarked = remark(tree, p);
    const bool fits = 2 + name_width + verdict_width + comparison_width + trace::width(remarked) <= session.columns;
    const bool beside = fits && !remarked.empty();
    std::cout << "  " << padded(p.property, name_width)
              << painted(session, p.verdict, words(p.verdict), command.expect || beside ? verdict_width : 0);
    const std::string column = padded(compared, beside ? comparison_width : 0);
    std::cout << (p.as_expected() ? column : bad(session, column));
    if (beside) std::cout << dim(session, remarked);
    std::cout << '\n';
    if (!fits) below(remarked);
    if (command.verbose)
      for (const auto& f : r.searches)
        if (f.property == p.property) below(figures(f));
  }
}

/// The traces, then the verdicts: what was asked for stands last.
void print(const Session& session, const lang::Tree& tree, const check::DesignResult& r, const CheckCommand& command) {
  for (const auto& p : r.properties)
    if (p.trace && (!command.expect || !p.as_expected())) command.traces.print(session, tree, *p.trace);
  std::cout << headline(session, r.design.name, r.design.title) << '\n';
  print_verdicts(session, tree, r, command);
  for (const auto& e : r.errors) std::cout << "  " << bad(session, wrapped(session, e, 4)) << '\n';
  if (std::ranges::count(r.properties, spec::Verdict::proved, &check::PropertyResult::verdict) > 0)
    std::cout << "\n  proved: for any number of processes and devices\n";
}

void run(Session& session, CheckCommand& command) {
  if (command.all == !command.designs.empty())
    throw std::invalid_argument("check: name a design, or ask for --all (pasid design list names them)");
  if (!command.record_places.empty() && (!command.all || command.edits.any() || !command.options.properties.empty()))
    throw std::invalid_argument("--record-places: only with --all and without edits, for the file is for all designs");
  if (command.all) command.designs = io::shipped_designs();
  const lang::Tree tree = edited_model(command.edits);
  if (command.edits.any()) command.options.reading = explore::edited_reading(tree, proofs::model());
  require_properties(tree, command.options.properties);
  std::vector<io::Design> designs;
  for (const auto& name : command.designs) {
    designs.push_back(load_design(session, tree, name));
    if (command.expect && designs.back().expectations.empty())
      throw std::invalid_argument("--expect: '" + designs.back().name +
                                  "' expects nothing; it has no [expected] table");
    designs.back().name = name_with(designs.back().name, command.edits);
  }

  command.options.precedents = std::make_shared<smt::Precedents>();
  command.options.hints = check::proof_hints();
  if (command.record_places.empty()) command.options.places = check::trace_places();
  check::Places places;
  nlohmann::json all = nlohmann::json::array();
  for (std::size_t i = 0; i < designs.size(); ++i) {
    check::DesignResult r = [&] {
      Progress progress(session);
      command.options.progress = [&](const std::string& what) { progress.say(what); };
      return check::check(tree, designs[i], command.options);
    }();
    session.exit_code = std::max(session.exit_code, check::exit_code(r, command.expect));
    if (wants_json(session, command.json)) all.push_back(to_json(tree, r));
    if (!command.json) {
      if (i > 0) std::cout << '\n';
      print(session, tree, r, command);
      std::cout << std::flush;
    }
    for (const auto& p : r.properties)
      if (p.trace) command.traces.save(tree, *p.trace);
    for (const auto& f : r.searches) places.add(r.design.name, f.property, f.place);
  }
  if (!command.record_places.empty()) check::record_places(command.record_places, places);
  if (wants_json(session, command.json))
    print_json(session, designs.size() == 1 && !command.all ? all[0] : nlohmann::json{{"designs", all}});
}

}  // namespace

void add_check(CLI::App& app, Session& session) {
  auto* check = app.add_subcommand("check", "verdicts on a design: proved for any size, or the shortest trace");
  check->footer(
      "Examples:\n"
      "  pasid check linux-7.3\n"
      "  pasid check ./mine.toml --property DmaIsolation --trace mermaid\n"
      "  pasid check linux-7.3 --drop stop.portal-unmapped   why that guard is there\n"
      "  pasid check --all --expect                          against the tables");
  const auto command = std::make_shared<CheckCommand>();
  command->options.threads = std::max(1U, std::thread::hardware_concurrency());
  check->add_option("design", command->designs, "shipped designs by name, or files")->type_name("DESIGN");
  check->add_flag("--all", command->all, "every shipped design");
  check->add_flag("--expect", command->expect, "compare with the design's [expected] table; holds where all agree");
  check->add_option("--property", command->options.properties, "only this property (may be repeated)")
      ->type_name("NAME")
      ->allow_extra_args(false);
  check->add_flag("-v,--verbose", command->verbose, "also in which worlds a trace was looked for, and how long");
  check->add_option("--threads", command->options.threads, "threads of a search; its answer does not depend on it")
      ->type_name("N")
      ->check(quietly(CLI::Range(1U, 256U)));
  check->add_option("--max-states", command->options.max_states, "where the search of one world gives up")
      ->type_name("N")
      ->capture_default_str();
  command->traces.add_options(*check);
  check
      ->add_option("--record-places", command->record_places,
                   "with --all: write down where traces were found; the next searches look in proofs/places.txt first")
      ->type_name("FILE");
  add_edit_options(*check, command->edits);
  check->add_flag("--json", command->json, "machine-readable output");
  check->callback([&session, command] { run(session, *command); });
}

}  // namespace pasid::cli
