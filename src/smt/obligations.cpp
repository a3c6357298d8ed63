// What was shown, as text for another solver.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include "src/smt/proving.hpp"
#include "src/smt/smtlib.hpp"

namespace pasid::smt {

using lang::NodeId;

/// The script: the premises, and last the denial of the goal.
Obligation Proving::obligation(std::string rule, std::string formula, const Result& result, const Question& question) {
  Obligation out{std::move(rule), std::move(formula), result.answer, result.by_frame, result.seconds};
  for (const std::size_t c : result.leans_on) out.leans_on.push_back(theory_.candidates[c].name);
  if (!with_scripts() || result.by_frame) return out;
  std::vector<z3::expr> own;
  for (const NodeId p : question.premises) own.push_back(solving_.lowering().formula(p));
  own.push_back(!solving_.lowering().formula(question.goal));
  out.script = Script{smtlib(own), {result.leans_on.begin(), result.leans_on.end()}, {}};
  if (question.from_invariants) out.script->all = solving_.assumable(question);
  return out;
}

Obligation Proving::obligation(std::size_t rule, const Candidate& formula, const Result& result) {
  Question question;
  if (with_scripts() && !result.by_frame) question = solving_.question(rule, formula);
  return obligation(theory_.rule_name(rule), formula.name, result, question);
}

/// What the scripts have in common; last, when every symbol is declared. Then they can be written.
void Proving::share_scripts(Proof& proof) {
  if (!with_scripts()) return;
  Lowering& lowering = solving_.lowering();
  for (const NodeId a : theory_.axioms) proof.scripts.axioms.push_back(smtlib_closed(lowering.formula(a)));
  for (const z3::expr& b : lowering.background()) proof.scripts.axioms.push_back(smtlib_closed(b));
  for (const Candidate& c : theory_.candidates) {
    proof.scripts.assumptions.push_back(smtlib_closed(lowering.formula(c.body)));
    proof.scripts.names.push_back(c.name);
  }
  if (options_.dump_dir.empty()) return;
  for (const Obligation& o : proof.obligations)
    if (o.script) write(o, proof.scripts.whole(*o.script));
}

void Proving::write(const Obligation& obligation, const std::string& text) {
  std::string name = obligation.rule + "--" + obligation.formula + ".smt2";
  std::ranges::replace(name, ' ', '_');
  std::ranges::replace(name, ':', '_');
  std::ofstream out(std::filesystem::path(options_.dump_dir) / name);
  out << "; " << obligation.name() << ": unsat expected\n" << text;
  if (!out) throw std::runtime_error("cannot write " + options_.dump_dir + "/" + name);
}

}  // namespace pasid::smt
