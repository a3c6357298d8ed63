// pasid prove
#include "src/smt/prove.hpp"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <thread>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "src/check/hints.hpp"
#include "src/check/prove_all.hpp"
#include "src/cli/edits.hpp"
#include "src/cli/help.hpp"
#include "src/cli/part.hpp"
#include "src/cli/progress.hpp"
#include "src/cli/text.hpp"
#include "src/io/design.hpp"
#include "src/io/names.hpp"
#include "src/smt/answers.hpp"
#include "src/smt/second.hpp"
#include "src/trace/names.hpp"
#include "src/trace/text.hpp"

namespace pasid::cli {
namespace {

struct ProveCommand {
  std::vector<std::string> designs;
  bool all = false;
  smt::ProveOptions solver;
  bool second = false;
  smt::SecondOptions second_solver;
  Edits edits;
  bool explain = false;
  std::vector<std::string> explained;  ///< only these; all where none is named
  std::string record_hints;
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
/// `with_lemmas`: there are others that fell.
void print_induction(const Session& session, const lang::Tree& tree, const smt::InductionCounterexample& c,
                     bool with_lemmas) {
  trace::Trace one;
  one.property = c.formula;
  one.grain = "step";
  one.facts = c.facts;
  one.initial = c.before;
  one.steps.push_back({c.rule, {{tree.rule_named(c.rule), c.args}}, c.after, {}});
  std::cout << bold(session, c.rule + " does not preserve " + c.formula) << '\n';
  if (!c.kept_with.empty())
    std::cout << wrapped(session, "It fell for want of " + trace::joined(c.kept_with, ", ") + ", which fell, too.", 0)
              << '\n';
  else if (c.beside_fallen && with_lemmas)
    std::cout << wrapped(session, "No lemma that fell would keep it: all of them are true in this state, too.", 0)
              << '\n';
  std::cout << trace::text(tree, one, {session.colour, session.columns});
}

/// "name    not preserved by unbind.drain"
void print_item(const Session& session, const smt::Item& item, std::size_t name_width) {
  const bool holds = item.status == smt::Status::proved;
  std::string status(words(item.status));
  if (!item.fell_at.empty()) status += " by " + item.fell_at;
  std::cout << "  " << padded(item.name, name_width)
            << (holds ? good(session, status) : wrapped(session, status, 2 + name_width)) << '\n';
}

/// All properties, and what became of the lemmas that fell or were added.
void print_items(const Session& session, const std::vector<smt::Item>& items, const std::vector<std::string>& added) {
  std::vector<smt::Item> properties;
  std::vector<smt::Item> named;
  std::size_t lemmas = 0;
  std::size_t fallen = 0;
  for (const smt::Item& i : items) {
    const bool lemma = i.kind == lang::FormulaKind::lemma;
    lemmas += lemma ? 1 : 0;
    const bool fell = i.status != smt::Status::proved;
    fallen += lemma && fell ? 1 : 0;
    if (!lemma) properties.push_back(i);
    else if (fell || std::ranges::find(added, i.name) != added.end()) named.push_back(i);
  }
  for (const auto& i : properties) print_item(session, i, column_of(properties, &smt::Item::name));
  std::cout << "\n  " << lemmas - fallen << " of " << lemmas << " lemmas preserved\n";
  for (const auto& i : named) print_item(session, i, column_of(named, &smt::Item::name));
}

bool other_lemma_fell(const smt::Proof& proof, const std::string& than) {
  return std::ranges::any_of(proof.items, [&](const smt::Item& i) {
    return i.kind == lang::FormulaKind::lemma && i.status != smt::Status::proved && i.name != than;
  });
}

/// Why properties and lemmas fell: those named, or all that did.
void print_explanations(const Session& session, const lang::Tree& tree, const io::Design& design,
                        const smt::Proof& proof, const std::vector<std::string>& wanted) {
  std::cout << '\n'
            << wrapped(session,
                       "Small states in which everything proved holds (they need not be reachable), and the step that "
                       "leaves it:",
                       0)
            << '\n';
  for (const auto& i : proof.items) {
    if (i.status != smt::Status::dropped && i.status != smt::Status::unknown) continue;
    if (!wanted.empty() && std::ranges::find(wanted, i.name) == wanted.end()) continue;
    if (i.fell_at == "init") {
      std::cout << '\n' << i.name << ": false at the start, before anything has happened\n";
      continue;
    }
    const auto c = smt::explain(tree, io::facts_of(tree, design), proof, i.name);
    std::cout << '\n';
    const lang::Formula* f = tree.formula_named(i.name);
    if (c) print_induction(session, tree, *c, other_lemma_fell(proof, i.name));
    else if (f != nullptr && f->judges == lang::PropertyKind::call)
      std::cout << i.name << ": `pasid check` looks for a call that violates it\n";
    else
      std::cout << i.name << ": no counterexample to induction with up to " << smt::most_explained << " of each sort\n";
  }
}

void print(const Session& session, const lang::Tree& tree, const io::Design& design, const smt::Proof& proof,
           const ProveCommand& options) {
  const auto frame = static_cast<std::size_t>(std::ranges::count_if(proof.obligations, &smt::Obligation::by_frame));
  std::cout << headline(session, design.name,
                        count(proof.obligations.size()) + " obligations, " + count(frame) + " of them by frame, " +
                            seconds(proof.seconds) + " of CPU")
            << '\n';
  print_items(session, proof.items, added_lemmas(options.edits));
  for (const auto& v : proof.vacuous)
    std::cout << bad(session, "vacuous") << ": nothing " << v << " speaks of can happen\n";
  for (const auto& d : proof.dead_rules) std::cout << bad(session, "dead rule") << ": " << d << " can never fire\n";
  for (const auto& u : proof.unsettled) std::cout << bad(session, "unsettled") << ": " << u << '\n';
  if (!proof.axioms_satisfiable) std::cout << bad(session, "contradiction") << ": the axioms cannot all be true\n";
  if (options.explain) print_explanations(session, tree, design, proof, options.explained);
}

std::string_view second_answer(const std::optional<smt::Answer>& a) { return a ? io::name_of(*a) : "frame"; }

/// What the second solver said of all obligations together.
struct Agreement {
  std::size_t agrees = 0;
  std::size_t by_frame = 0;
  std::vector<std::string> disagrees;  ///< "linux-7.3: bind.alloc => OnePasidPerMm"
  std::vector<std::string> unknown;
};

Agreement agreement(const std::vector<io::Design>& designs, const std::vector<smt::Proof>& proofs,
                    const smt::SecondOpinion& second) {
  Agreement out;
  for (std::size_t p = 0; p < proofs.size(); ++p) {
    for (std::size_t o = 0; o < proofs[p].obligations.size(); ++o) {
      const auto& answer = second.answers[p][o];
      const std::string name = designs[p].name + ": " + proofs[p].obligations[o].name();
      if (!answer) ++out.by_frame;
      else if (*answer == smt::Answer::unsat) ++out.agrees;
      else (*answer == smt::Answer::sat ? out.disagrees : out.unknown).push_back(name);
    }
  }
  return out;
}

void print(const Session& session, const smt::SecondOpinion& second, const Agreement& found) {
  const std::size_t obligations = found.agrees + found.disagrees.size() + found.unknown.size();
  std::string said = "second solver: " + second.solver + " agrees on " + count(found.agrees);
  if (found.agrees < obligations) said += " of " + count(obligations);
  said += " obligations";
  if (second.distinct < obligations) said += ", " + count(second.distinct) + " of them different";
  said += " (" + count(second.asked) + " asked now, " + count(second.distinct - second.asked) + " known); " +
          count(found.by_frame) + " more by frame";
  std::cout << '\n' << wrapped(session, said, 2) << '\n';
  for (const auto& name : found.disagrees)
    std::cout << "  " << bad(session, "DISAGREES") << ": it finds a counterexample to " << name << '\n';
  for (const auto& name : found.unknown) std::cout << "  unknown: " << name << '\n';
}

nlohmann::json to_json(const smt::SecondOpinion& second, const Agreement& found) {
  return {{"solver", second.solver},      {"agrees", found.agrees},
          {"disagrees", found.disagrees}, {"unknown", found.unknown},
          {"by_frame", found.by_frame},   {"distinct", second.distinct},
          {"asked", second.asked},        {"known", second.distinct - second.asked},
          {"seconds", second.seconds}};
}

/// `second`: what the second solver said of each obligation, where it was asked.
nlohmann::json to_json(const io::Design& design, const smt::Proof& proof,
                       const std::vector<std::optional<smt::Answer>>* second) {
  nlohmann::json out{
      {"design", design.name},          {"seconds", proof.seconds}, {"axioms_satisfiable", proof.axioms_satisfiable},
      {"dead_rules", proof.dead_rules}, {"vacuous", proof.vacuous}, {"unsettled", proof.unsettled}};
  out["obligations"] = nlohmann::json::array();
  for (std::size_t i = 0; i < proof.obligations.size(); ++i) {
    const auto& o = proof.obligations[i];
    nlohmann::json item{
        {"name", o.name()}, {"verdict", io::name_of(o.answer)}, {"by_frame", o.by_frame}, {"seconds", o.seconds}};
    if (second != nullptr) item["second"] = second_answer((*second)[i]);
    out["obligations"].push_back(std::move(item));
  }
  for (const char* list : {"properties", "lemmas"}) out[list] = nlohmann::json::array();
  for (const auto& i : proof.items) {
    nlohmann::json item{{"name", i.name}, {"status", io::name_of(i.status)}};
    if (!i.fell_at.empty()) item["fell_at"] = i.fell_at;
    out[i.kind == lang::FormulaKind::lemma ? "lemmas" : "properties"].push_back(std::move(item));
  }
  return out;
}

/// In the designs' order.
std::vector<smt::Proof> prove_all(const Session& session, const lang::Tree& tree,
                                  const std::vector<io::Design>& designs, const ProveCommand& options) {
  Progress progress(session);
  smt::ProveOptions solver = options.solver;
  if (options.record_hints.empty()) {  // what is recorded depends on no other proof
    solver.precedents = std::make_shared<smt::Precedents>();
    solver.hints = check::proof_hints();
  }
  return check::prove_all(tree, designs, solver, options.second_solver.threads,
                          [&](const std::string& what) { progress.say(what); });
}

smt::SecondOpinion ask_second(const Session& session, const std::vector<smt::Proof>& proofs,
                              smt::SecondOptions options) {
  Progress progress(session);
  options.progress = [&](std::size_t done, std::size_t of) {
    progress.say("second solver: " + count(done) + " of " + count(of) + " obligations");
  };
  std::vector<const smt::Proof*> all;
  all.reserve(proofs.size());
  for (const smt::Proof& p : proofs) all.push_back(&p);
  return smt::second_opinion(all, options);
}

void run(Session& session, ProveCommand& options) {
  if (options.all == !options.designs.empty())
    throw std::invalid_argument("prove: name a design, or ask for --all (pasid design list names them)");
  if (!options.record_hints.empty() && (!options.all || options.edits.any()))
    throw std::invalid_argument("--record-hints: only with --all and without edits, for the file is for all designs");
  if (options.all) options.designs = io::shipped_designs();
  if (options.designs.size() > 1 && !options.solver.dump_dir.empty())
    throw std::invalid_argument("--dump-smt: one design at a time");
  const lang::Tree tree = edited_model(options.edits);
  options.explain = options.explain || !options.explained.empty();
  for (const auto& name : options.explained)
    if (tree.formula_named(name) == nullptr)
      throw std::invalid_argument("--explain-only: there is no property or lemma '" + name +
                                  "'; `pasid rules --formulas` lists them");
  std::vector<io::Design> designs;
  for (const auto& name : options.designs) {
    designs.push_back(load_design(session, tree, name));
    designs.back().name = name_with(designs.back().name, options.edits);
  }
  if (!options.solver.dump_dir.empty()) {
    std::error_code error;
    std::filesystem::create_directories(options.solver.dump_dir, error);
    if (error)
      throw std::invalid_argument("--dump-smt: cannot make '" + options.solver.dump_dir + "': " + error.message());
  }
  options.solver.scripts = options.second;
  options.second_solver.timeout_ms = options.solver.timeout_ms;
  if (options.second) (void)smt::second_solver(options.second_solver);  // before the work
  const std::vector<smt::Proof> proofs = prove_all(session, tree, designs, options);
  if (!options.record_hints.empty()) check::record_hints(options.record_hints, designs, proofs);
  std::optional<smt::SecondOpinion> second;
  std::optional<Agreement> found;
  if (options.second) {
    second = ask_second(session, proofs, options.second_solver);
    found = agreement(designs, proofs, *second);
  }

  nlohmann::json all = nlohmann::json::array();
  for (std::size_t i = 0; i < designs.size(); ++i) {
    if (wants_json(session, options.json))
      all.push_back(to_json(designs[i], proofs[i], second ? &second->answers[i] : nullptr));
    if (!options.json) {
      if (i > 0) std::cout << '\n';
      print(session, tree, designs[i], proofs[i], options);
    }
  }
  if (wants_json(session, options.json)) {
    nlohmann::json out = designs.size() == 1 && !options.all ? all[0] : nlohmann::json{{"designs", all}};
    if (second) out["second_solver"] = to_json(*second, *found);
    print_json(session, out);
  }
  if (!options.json && second) print(session, *second, *found);

  for (const smt::Proof& proof : proofs) {
    for (const auto& i : proof.items) {
      if (i.kind == lang::FormulaKind::property &&
          (i.status == smt::Status::dropped || i.status == smt::Status::unknown))
        session.exit_code = code::unknown;  // not inductive is not yet violated: that needs a trace
    }
  }
  for (const smt::Proof& proof : proofs)
    if (!proof.dead_rules.empty() || !proof.axioms_satisfiable) session.exit_code = code::violated;
  if (found && !found->unknown.empty()) session.exit_code = std::max(session.exit_code, code::unknown);
  if (found && !found->disagrees.empty()) session.exit_code = code::disagreement;
}

}  // namespace

void add_prove(CLI::App& app, Session& session) {
  auto* prove = app.add_subcommand("prove", "prove properties by induction, for any number of everything");
  prove->footer(
      "Examples:\n"
      "  pasid prove linux-7.3\n"
      "  pasid prove linux-7.3 --drop drain.work-finished --explain-only work_has_slot\n"
      "  pasid prove linux-7.3 --lemma 'idle=forall task t: task_mm(t) == none -> msr(t) == none'\n"
      "  pasid prove linux-7.3 --dump-smt obligations    for another solver\n"
      "  pasid prove --all --second-solver               cvc5 is asked as well\n"
      "What is not preserved is not yet violated: `pasid check` looks for a trace.");
  const auto options = std::make_shared<ProveCommand>();
  options->second_solver.cache = smt::default_cache();
  options->second_solver.threads = std::max(1U, std::thread::hardware_concurrency());
  prove->add_option("design", options->designs, "shipped designs by name, or files")->type_name("DESIGN");
  prove->add_flag("--all", options->all, "every shipped design");
  prove->add_flag("--second-solver", options->second, "have cvc5 check every obligation that Z3 discharged");
  prove
      ->add_option("--cache", options->second_solver.cache,
                   "where the second solver's answers are kept between runs; '' for nowhere")
      ->type_name("DIR")
      ->capture_default_str();
  prove
      ->add_option("--threads", options->second_solver.threads,
                   "rules of one design, designs, or queries of the second solver, side by side")
      ->type_name("N")
      ->check(quietly(CLI::Range(1U, 256U)));
  prove->add_flag("--explain", options->explain, "show a smallest step that breaks what fell");
  prove->add_option("--explain-only", options->explained, "the same for this property or lemma (may be repeated)")
      ->type_name("NAME")
      ->allow_extra_args(false);
  prove->add_option("--dump-smt", options->solver.dump_dir, "write every obligation as SMT-LIB into this folder")
      ->type_name("DIR");
  prove
      ->add_option("--record-hints", options->record_hints,
                   "with --all: write down what the proofs leaned on; the next ones start from proofs/hints.txt")
      ->type_name("FILE");
  prove->add_option("--timeout", options->solver.timeout_ms, "milliseconds for one query")
      ->type_name("MS")
      ->capture_default_str()
      ->check(quietly(CLI::Range(1U, 3600000U)));
  prove->add_option("--seed", options->solver.seed, "the solver's random seed")->type_name("N")->capture_default_str();
  add_edit_options(*prove, options->edits);
  add_lemma_option(*prove, options->edits);
  prove->add_flag("--json", options->json, "machine-readable output");
  prove->callback([&session, options] { run(session, *options); });
}

}  // namespace pasid::cli
