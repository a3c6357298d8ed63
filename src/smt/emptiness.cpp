// A proof says nothing of a rule that cannot fire, a premise that cannot hold, or axioms that cannot all be true. A
// small world that shows the contrary settles it; only where there is none is the unbounded question asked.
#include <algorithm>
#include <stdexcept>

#include "src/smt/proving.hpp"

namespace pasid::smt {

using lang::NodeId;

/// sat: some state with the invariants satisfies one of the formulas. unsat: none does.
Answer Proving::can_any_happen(const std::vector<NodeId>& formulas) {
  NodeId any = theory_.tree.truth(false);
  for (const NodeId f : formulas) any = theory_.tree.disj(any, f);
  if (theory_.tree.is_false(any)) return Answer::unsat;
  if (world_.possible({any}).front()) return Answer::sat;
  bool never = true;
  for (const NodeId f : formulas) {
    const Question question{{f}, theory_.tree.truth(false)};
    Question of_lemmas = question;  // fewer are assumed, and with more effort
    of_lemmas.from_lemmas = true;
    Answer answer = solving_.by_matching(question).answer;
    if (answer != Answer::unsat) answer = solving_.by_matching(of_lemmas).answer;
    if (answer != Answer::unsat) answer = solving_.by_search(question).answer;
    if (answer == Answer::sat) return answer;
    never = never && answer == Answer::unsat;
  }
  return never ? Answer::unsat : Answer::unknown;
}

void Proving::look_for_emptiness(Proof& proof) {
  std::vector<NodeId> at_all{theory_.tree.truth(true)};
  for (const lang::RuleTree& rule : theory_.rules) at_all.push_back(theory_.fires(rule));
  const std::vector<bool> settled = world_.possible(at_all);
  for (std::size_t i = 0; i < at_all.size(); ++i) {
    if (settled[i] || (i > 0 && theory_.rules[i - 1].blocked)) continue;
    const std::string label(i == 0 ? "" : theory_.rules[i - 1].label);
    const Answer answer = can_any_happen({at_all[i]});
    if (answer == Answer::unsat && i == 0) proof.axioms_satisfiable = false;
    if (answer == Answer::unsat && i > 0) proof.dead_rules.push_back(label);
    if (answer == Answer::unknown)
      proof.unsettled.push_back(i == 0 ? "whether the axioms can all be true" : "whether " + label + " can fire");
  }

  for (const Item& item : proof.items) {
    if (item.kind != lang::FormulaKind::property || item.status != Status::proved) continue;
    for (const std::vector<Candidate>* kind : {&theory_.candidates, &theory_.of_steps})
      if (const auto p = std::ranges::find(*kind, item.name, &Candidate::name); p != kind->end())
        look_for_occasion(proof, *p);
  }
}

/// Can every conjunct's premise hold: in some state, or of properties of steps, of the step of some rule?
void Proving::look_for_occasion(Proof& proof, const Candidate& property) {
  for (const NodeId o : theory_.occasions(property.body)) {
    std::vector<NodeId> occasions{o};
    if (property.judges == lang::PropertyKind::step) {
      occasions.clear();
      for (const lang::RuleTree& rule : theory_.rules) {
        const NodeId happens = lang::settled(theory_.tree, lang::after(theory_.tree, rule, o));
        occasions.push_back(theory_.tree.conj(theory_.fires(rule), happens));
      }
    }
    const Answer answer = can_any_happen(occasions);
    if (answer == Answer::unsat) return proof.vacuous.push_back(property.name);
    if (answer == Answer::unknown) proof.unsettled.push_back("whether what " + property.name + " speaks of can happen");
  }
}

std::vector<Answer> Proving::follow(const std::vector<Implication>& implications) {
  std::vector<Answer> out;
  for (const Implication& i : implications) {
    if (!out.empty() && out.back() != Answer::unsat) {
      out.push_back(Answer::unknown);
      continue;
    }
    out.push_back(ask(Question{{i.premise}, i.goal}, false).answer);
  }
  return out;
}

std::vector<Answer> Proving::can_fail_first(const Proof& proof, const std::vector<GuardName>& guards) {
  assume_only(proof);
  std::vector<NodeId> questions;
  for (const GuardName& name : guards) {
    // Of all rules that the design has: the theory leaves out those that never get past a guard, whose others can fail.
    const auto whole = std::ranges::find(whole_.rules, name.rule, &lang::RuleTree::label);
    if (whole == whole_.rules.end() || !theory_.tree.is_true(lang::fold(theory_.tree, whole->only_if, &knobs_)))
      throw std::invalid_argument("the design has no rule '" + std::string(name.rule) + "'");
    const lang::RuleTree rule = lang::fold(theory_.tree, *whole, &knobs_);
    const auto guard = std::ranges::find(rule.guards, name.guard, &lang::Guard::label);
    if (guard == rule.guards.end())
      throw std::invalid_argument("rule '" + std::string(name.rule) + "' has no guard '" + std::string(name.guard) +
                                  "'");
    questions.push_back(theory_.fails_first(rule, *guard));
  }
  std::vector<Answer> out;
  for (const NodeId q : questions) out.push_back(can_any_happen({q}));
  return out;
}

}  // namespace pasid::smt
