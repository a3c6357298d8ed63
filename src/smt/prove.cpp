#include "src/smt/prove.hpp"

#include <ctime>
#include <deque>
#include <filesystem>
#include <fstream>
#include <set>

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
      : knobs_(knobs), theory_(whole, knobs), lowering_(z3_, theory_.tree), options_(options) {}

  Proof run();

 private:
  struct Query {
    std::size_t rule;  ///< rules.size(): the initial state
    std::size_t candidate;
  };
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
  Script script(const Query& q, const Result& result);
  void dump(const Query& q, const std::string& text);
  void look_for_emptiness(Proof& proof);
  [[nodiscard]] std::string rule_name(std::size_t rule) const {
    return rule == theory_.rules.size() ? "init" : std::string(theory_.rules[rule].label);
  }

  z3::context z3_;
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
  const NodeId body = theory_.candidates[q.candidate].body;
  if (q.rule == theory_.rules.size()) return lang::initially(theory_.tree, body);
  return lang::after(theory_.tree, theory_.rules[q.rule], body);
}

/// Where the unbounded search gives up on a model, a world with two of everything often has one.
bool Induction::falls_in_small_world(const Query& q) {
  if (q.rule == theory_.rules.size()) return false;
  std::vector<NodeId> invariants;
  for (std::size_t c = 0; c < candidates_.size(); ++c)
    if (alive_[c]) invariants.push_back(theory_.candidates[c].body);
  SmallWorld world(theory_, invariants, sizes_of(theory_.tree, 2));
  return world.step_out(knobs_, q.rule, theory_.candidates[q.candidate]).has_value();
}

Induction::Result Induction::ask(const Query& q) {
  Result out;
  const NodeId wanted = goal(q);
  if (q.rule < theory_.rules.size() && wanted == theory_.candidates[q.candidate].body) {
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

void Induction::dump(const Query& q, const std::string& text) {
  const std::string name = rule_name(q.rule) + "--" + theory_.candidates[q.candidate].name + ".smt2";
  std::ofstream out(std::filesystem::path(options_.dump_dir) / name);
  out << "; " << rule_name(q.rule) << " preserves " << theory_.candidates[q.candidate].name << ": unsat expected\n"
      << text;
  if (!out) throw std::runtime_error("cannot write " + options_.dump_dir + "/" + name);
}

/// A proof says nothing of a rule that cannot fire, a premise that cannot hold, or axioms that cannot all be true. A
/// small world that shows the contrary settles it; only where there is none is the unbounded question asked.
void Induction::look_for_emptiness(Proof& proof) {
  std::vector<NodeId> invariants;
  for (std::size_t c = 0; c < candidates_.size(); ++c)
    if (alive_[c]) invariants.push_back(theory_.candidates[c].body);
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
  const auto settled = SmallWorld(theory_, invariants, sizes_of(theory_.tree, 2)).possible(questions);

  for (std::size_t i = 0; i < doubts.size(); ++i) {
    if (settled[i]) continue;
    const Doubt& d = doubts[i];
    z3::solver s(z3_, z3::solver::simple());
    assert_common(s);
    for (std::size_t c = 0; c < candidates_.size(); ++c)
      if (alive_[c]) s.add(candidates_[c]);
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
}

Proof Induction::run() {
  const double start = cpu_seconds();
  const std::size_t init = theory_.rules.size();
  for (const NodeId a : theory_.axioms) axioms_.push_back(lowering_.formula(a));
  for (const Candidate& c : theory_.candidates) candidates_.push_back(lowering_.formula(c.body));
  for (const lang::RuleTree& r : theory_.rules) (void)lowering_.formula(theory_.fires(r));
  for (std::size_t r = 0; r < init; ++r)  // declares every cell a rule writes
    for (std::size_t c = 0; c < candidates_.size(); ++c) (void)lowering_.formula(goal({r, c}));
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

  const bool with_scripts = options_.scripts || !options_.dump_dir.empty();
  if (with_scripts) {
    for (const z3::expr& a : axioms_) proof.scripts.axioms.push_back(smtlib_closed(a));
    for (const z3::expr& c : candidates_) proof.scripts.assumptions.push_back(smtlib_closed(c));
  }
  for (std::size_t r = 0; r <= init; ++r) {
    for (std::size_t c = 0; c < candidates_.size(); ++c) {
      if (!alive_[c]) continue;
      const Result& result = results[r][c];
      proof.obligations.push_back(
          {rule_name(r), theory_.candidates[c].name, result.answer, result.by_frame, result.seconds});
      if (!with_scripts || result.by_frame) continue;
      Obligation& obligation = proof.obligations.back();
      obligation.script = script({r, c}, result);
      if (!options_.dump_dir.empty()) dump({r, c}, proof.scripts.whole(*obligation.script));
    }
  }
  for (std::size_t c = 0; c < candidates_.size(); ++c) {
    const Candidate& cand = theory_.candidates[c];
    const Status status = alive_[c] ? Status::proved : gave_up[c] ? Status::unknown : Status::dropped;
    proof.items.push_back({cand.name, cand.kind, status, fell_at[c] ? rule_name(*fell_at[c]) : std::string{}});
  }
  for (const std::string& name : theory_.not_applicable)
    proof.items.push_back({name, lang::FormulaKind::property, Status::not_applicable, {}});

  look_for_emptiness(proof);
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
