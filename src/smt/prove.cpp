#include "src/smt/prove.hpp"

#include <algorithm>
#include <ctime>
#include <deque>
#include <filesystem>
#include <fstream>
#include <set>

#include "src/smt/refusals.hpp"
#include "src/smt/small_world.hpp"
#include "src/smt/smtlib.hpp"

namespace pasid::smt {

using lang::NodeId;

namespace {

/// Of this thread, so that proofs may run side by side.
double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

Answer answer_of(z3::check_result r) {
  return r == z3::unsat ? Answer::unsat : r == z3::sat ? Answer::sat : Answer::unknown;
}

/// Houdini: assume all candidates, drop what some rule does not preserve, look again at what leaned on it.
class Induction {
 public:
  Induction(const lang::Tree& whole, const spec::NativeFacts& knobs, const ProveOptions& options)
      : whole_(whole), knobs_(knobs), theory_(whole, knobs), lowering_(z3_, theory_.tree), options_(options) {}

  Proof run();

 private:
  struct Query {
    std::size_t rule;  ///< rules.size(): the initial state
    std::size_t candidate;
  };
  /// A candidate at a rule or the initial state; a property of steps at a rule.
  const Candidate& formula(const Query& q) {
    const std::size_t n = theory_.candidates.size();
    return q.candidate < n ? theory_.candidates[q.candidate] : theory_.of_steps[q.candidate - n];
  }
  struct Result {
    Answer answer = Answer::unknown;
    bool by_frame = false;
    double seconds = 0;
    std::set<std::size_t> leans_on;  ///< candidates in the unsatisfiable core
  };

  void set_limits(z3::solver& s, unsigned timeout_ms);
  void assert_common(z3::solver& s);
  bool falls_in_small_world(const Query& q);
  z3::solver& solver(std::size_t rule);
  z3::expr literal(std::size_t c) { return z3_.bool_const(("assume!" + theory_.candidates[c].name).c_str()); }
  NodeId goal(const Query& q);
  Result ask(const Query& q);
  [[nodiscard]] bool with_scripts() const { return options_.scripts || !options_.dump_dir.empty(); }
  Script script(const Query& q, const Result& result);
  Script script(const std::vector<NodeId>& premises, NodeId wanted);
  void share_scripts(Proof& proof);
  void write(const Obligation& obligation, const std::string& text);
  void prove_steps(Proof& proof);
  void prove_calls(Proof& proof);
  void sort_items(Proof& proof) const;
  std::vector<NodeId> invariants();
  z3::solver from_invariants();
  Result ask_call(z3::solver& s, const Refusal& refusal, NodeId premise, NodeId wanted);
  void look_for_emptiness(Proof& proof);
  void look_for_occasion(Proof& proof, const Candidate& property);
  [[nodiscard]] std::string rule_name(std::size_t rule) const {
    return rule == theory_.rules.size() ? "init" : std::string(theory_.rules[rule].label);
  }

