// pasid check
#include "src/check/check.hpp"

#include <algorithm>
#include <iostream>
#include <memory>
#include <thread>

#include <nlohmann/json.hpp>

#include "src/cli/edits.hpp"
#include "src/cli/progress.hpp"
#include "src/cli/text.hpp"
#include "src/cli/trace_output.hpp"
#include "src/io/names.hpp"

namespace pasid::cli {
namespace {

struct CheckCommand {
  std::vector<std::string> designs;
  bool all = false;
  bool expect = false;
  bool json = false;
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

void print(const Session& session, const lang::Tree& tree, const check::DesignResult& r, const CheckCommand& command) {
  std::cout << bold(session, r.design.name) << "  " << r.design.title << '\n';
  for (const auto& p : r.properties) {
    std::cout << "  " << padded(p.property, property_width) << painted(session, p.verdict, words(p.verdict), 16);
    if (command.expect) {
      if (!p.expected) std::cout << padded("nothing expected", 20);
      else if (p.as_expected()) std::cout << padded("as expected", 20);
      else std::cout << bad(session, padded("EXPECTED " + words(*p.expected), 20));
    }
    std::cout << dim(session, wrapped(p.detail, command.expect ? 68 : 48)) << '\n';
  }
  for (const auto& f : r.searches)
    std::cout << "  "
              << dim(session, wrapped(f.property + ": shortest of its " + f.grain + "s in the scope " + f.scope + "; " +
                                          count(f.states) + " states",
                                      4))
              << '\n';
  for (const auto& e : r.errors) std::cout << "  " << bad(session, e) << '\n';
  for (const auto& p : r.properties)
    if (p.trace && (!command.expect || !p.as_expected())) {
      std::cout << '\n';
      command.traces.print(session, tree, *p.trace);
    }
}

void run(Session& session, CheckCommand& command) {
  if (command.all == !command.designs.empty())
    throw std::invalid_argument("check: name a design, or ask for --all (pasid design list names them)");
  if (command.all) command.designs = io::shipped_designs();
  const lang::Tree tree = edited_model(command.edits);
  command.options.edited = command.edits.any();
  for (const auto& name : command.options.properties) {
    const auto* f = tree.formula_named(name);
    if (f == nullptr || f->kind != lang::FormulaKind::property)
      throw std::invalid_argument("--property: there is no property '" + name +
                                  "'; `pasid rules --formulas` lists them");
  }
  std::vector<io::Design> designs;
  for (const auto& name : command.designs) {
    designs.push_back(io::load_design(tree, name));
    designs.back().name = name_with(designs.back().name, command.edits);
  }

  command.options.precedents = std::make_shared<smt::Precedents>();
  nlohmann::json all = nlohmann::json::array();
  for (std::size_t i = 0; i < designs.size(); ++i) {
    check::DesignResult r = [&] {
      Progress progress(session);
      command.options.progress = [&](const std::string& what) { progress.say(what); };
      return check::check(tree, designs[i], command.options);
    }();
    session.exit_code = std::max(session.exit_code, check::exit_code(r, command.expect));
    if (command.json) {
      all.push_back(to_json(tree, r));
    } else {
      if (i > 0) std::cout << '\n';
      print(session, tree, r, command);
      std::cout << std::flush;
    }
    for (const auto& p : r.properties)
      if (p.trace) command.traces.save(tree, *p.trace);
  }
  if (command.json)
    std::cout << (designs.size() == 1 && !command.all ? all[0] : nlohmann::json{{"designs", all}}).dump(2) << '\n';
}

}  // namespace

void add_check(CLI::App& app, Session& session) {
  auto* check = app.add_subcommand("check", "verdicts on a design: proved for any size, or the shortest trace");
  check->footer(
      "Examples:\n"
      "  pasid check linux-7.3\n"
      "  pasid check ./mine.toml --property DmaIsolation --trace mermaid\n"
      "  pasid check linux-7.3 --drop stop.portal-unmapped   what that guard is there for\n"
      "  pasid check --all --expect                          every shipped design against its table");
  const auto command = std::make_shared<CheckCommand>();
  command->options.threads = std::max(1U, std::thread::hardware_concurrency());
  check->add_option("design", command->designs, "shipped designs by name, or files")->type_name("DESIGN");
  check->add_flag("--all", command->all, "every shipped design");
  check->add_flag("--expect", command->expect, "compare with the design's [expected] table; holds where all agree");
  check->add_option("--property", command->options.properties, "only this property (may be repeated)")
      ->type_name("NAME")
      ->allow_extra_args(false);
  check->add_option("--threads", command->options.threads, "threads of a search (its answer does not depend on it)")
      ->type_name("N")
      ->check(CLI::Range(1U, 256U));
  check->add_option("--max-states", command->options.max_states, "where a search gives up")
      ->type_name("N")
      ->capture_default_str();
  command->traces.add_options(*check);
  add_edit_options(*check, command->edits);
  check->add_flag("--json", command->json, "machine-readable output");
  check->callback([&session, command] { run(session, *command); });
}

}  // namespace pasid::cli
