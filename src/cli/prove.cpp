// pasid prove
#include "src/smt/prove.hpp"

#include <filesystem>
#include <iostream>
#include <memory>

#include <nlohmann/json.hpp>

#include "src/cli/edits.hpp"
#include "src/cli/text.hpp"
#include "src/io/design.hpp"
#include "src/io/names.hpp"
#include "src/trace/names.hpp"
#include "src/trace/text.hpp"

namespace pasid::cli {
namespace {

struct ProveCommand {
  std::string design;
  smt::ProveOptions solver;
  Edits edits;
  bool explain = false;
  bool json = false;
};

std::string_view words(smt::Status s) {
  switch (s) {
    case smt::Status::proved: return "proved";
    case smt::Status::dropped: return "not preserved";
    case smt::Status::not_applicable: return "not applicable";
    case smt::Status::unknown: return "unknown";
  }
  return "";
}

/// The step that leaves the invariants: the state before it, the rule, what it changed and what that broke.
void print_induction(const Session& session, const lang::Tree& tree, const io::Design& design,
                     const smt::InductionCounterexample& c) {
  trace::Trace one;
  one.design = design.name;
  one.property = c.formula;
  one.grain = "step";
  one.facts = c.facts;
  one.initial = c.before;
  one.steps.push_back({c.rule, {{tree.rule_named(c.rule), c.args}}, c.after, {}});
  std::cout << bold(session, c.rule) << " does not preserve " << bold(session, c.formula)
            << ": a small state in which everything proved holds (it need not be reachable), and the step\n\n"
            << trace::text(tree, one, {session.colour});
}

void print(const Session& session, const lang::Tree& tree, const io::Design& design, const smt::Proof& proof,
           const ProveCommand& options) {
  std::size_t frame = 0;
  for (const auto& o : proof.obligations) frame += o.by_frame ? 1 : 0;
  std::cout << bold(session, design.name) << ": " << count(proof.obligations.size()) << " obligations, " << count(frame)
            << " of them by frame, " << seconds(proof.seconds) << " of CPU\n\n";
  std::size_t lemmas = 0;
  std::size_t kept = 0;
  for (const auto& i : proof.items) {
    const bool holds = i.status == smt::Status::proved;
    if (i.kind == lang::FormulaKind::lemma) {
      ++lemmas;
      kept += holds ? 1 : 0;
      continue;
    }
    const std::string status(words(i.status));
    std::cout << "  " << padded(i.name, property_width) << (holds ? good(session, status) : status);
    if (!i.fell_at.empty()) std::cout << " by " << i.fell_at;
    std::cout << '\n';
  }
  std::cout << "\n  " << kept << " of " << lemmas << " lemmas preserved\n";
  for (const auto& i : proof.items)
    if (i.kind == lang::FormulaKind::lemma && i.status != smt::Status::proved)
      std::cout << "  " << padded(i.name, 30) << words(i.status) << " by " << i.fell_at << '\n';
  for (const auto& v : proof.vacuous)
    std::cout << bad(session, "vacuous") << ": nothing " << v << " speaks of can happen\n";
  for (const auto& d : proof.dead_rules) std::cout << bad(session, "dead rule") << ": " << d << " can never fire\n";
  for (const auto& u : proof.unsettled) std::cout << bad(session, "unsettled") << ": " << u << '\n';
  if (!proof.axioms_satisfiable) std::cout << bad(session, "contradiction") << ": the axioms cannot all be true\n";
  if (!options.explain) return;
  for (const auto& i : proof.items) {
    if (i.status != smt::Status::dropped && i.status != smt::Status::unknown) continue;
    const auto c = smt::explain(tree, io::facts_of(tree, design), proof, i.name);
    std::cout << '\n';
    const lang::Formula* f = tree.formula_named(i.name);
    if (c) print_induction(session, tree, design, *c);
    else if (f != nullptr && f->judges == lang::PropertyKind::call)
      std::cout << i.name << ": `pasid check` looks for a call that violates it\n";
    else std::cout << i.name << ": no counterexample to induction with up to 3 of each sort\n";
  }
}

nlohmann::json to_json(const io::Design& design, const smt::Proof& proof) {
  nlohmann::json out{
      {"design", design.name},          {"seconds", proof.seconds}, {"axioms_satisfiable", proof.axioms_satisfiable},
      {"dead_rules", proof.dead_rules}, {"vacuous", proof.vacuous}, {"unsettled", proof.unsettled}};
  out["obligations"] = nlohmann::json::array();
  for (const auto& o : proof.obligations)
    out["obligations"].push_back(
        {{"name", o.name()}, {"verdict", io::name_of(o.answer)}, {"by_frame", o.by_frame}, {"seconds", o.seconds}});
  for (const char* list : {"properties", "lemmas"}) out[list] = nlohmann::json::array();
  for (const auto& i : proof.items) {
    nlohmann::json item{{"name", i.name}, {"status", io::name_of(i.status)}};
    if (!i.fell_at.empty()) item["fell_at"] = i.fell_at;
    out[i.kind == lang::FormulaKind::lemma ? "lemmas" : "properties"].push_back(std::move(item));
  }
  return out;
}

void run(Session& session, ProveCommand& options) {
  const lang::Tree tree = edited_model(options.edits);
  io::Design design = io::load_design(tree, options.design);
  design.name = name_with(design.name, options.edits);
  if (!options.solver.dump_dir.empty()) {
    std::error_code error;
    std::filesystem::create_directories(options.solver.dump_dir, error);
    if (error)
      throw std::invalid_argument("--dump-smt: cannot make '" + options.solver.dump_dir + "': " + error.message());
  }
  const smt::Proof proof = smt::prove(tree, io::facts_of(tree, design), options.solver);
  if (options.json) std::cout << to_json(design, proof).dump(2) << '\n';
  else print(session, tree, design, proof, options);
  for (const auto& i : proof.items) {
    if (i.kind == lang::FormulaKind::property && (i.status == smt::Status::dropped || i.status == smt::Status::unknown))
      session.exit_code = code::unknown;  // not inductive is not yet violated: that needs a trace
  }
  if (!proof.dead_rules.empty() || !proof.axioms_satisfiable) session.exit_code = code::violated;
}

}  // namespace

void add_prove(CLI::App& app, Session& session) {
  auto* prove = app.add_subcommand("prove", "prove properties by induction, for any number of everything");
  prove->footer(
      "Examples:\n"
      "  pasid prove linux-7.3\n"
      "  pasid prove linux-7.3 --drop unbind.clear/entry --explain   which proof falls, and the step that breaks it\n"
      "  pasid prove linux-7.3 --dump-smt obligations                every obligation for another solver\n"
      "A property that is not preserved is not yet violated: `pasid check` looks for a trace.");
  const auto options = std::make_shared<ProveCommand>();
  prove->add_option("design", options->design, "a shipped design's name, or a file")->required()->type_name("DESIGN");
  prove->add_flag("--explain", options->explain, "show a smallest step that breaks each property or lemma that fell");
  prove->add_option("--dump-smt", options->solver.dump_dir, "write every obligation as SMT-LIB into this folder")
      ->type_name("DIR");
  prove->add_option("--timeout", options->solver.timeout_ms, "milliseconds for one query")
      ->type_name("MS")
      ->capture_default_str()
      ->check(CLI::Range(1U, 3600000U));
  prove->add_option("--seed", options->solver.seed, "the solver's random seed")->type_name("N")->capture_default_str();
  add_edit_options(*prove, options->edits);
  prove->add_flag("--json", options->json, "machine-readable output");
  prove->callback([&session, options] { run(session, *options); });
}

}  // namespace pasid::cli
