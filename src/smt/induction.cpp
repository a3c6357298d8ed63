// Which candidates are invariants: Houdini. All are assumed; what some rule does not preserve is dropped, and what
// leaned on it is asked again. A property that follows from the lemmas in every state need not be asked of any rule.
#include <algorithm>

#include "src/smt/proving.hpp"

namespace pasid::smt {
namespace {
/// A step that breaks something is found with few; that there is none is not worth more here.
constexpr unsigned few_conflicts = 3000;
}  // namespace

using lang::NodeId;

/// What is to be shown of a formula at a rule, or at the initial state: rules.size().
Question Proving::question(std::size_t rule, const Candidate& formula) {
  if (rule == theory_.rules.size()) return {{}, lang::initially(theory_.tree, formula.body), false};
  const lang::RuleTree& r = theory_.rules[rule];
  Question out{{theory_.fires(r)}, theory_.wanted(formula, r)};
  for (std::size_t c = 0; c < theory_.candidates.size(); ++c)
    if (&theory_.candidates[c] == &formula) out.itself = c;
  return out;
}

/// What is to be shown of a property that holds wherever the lemmas do.
Question Proving::consequence(const Candidate& property) {
  Question out{{}, property.body};
  out.from_lemmas = true;
  return out;
}

void Proving::drop(std::size_t candidate) {
  solving_.drop(candidate);
  world_.forget(theory_.candidates[candidate].body);
}

void Proving::prove_states(Proof& proof) {
  const std::size_t init = theory_.rules.size();
  const std::size_t count = theory_.candidates.size();
  enum class State : std::uint8_t { open, unmatched, hard, done };
  struct Asked {
    State state = State::open;
    Result result;
  };
  std::vector<std::vector<Asked>> asked(init + 1, std::vector<Asked>(count));
  std::vector<Asked> follows(count);  ///< from the lemmas
  const auto follow = [&](std::size_t c) {
    if (theory_.candidates[c].kind != lang::FormulaKind::property) return;
    follows[c].result = solving_.by_matching(consequence(theory_.candidates[c]));
    follows[c].state = follows[c].result.answer == Answer::unsat ? State::done : State::hard;
  };
  std::vector<Item> items;
  for (const Candidate& c : theory_.candidates) items.push_back({c.name, c.kind, Status::proved, {}});

  const auto fall = [&](std::size_t rule, std::size_t candidate, Status status) {
    items[candidate].status = status;
    items[candidate].fell_at = rule_name(rule);
    drop(candidate);
    for (auto& row : asked)
      for (Asked& a : row)
        if (a.state == State::done && a.result.leans_on.contains(candidate)) a = {};
    for (std::size_t c = 0; c < count; ++c)
      if (follows[c].state == State::done && follows[c].result.leans_on.contains(candidate)) follow(c);
  };
  const auto those = [&](std::size_t rule, State state) {
    std::vector<std::size_t> out;
    for (const std::size_t c : solving_.alive())
      if (asked[rule][c].state == state && follows[c].state != State::done) out.push_back(c);
    return out;
  };
  for (std::size_t c = 0; c < count; ++c) follow(c);

  /// Drops what a small world shows to fall.
  const auto drop_fallen = [&](std::size_t r) {
    bool any = false;
    for (auto left = those(r, State::unmatched); r < init && !left.empty(); left = those(r, State::unmatched)) {
      const auto falls = world_.step_out(knobs_, r, left, few_conflicts);
      for (const std::size_t c : falls) fall(r, c, Status::dropped);
      if (falls.empty()) break;
      any = true;
    }
    for (const std::size_t c : those(r, State::unmatched)) asked[r][c].state = State::hard;
    return any;
  };

  for (bool again = true; again;) {
    again = false;
    for (std::size_t r = 0; r <= init; ++r) {
      for (const std::size_t c : those(r, State::open)) {
        Asked& a = asked[r][c];
        const bool by_frame = r < init && theory_.by_frame(theory_.candidates[c], theory_.rules[r]);
        a.result = by_frame ? Result{Answer::unsat, true} : solving_.by_matching(question(r, theory_.candidates[c]));
        a.state = a.result.answer == Answer::unsat ? State::done : State::unmatched;
      }
      again = drop_fallen(r) || again;
    }
    if (again) continue;
    // The rest is asked at length, from what is left to assume.
    for (std::size_t r = 0; r <= init; ++r)
      for (const std::size_t c : those(r, State::hard)) {
        if (!solving_.alive(c)) continue;
        // From less a step out may be found that was not there before.
        const bool falls = r < init && !world_.step_out(knobs_, r, {c}, SmallWorld::most_conflicts).empty();
        Answer answer = Answer::sat;
        if (!falls) {
          asked[r][c] = {State::done, solving_.by_search(question(r, theory_.candidates[c]))};
          answer = asked[r][c].result.answer;
        }
        if (answer == Answer::unsat) continue;
        fall(r, c, answer == Answer::sat ? Status::dropped : Status::unknown);
        again = true;
      }
  }

  for (const std::size_t c : solving_.alive()) {
    const Candidate& kept = theory_.candidates[c];
    if (follows[c].state == State::done)
      proof.obligations.push_back(obligation("lemmas", kept.name, follows[c].result, consequence(kept)));
  }
  for (std::size_t r = 0; r <= init; ++r)
    for (const std::size_t c : solving_.alive()) {
      if (follows[c].state == State::done) continue;
      const Candidate& kept = theory_.candidates[c];
      proof.obligations.push_back(obligation(rule_name(r), kept.name, asked[r][c].result, question(r, kept)));
    }
  proof.items = std::move(items);
}

/// Properties of steps: one obligation for each rule, from the invariants that stood.
void Proving::prove_steps(Proof& proof) {
  for (const Candidate& property : theory_.of_steps) {
    Item item{property.name, lang::FormulaKind::property, Status::proved, {}};
    std::vector<Obligation> shown;
    for (std::size_t r = 0; r < theory_.rules.size(); ++r) {
      Result result{Answer::unsat, true};
      if (!theory_.by_frame(property, theory_.rules[r])) {
        result = solving_.by_matching(question(r, property));
        if (result.answer != Answer::unsat && world_.step_out(knobs_, r, property)) result.answer = Answer::sat;
        if (result.answer == Answer::unknown) result = solving_.by_search(question(r, property));
      }
      if (result.answer != Answer::unsat) {
        item.status = result.answer == Answer::sat ? Status::dropped : Status::unknown;
        item.fell_at = rule_name(r);
        break;
      }
      shown.push_back(obligation(rule_name(r), property.name, result, question(r, property)));
    }
    if (item.status == Status::proved) proof.obligations.insert(proof.obligations.end(), shown.begin(), shown.end());
    proof.items.push_back(std::move(item));
  }
}

}  // namespace pasid::smt