  z3::context z3_;
  const lang::Tree& whole_;
  spec::NativeFacts knobs_;
  Theory theory_;
  Lowering lowering_;
  ProveOptions options_;
  std::vector<z3::expr> axioms_;
  std::vector<z3::expr> candidates_;
  std::vector<bool> alive_;
  std::vector<std::optional<z3::solver>> solvers_;
};

void Induction::set_limits(z3::solver& s, unsigned timeout_ms) {
  z3::params p(z3_);
  p.set("timeout", timeout_ms);
  p.set("random_seed", options_.seed);
  p.set("mbqi", true);
  s.set(p);
}

void Induction::assert_common(z3::solver& s) {
  set_limits(s, options_.timeout_ms);
  for (const z3::expr& a : axioms_) s.add(a);
}

z3::solver& Induction::solver(std::size_t rule) {
  auto& slot = solvers_[rule];
  if (slot) return *slot;
  slot.emplace(z3_, z3::solver::simple());
  assert_common(*slot);
  if (rule < theory_.rules.size()) {
    for (std::size_t c = 0; c < candidates_.size(); ++c) slot->add(z3::implies(literal(c), candidates_[c]));
    slot->add(lowering_.formula(theory_.fires(theory_.rules[rule])));
  }
  return *slot;
}

NodeId Induction::goal(const Query& q) {
  if (q.rule == theory_.rules.size()) return lang::initially(theory_.tree, formula(q).body);
  return theory_.wanted(formula(q), theory_.rules[q.rule]);
}

/// Where the unbounded search gives up on a model, a world with two of everything often has one.
bool Induction::falls_in_small_world(const Query& q) {
  if (q.rule == theory_.rules.size()) return false;
  SmallWorld world(theory_, invariants(), sizes_of(theory_.tree, 2));
  return world.step_out(knobs_, q.rule, formula(q)).has_value();
}

Induction::Result Induction::ask(const Query& q) {
  Result out;
  const NodeId wanted = goal(q);
  const bool invariant = formula(q).judges == lang::PropertyKind::state;
  if (invariant ? q.rule < theory_.rules.size() && wanted == formula(q).body : theory_.tree.is_true(wanted)) {
    out.answer = Answer::unsat;
    out.by_frame = true;
    return out;
  }
  const double start = cpu_seconds();
  const z3::expr negated = !lowering_.formula(wanted);
  z3::solver& s = solver(q.rule);
  s.push();
  s.add(negated);
  z3::expr_vector assumptions(z3_);
  if (q.rule < theory_.rules.size())
    for (std::size_t c = 0; c < candidates_.size(); ++c)
      if (alive_[c]) assumptions.push_back(literal(c));
  set_limits(s, options_.timeout_ms / 10);
  out.answer = answer_of(s.check(assumptions));
  if (out.answer == Answer::unknown && falls_in_small_world(q)) out.answer = Answer::sat;
  if (out.answer == Answer::unknown) {
    set_limits(s, options_.timeout_ms);
    out.answer = answer_of(s.check(assumptions));
  }
  if (out.answer == Answer::unsat) {
    const z3::expr_vector core = s.unsat_core();
    std::set<std::string> names;
    for (unsigned i = 0; i < core.size(); ++i) names.insert(core[static_cast<int>(i)].decl().name().str());
    for (std::size_t c = 0; c < candidates_.size(); ++c)
      if (names.contains("assume!" + theory_.candidates[c].name)) out.leans_on.insert(c);
  }
  s.pop();
  out.seconds = cpu_seconds() - start;
  return out;
}

/// What was asked, as text: the guards of the rule, and last the denial of the goal.
Script Induction::script(const Query& q, const Result& result) {
  std::vector<z3::expr> own;
  Script out;
  if (q.rule < theory_.rules.size()) {
    own.push_back(lowering_.formula(theory_.fires(theory_.rules[q.rule])));
    out.core.assign(result.leans_on.begin(), result.leans_on.end());
    for (std::size_t c = 0; c < candidates_.size(); ++c)
      if (alive_[c]) out.all.push_back(c);
  }
  own.push_back(!lowering_.formula(goal(q)));
  out.own = smtlib(own);
  return out;
}

/// The same for what is asked of a call: every invariant may have been leaned on.
Script Induction::script(const std::vector<NodeId>& premises, NodeId wanted) {
  std::vector<z3::expr> own;
  Script out;
  for (const NodeId p : premises) own.push_back(lowering_.formula(p));
  own.push_back(!lowering_.formula(wanted));
  out.own = smtlib(own);
  for (std::size_t c = 0; c < candidates_.size(); ++c)
    if (alive_[c]) out.all.push_back(c);
  out.core = out.all;
  return out;
}

/// What the scripts have in common; last, when every symbol is declared. Then they can be written.
void Induction::share_scripts(Proof& proof) {
  if (!with_scripts()) return;
  for (const NodeId a : theory_.axioms) proof.scripts.axioms.push_back(smtlib_closed(lowering_.formula(a)));
  for (const z3::expr& b : lowering_.background()) proof.scripts.axioms.push_back(smtlib_closed(b));
  for (const z3::expr& c : candidates_) proof.scripts.assumptions.push_back(smtlib_closed(c));
  if (options_.dump_dir.empty()) return;
  for (const Obligation& o : proof.obligations)
    if (o.script) write(o, proof.scripts.whole(*o.script));
}

void Induction::write(const Obligation& obligation, const std::string& text) {
  std::string name = obligation.rule + "--" + obligation.formula + ".smt2";
  std::ranges::replace(name, ' ', '_');
  std::ranges::replace(name, ':', '_');
  std::ofstream out(std::filesystem::path(options_.dump_dir) / name);
  out << "; " << obligation.name() << ": unsat expected\n" << text;
  if (!out) throw std::runtime_error("cannot write " + options_.dump_dir + "/" + name);
}

/// A proof says nothing of a rule that cannot fire, a premise that cannot hold, or axioms that cannot all be true. A
/// small world that shows the contrary settles it; only where there is none is the unbounded question asked.
void Induction::look_for_emptiness(Proof& proof) {
  struct Doubt {
    SmallWorld::Question question;
    std::string what;
    std::size_t property;  ///< vacuity: which
  };
  std::vector<Doubt> doubts{{{nullptr, theory_.tree.truth(true)}, "whether the axioms can all be true", 0}};
  for (const lang::RuleTree& rule : theory_.rules)
    doubts.push_back({{&rule, theory_.fires(rule)}, "whether " + std::string(rule.label) + " can fire", 0});
  for (std::size_t c = 0; c < candidates_.size(); ++c) {
    const Candidate& property = theory_.candidates[c];
    if (!alive_[c] || property.kind != lang::FormulaKind::property) continue;
    for (const NodeId o : theory_.occasions(property.body))
      doubts.push_back({{nullptr, o}, "whether what " + property.name + " speaks of can happen", c});
  }
  std::vector<SmallWorld::Question> questions;
  for (const Doubt& d : doubts) questions.push_back(d.question);
  const auto settled = SmallWorld(theory_, invariants(), sizes_of(theory_.tree, 2)).possible(questions);

  for (std::size_t i = 0; i < doubts.size(); ++i) {
    if (settled[i]) continue;
    const Doubt& d = doubts[i];
    z3::solver s = from_invariants();
    s.add(lowering_.formula(d.question.formula));
    const z3::check_result answer = s.check();
    if (answer == z3::unknown) proof.unsettled.push_back(d.what);
    if (answer != z3::unsat) continue;
    if (i == 0) proof.axioms_satisfiable = false;
    else if (d.question.rule != nullptr) proof.dead_rules.emplace_back(d.question.rule->label);
    else if (const auto& name = theory_.candidates[d.property].name;
             proof.vacuous.empty() || proof.vacuous.back() != name)
      proof.vacuous.push_back(name);
  }
  for (const Candidate& p : theory_.of_steps)
    if (proof.find(p.name)->status == Status::proved) look_for_occasion(proof, p);
}

/// Can every conjunct's premise of a property of steps hold of the step of some rule?
void Induction::look_for_occasion(Proof& proof, const Candidate& property) {
  for (const NodeId o : theory_.occasions(property.body)) {
    std::vector<SmallWorld::Question> questions;
    for (const lang::RuleTree& rule : theory_.rules) {
      const NodeId happens = lang::settled(theory_.tree, lang::after(theory_.tree, rule, o));
      questions.push_back({&rule, theory_.tree.conj(theory_.fires(rule), happens)});
    }
    const auto possible = SmallWorld(theory_, invariants(), sizes_of(theory_.tree, 2)).possible(questions);
    if (std::ranges::find(possible, true) != possible.end()) continue;
    bool never = true;
    bool settled = true;
    for (const SmallWorld::Question& q : questions) {
      z3::solver s = from_invariants();
      s.add(lowering_.formula(q.formula));
      const z3::check_result answer = s.check();
      never = never && answer == z3::unsat;
      settled = settled && answer != z3::unknown;
    }
    if (never) return proof.vacuous.push_back(property.name);
    if (!settled) proof.unsettled.push_back("whether what " + property.name + " speaks of can happen");
  }
}

/// Properties of steps: one obligation for each rule, from the invariants that stood.
void Induction::prove_steps(Proof& proof) {
  for (std::size_t p = 0; p < theory_.of_steps.size(); ++p) {
    const std::string& name = theory_.of_steps[p].name;
    Item item{name, lang::FormulaKind::property, Status::proved, {}};
    std::vector<Obligation> shown;
    for (std::size_t r = 0; r < theory_.rules.size(); ++r) {
      const Query q{r, candidates_.size() + p};
      const Result result = ask(q);
      if (result.answer != Answer::unsat) {
        item.status = result.answer == Answer::sat ? Status::dropped : Status::unknown;
        item.fell_at = rule_name(r);
        break;
      }
      shown.push_back({rule_name(r), name, result.answer, result.by_frame, result.seconds});
      if (with_scripts() && !result.by_frame) shown.back().script = script(q, result);
    }
    if (item.status == Status::proved) proof.obligations.insert(proof.obligations.end(), shown.begin(), shown.end());
    proof.items.push_back(std::move(item));
  }
}

/// A solver that has the axioms and the invariants.
z3::solver Induction::from_invariants() {
  z3::solver s(z3_, z3::solver::simple());
  assert_common(s);
  for (std::size_t c = 0; c < candidates_.size(); ++c)
    if (alive_[c]) s.add(candidates_[c]);
  return s;
}

std::vector<NodeId> Induction::invariants() {
  std::vector<NodeId> out;
  for (std::size_t c = 0; c < candidates_.size(); ++c)
    if (alive_[c]) out.push_back(theory_.candidates[c].body);
  return out;
}

/// `s` has the invariants and `premise`.
Induction::Result Induction::ask_call(z3::solver& s, const Refusal& refusal, NodeId premise, NodeId wanted) {
  Result out;
  out.by_frame = theory_.tree.is_true(wanted);
  if (out.by_frame) {
    out.answer = Answer::unsat;
    return out;
  }
  const double start = cpu_seconds();
  s.push();
  s.add(!lowering_.formula(wanted));
  set_limits(s, options_.timeout_ms / 10);
  out.answer = answer_of(s.check());
  if (out.answer == Answer::unknown) {
    SmallWorld world(theory_, invariants(), sizes_of(theory_.tree, 2));
    const NodeId denied = theory_.tree.conj(premise, theory_.tree.negate(wanted));
    if (world.possible({{&refusal.params, denied}}).front()) out.answer = Answer::sat;
  }
  if (out.answer == Answer::unknown) {
    set_limits(s, options_.timeout_ms);
    out.answer = answer_of(s.check());
  }
  s.pop();
  out.seconds = cpu_seconds() - start;
  return out;
}

/// Properties of calls: one obligation for each guard that can refuse, and one for each undo, which must be able to
/// happen then. Where an undo may not, no property of calls is proved: the call would never return.
void Induction::prove_calls(Proof& proof) {
  if (theory_.of_calls.empty()) return;
  std::vector<Item> items;
  for (const Candidate& c : theory_.of_calls) items.push_back({c.name, c.kind, Status::proved, {}});
  std::vector<Obligation> undos;
  std::vector<std::vector<Obligation>> shown(items.size());
  const auto fall = [](Item& item, Answer answer, const std::string& at) {
    if (item.status != Status::proved) return;
    item.status = answer == Answer::sat ? Status::dropped : Status::unknown;
    item.fell_at = at;
  };
  bool possible = false;
  bool settled = true;
  for (const Refusal& refusal : refusals(theory_, whole_, knobs_)) {
    if (!refusal.unsupported.empty()) {
      for (Item& item : items) fall(item, Answer::unknown, refusal.name + ", where " + refusal.unsupported);
      continue;
    }
    // Declared first, so that what is known of a cell is known of all that is asked.
    NodeId premise = refusal.premise;
    std::vector<NodeId> goals;
    (void)lowering_.formula(premise);
    for (const Refusal::Undo& undo : refusal.undos) (void)lowering_.formula(undo.enabled);
    for (const Candidate& c : theory_.of_calls) goals.push_back(after_refusal(theory_.tree, refusal, c.body));
    for (const NodeId goal : goals) (void)lowering_.formula(goal);
    z3::solver s = from_invariants();
    for (const z3::expr& b : lowering_.background()) s.add(b);
    s.add(lowering_.formula(premise));
    std::vector<NodeId> premises{premise};
    const auto show = [&](const std::string& formula, const Result& result, NodeId goal) {
      Obligation out{refusal.name, formula, result.answer, result.by_frame, result.seconds};
      if (with_scripts() && !result.by_frame) out.script = script(premises, goal);
      return out;
    };
    if (!possible) {
      const z3::check_result answer = s.check();
      possible =
          answer == z3::sat ||
          SmallWorld(theory_, invariants(), sizes_of(theory_.tree, 2)).possible({{&refusal.params, premise}}).front();
      settled = settled && (possible || answer == z3::unsat);
    }
    for (const Refusal::Undo& undo : refusal.undos) {
      const std::string formula = "undo " + undo.rule;
      const Result result = ask_call(s, refusal, premise, undo.enabled);
      if (result.answer == Answer::unsat) undos.push_back(show(formula, result, undo.enabled));
      for (Item& item : items)
        if (result.answer != Answer::unsat)
          fall(item, result.answer, refusal.name + ", where " + undo.rule + " may wait");
      premise = theory_.tree.conj(premise, undo.enabled);
      premises.push_back(undo.enabled);
      s.add(lowering_.formula(undo.enabled));
    }
    for (std::size_t p = 0; p < items.size(); ++p) {
      if (items[p].status != Status::proved) continue;
      const Result result = ask_call(s, refusal, premise, goals[p]);
      if (result.answer != Answer::unsat) {
        fall(items[p], result.answer, refusal.name);
        continue;
      }
      shown[p].push_back(show(items[p].name, result, goals[p]));
    }
  }
  const auto keep = [&](const std::vector<Obligation>& all) {
    proof.obligations.insert(proof.obligations.end(), all.begin(), all.end());
  };
  keep(undos);
  for (std::size_t p = 0; p < items.size(); ++p) {
    if (items[p].status == Status::proved) {
      keep(shown[p]);
      if (!possible && settled) proof.vacuous.push_back(items[p].name);
      if (!possible && !settled) proof.unsettled.push_back("whether what " + items[p].name + " speaks of can happen");
    }
    proof.items.push_back(items[p]);
  }
}

/// Items in the tree's order, properties first.
void Induction::sort_items(Proof& proof) const {
  const auto rank = [&](const Item& i) {
    const auto at = std::ranges::find(whole_.formulas, i.name, &lang::Formula::name);
    return std::pair(i.kind, at - whole_.formulas.begin());
  };
  std::ranges::stable_sort(proof.items, {}, rank);
}

Proof Induction::run() {
  const double start = cpu_seconds();
  const std::size_t init = theory_.rules.size();
  for (const NodeId a : theory_.axioms) axioms_.push_back(lowering_.formula(a));
  for (const Candidate& c : theory_.candidates) candidates_.push_back(lowering_.formula(c.body));
  for (const lang::RuleTree& r : theory_.rules) (void)lowering_.formula(theory_.fires(r));
  for (std::size_t r = 0; r < init; ++r)  // declares every cell a rule writes
    for (std::size_t c = 0; c < candidates_.size(); ++c) (void)lowering_.formula(goal({r, c}));
  for (std::size_t r = 0; r < init; ++r)
    for (std::size_t p = 0; p < theory_.of_steps.size(); ++p)
      (void)lowering_.formula(goal({r, candidates_.size() + p}));
  for (const Candidate& c : theory_.of_calls) (void)lowering_.formula(lang::settled(theory_.tree, c.body));
  for (const z3::expr& b : lowering_.background()) axioms_.push_back(b);
  alive_.assign(candidates_.size(), true);
  solvers_.resize(init + 1);

  Proof proof;
  std::vector<std::vector<Result>> results(init + 1, std::vector<Result>(candidates_.size()));
  std::vector<std::optional<std::size_t>> fell_at(candidates_.size());
  std::vector<bool> gave_up(candidates_.size(), false);
  std::deque<Query> pending;
  for (std::size_t r = 0; r <= init; ++r)
    for (std::size_t c = 0; c < candidates_.size(); ++c) pending.push_back({r, c});
  while (!pending.empty()) {
    const Query q = pending.front();
    pending.pop_front();
    if (!alive_[q.candidate]) continue;
    Result& result = results[q.rule][q.candidate];
    result = ask(q);
    if (result.answer == Answer::unsat) continue;
    alive_[q.candidate] = false;
    fell_at[q.candidate] = q.rule;
    gave_up[q.candidate] = result.answer == Answer::unknown;
    for (std::size_t r = 0; r <= init; ++r)
      for (std::size_t c = 0; c < candidates_.size(); ++c)
        if (alive_[c] && results[r][c].leans_on.contains(q.candidate)) {
          results[r][c].leans_on.clear();
          pending.push_back({r, c});
        }
  }

  for (std::size_t r = 0; r <= init; ++r) {
    for (std::size_t c = 0; c < candidates_.size(); ++c) {
      if (!alive_[c]) continue;
      const Result& result = results[r][c];
      proof.obligations.push_back(
          {rule_name(r), theory_.candidates[c].name, result.answer, result.by_frame, result.seconds});
      if (with_scripts() && !result.by_frame) proof.obligations.back().script = script({r, c}, result);
    }
  }
  for (std::size_t c = 0; c < candidates_.size(); ++c) {
    const Candidate& cand = theory_.candidates[c];
    const Status status = alive_[c] ? Status::proved : gave_up[c] ? Status::unknown : Status::dropped;
    proof.items.push_back({cand.name, cand.kind, status, fell_at[c] ? rule_name(*fell_at[c]) : std::string{}});
  }
  for (const std::string& name : theory_.not_applicable)
    proof.items.push_back({name, lang::FormulaKind::property, Status::not_applicable, {}});
  prove_steps(proof);
  look_for_emptiness(proof);
  prove_calls(proof);  // last: it adds to the tree what no small world can read out
  sort_items(proof);
  share_scripts(proof);
  proof.seconds = cpu_seconds() - start;
  return proof;
}

}  // namespace

const Item* Proof::find(std::string_view name) const {
  for (const Item& i : items)
    if (i.name == name) return &i;
  return nullptr;
}

Proof prove(const lang::Tree& tree, const spec::NativeFacts& knobs, const ProveOptions& options) {
  try {
    return Induction(tree, knobs, options).run();
  } catch (const z3::exception& e) {
    throw std::runtime_error(std::string("Z3: ") + e.msg());
  }
}

}  // namespace pasid::smt
