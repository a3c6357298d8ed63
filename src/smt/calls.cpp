// Properties of calls.
#include <algorithm>

#include "src/smt/proving.hpp"
#include "src/smt/refusals.hpp"

namespace pasid::smt {

using lang::NodeId;

namespace {

/// What became of each property of calls so far, and what was shown of it.
struct Verdicts {
  std::vector<Item> items;
  std::vector<std::vector<Obligation>> shown;

  [[nodiscard]] bool any_left() const { return std::ranges::find(items, Status::proved, &Item::status) != items.end(); }
  void fall(std::size_t p, Answer answer, const std::string& at) {
    if (items[p].status != Status::proved) return;
    items[p].status = answer == Answer::sat ? Status::dropped : Status::unknown;
    items[p].fell_at = at;
  }
  void fall(Answer answer, const std::string& at) {
    for (std::size_t p = 0; p < items.size(); ++p) fall(p, answer, at);
  }
};

}  // namespace

/// Where it is suspected to fall, a small world is asked first, else last.
Result Proving::ask(const Question& question, bool suspected) {
  if (theory_.tree.is_true(question.goal)) return {Answer::unsat, true};
  NodeId denied = theory_.tree.negate(question.goal);
  for (const NodeId p : question.premises) denied = theory_.tree.conj(p, denied);
  if (suspected && world_.possible({denied}).front()) return {Answer::sat};
  Result out = solving_.by_matching(question);
  if (out.answer == Answer::unsat) return out;
  if (!suspected && world_.possible({denied}).front()) {
    out.answer = Answer::sat;
    return out;
  }
  return solving_.by_search(question);
}

/// One obligation for each guard that can refuse, and one for each undo, which must be able to happen then. Where an
/// undo may not, no property of calls is proved: the call would never return.
void Proving::prove_calls(Proof& proof) {
  if (theory_.of_calls.empty()) return;
  Verdicts verdicts;
  for (const Candidate& c : theory_.of_calls) verdicts.items.push_back({c.name, c.kind, Status::proved, {}, c.judges});
  verdicts.shown.resize(verdicts.items.size());
  std::vector<Obligation> undos;
  std::vector<NodeId> occasions;
  for (const Refusal& refusal : refusals(theory_, whole_, knobs_)) {
    if (!verdicts.any_left()) break;
    if (!refusal.unsupported.empty()) {
      verdicts.fall(Answer::unknown, refusal.name + ", where " + refusal.unsupported);
      continue;
    }
    occasions.push_back(refusal.premise);
    std::vector<NodeId> premises{refusal.premise};
    for (const Refusal::Undo& undo : refusal.undos) {
      const std::string formula = "undo " + undo.rule;
      Question question{premises, undo.enabled};
      question.hinted = solving_.hinted(refusal.name, formula);
      const Result result = ask(question, false);
      if (result.answer == Answer::unsat) undos.push_back(obligation(refusal.name, formula, result, question));
      else verdicts.fall(result.answer, refusal.name + ", where " + undo.rule + " may wait");
      premises.push_back(undo.enabled);
    }
    for (std::size_t p = 0; p < verdicts.items.size(); ++p) {
      if (verdicts.items[p].status != Status::proved) continue;
      // Part by part: what a call leaves as it was are many things, and each has its own reasons.
      const auto parts = theory_.tree.conjuncts(theory_.of_calls[p].body);
      for (std::size_t i = 0; i < parts.size() && verdicts.items[p].status == Status::proved; ++i) {
        const std::string part = parts.size() == 1 ? "" : ", part " + std::to_string(i + 1);
        const std::string formula = verdicts.items[p].name + part;
        Question question{premises, after_refusal(theory_.tree, refusal, parts[i])};
        question.hinted = solving_.hinted(refusal.name, formula);
        const bool suspected =
            std::ranges::find(suspected_, Hints::Fall{refusal.name + part, verdicts.items[p].name}) != suspected_.end();
        const Result result = ask(question, suspected);
        if (result.answer == Answer::unsat)
          verdicts.shown[p].push_back(obligation(refusal.name, formula, result, question));
        else verdicts.fall(p, result.answer, refusal.name + part);
      }
    }
  }
  if (verdicts.any_left()) {
    proof.obligations.insert(proof.obligations.end(), undos.begin(), undos.end());
    const Answer happens = can_any_happen(occasions);
    for (std::size_t p = 0; p < verdicts.items.size(); ++p) {
      const Item& item = verdicts.items[p];
      if (item.status != Status::proved) continue;
      proof.obligations.insert(proof.obligations.end(), verdicts.shown[p].begin(), verdicts.shown[p].end());
      if (happens == Answer::unsat) proof.vacuous.push_back(item.name);
      if (happens == Answer::unknown) proof.unsettled.push_back("whether what " + item.name + " speaks of can happen");
    }
  }
  proof.items.insert(proof.items.end(), verdicts.items.begin(), verdicts.items.end());
}

}  // namespace pasid::smt
