#include "src/smt/solving.hpp"

#include <algorithm>
#include <ctime>
#include <functional>

namespace pasid::smt {

using lang::NodeId;

namespace {
/// What matching may spend of a query's effort: an instance that proves something is found early or not at all.
constexpr unsigned near_share = 40;
constexpr unsigned far_share = 10;
/// How many more are asked where one gave up.
constexpr unsigned fresh_solvers = 2;
}  // namespace

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

Solving::Solving(Theory& theory, const ProveOptions& options)
    : theory_(theory), options_(options), lowering_(z3_, theory.tree) {
  for (const NodeId a : theory.axioms) {
    bool promises = false;
    lang::walk(theory.tree, a, [&](NodeId id) { promises = promises || theory.tree[id].op == lang::Op::exists; });
    axioms_.push_back({lowering_.formula(a), cells(a), promises});
  }
  for (const Candidate& c : theory.candidates) {
    candidates_.push_back({lowering_.formula(c.body), cells(c.body)});
    names_.push_back(z3_.bool_const(("assume!" + c.name).c_str()));
    if (options.precedents) fingerprints_.push_back(fingerprint(theory.tree, {c.body}));
  }
  alive_.assign(candidates_.size(), true);
  aside_.assign(candidates_.size(), false);
}

std::vector<std::size_t> Solving::alive() const {
  std::vector<std::size_t> out;
  for (std::size_t c = 0; c < alive_.size(); ++c)
    if (alive_[c]) out.push_back(c);
  return out;
}

std::set<int> Solving::cells(NodeId formula) const {
  std::set<int> out;
  lang::walk(theory_.tree, formula, [&](NodeId id) {
    if (theory_.tree[id].op == lang::Op::read) out.insert(theory_.tree[id].ref);
  });
  return out;
}

std::set<int> Solving::cells(const Question& question) const {
  std::set<int> out = cells(question.goal);
  for (const NodeId p : question.premises) out.merge(cells(p));
  return out;
}

std::vector<std::size_t> Solving::assumable(const Question& question) const {
  if (!question.from_invariants) return {};
  std::vector<std::size_t> out = alive();
  std::erase_if(out, [&](std::size_t c) {
    return aside_[c] || (question.from_lemmas && theory_.candidates[c].kind != lang::FormulaKind::lemma);
  });
  return out;
}

/// Invariants that read no more than so many cells of the state that the question does not read.
std::vector<std::size_t> Solving::nearest(const Question& question, long others) const {
  const std::set<int> asked = cells(question);
  std::vector<std::size_t> out;
  for (const std::size_t c : assumable(question)) {
    long shared = 0;
    long apart = 0;
    for (const int cell : candidates_[c].cells)
      if (!theory_.tree.cells[static_cast<std::size_t>(cell)].rigid) ++(asked.contains(cell) ? shared : apart);
    if (shared > 0 && apart <= others) out.push_back(c);
  }
  return out;
}

Fingerprint Solving::fingerprint_of(const Question& question) const {
  std::vector<NodeId> formulas = theory_.axioms;
  formulas.insert(formulas.end(), question.premises.begin(), question.premises.end());
  formulas.push_back(question.goal);
  return fingerprint(theory_.tree, formulas);
}

/// The same was proved of another design, from what may be assumed here too.
std::optional<Result> Solving::precedent(const Question& question) const {
  if (!options_.precedents) return std::nullopt;
  const double start = cpu_seconds();
  const Invariants invariants = assumable(question);
  std::set<Fingerprint> may_be_assumed;
  for (const std::size_t c : invariants) may_be_assumed.insert(fingerprints_[c]);
  const auto proof = options_.precedents->find(fingerprint_of(question), may_be_assumed);
  if (!proof) return std::nullopt;
  Result out{Answer::unsat};
  for (const std::size_t c : invariants)
    if (proof->contains(fingerprints_[c])) out.leans_on.insert(c);
  out.seconds = cpu_seconds() - start;
  return out;
}

void Solving::remember(std::optional<std::size_t> itself, std::optional<NodeId> premise, const Result& proof) {
  const auto add = [&](std::set<std::size_t>& known) { known.insert(proof.leans_on.begin(), proof.leans_on.end()); };
  if (itself) add(for_invariant_[*itself]);
  if (premise) add(for_premise_[*premise]);
}

void Solving::learn(std::size_t rule, std::size_t candidate, const Result& proof) {
  if (proof.by_frame || rule == theory_.rules.size()) return;
  remember(candidate, theory_.fires(theory_.rules[rule]), proof);
}

void Solving::learn(const Question& question, const Result& proof) {
  remember(question.itself, question.premises.empty() ? std::nullopt : std::optional(question.premises.front()), proof);
  if (!options_.precedents) return;
  std::set<Fingerprint> leaned_on;
  for (const std::size_t c : proof.leans_on) leaned_on.insert(fingerprints_[c]);
  options_.precedents->add(fingerprint_of(question), std::move(leaned_on));
}

/// What proofs of the same invariant, and of others at the same rule, leaned on.
Solving::Invariants Solving::leaned_on(const Question& question) const {
  std::set<std::size_t> known;
  const auto learn = [&](const auto& from, const auto& key) {
    if (const auto it = from.find(key); it != from.end()) known.insert(it->second.begin(), it->second.end());
  };
  if (question.itself) known.insert(*question.itself), learn(for_invariant_, *question.itself);
  if (!question.premises.empty()) learn(for_premise_, question.premises.front());
  Invariants out = assumable(question);
  std::erase_if(out, [&](std::size_t c) { return !known.contains(c); });
  return out;
}

void Solving::configure(z3::solver& solver, const Effort& effort) {
  z3::params p(z3_);
  p.set("random_seed", options_.seed);
  p.set("mbqi", effort.search);
  p.set("rlimit", effort.resources);
  if (!effort.search) p.set("relevancy", 1U);  // more instances than by default: matching ends early or not at all
  solver.set(p);
}

void Solving::add_axioms(z3::solver& solver, Axioms axioms) const {
  for (const Known& a : axioms_)
    if (axioms == Axioms::all || !a.promises) solver.add(a.formula);
}

void Solving::conclude(Result& out, z3::solver& solver, z3::expr_vector& assumptions, const Invariants& invariants) {
  const z3::check_result answer = solver.check(assumptions);
  out.answer = answer == z3::unsat ? Answer::unsat : answer == z3::sat ? Answer::sat : Answer::unknown;
  if (out.answer != Answer::unsat) return;
  const z3::expr_vector core = solver.unsat_core();
  for (unsigned i = 0; i < core.size(); ++i)
    for (const std::size_t c : invariants)
      if (z3::eq(core[static_cast<int>(i)], names_[c])) out.leans_on.insert(c);
}

/// By matching, in a solver that is kept for the next question with these premises. An invariant that is asserted there
/// and not assumed now is assumed not to be: what is under its name does nothing then.
Result Solving::ask_again(const Question& question, const Invariants& invariants) {
  const double start = cpu_seconds();
  if (!ground_ || ground_->premises != question.premises) {
    ground_.emplace(Ground{question.premises, z3::solver(z3_, z3::solver::simple()), {}, {}});
    configure(ground_->solver, {false, Axioms::promising_nothing, effort_ / near_share});
    add_axioms(ground_->solver, Axioms::promising_nothing);
    for (const NodeId p : question.premises) ground_->solver.add(lowering_.formula(p));
  }
  z3::solver& s = ground_->solver;
  std::set<int> read = cells(question);
  for (const std::size_t c : invariants) {
    read.insert(candidates_[c].cells.begin(), candidates_[c].cells.end());
    if (ground_->invariants.insert(c).second) s.add(z3::implies(names_[c], candidates_[c].formula));
  }
  for (const int cell : read)
    if (const auto b = lowering_.background(cell); b && ground_->cells.insert(cell).second) s.add(*b);
  z3::expr_vector assumptions(z3_);
  for (const std::size_t c : ground_->invariants)
    assumptions.push_back(std::ranges::find(invariants, c) == invariants.end() ? !names_[c] : names_[c]);
  s.push();
  s.add(!lowering_.formula(question.goal));
  Result out;
  conclude(out, s, assumptions, invariants);
  s.pop();
  out.seconds = cpu_seconds() - start;
  return out;
}

Result Solving::ask(const Question& question, const Invariants& invariants, const Effort& effort) {
  const double start = cpu_seconds();
  std::vector<z3::expr> asked;
  for (const NodeId p : question.premises) asked.push_back(lowering_.formula(p));
  asked.push_back(!lowering_.formula(question.goal));
  std::set<int> read = cells(question);
  for (const std::size_t c : invariants) read.insert(candidates_[c].cells.begin(), candidates_[c].cells.end());
  const auto fresh = [&](z3::solver s) {
    configure(s, effort);
    add_axioms(s, effort.axioms);
    for (const int cell : read)
      if (const auto b = lowering_.background(cell)) s.add(*b);
    return s;
  };
  z3::solver s = fresh(z3::solver(z3_, z3::solver::simple()));
  z3::expr_vector assumptions(z3_);
  for (const std::size_t c : invariants) {
    s.add(z3::implies(names_[c], candidates_[c].formula));
    assumptions.push_back(names_[c]);
  }
  for (const z3::expr& q : asked) s.add(q);
  Result out;
  conclude(out, s, assumptions, invariants);
  if (out.answer == Answer::unknown && question.from_lemmas) {
    // Asserted as they are, without a name to be found in a core by, lemmas are simplified further.
    z3::solver plain = fresh(z3::solver(z3_));
    for (const std::size_t c : invariants) plain.add(candidates_[c].formula);
    for (const z3::expr& q : asked) plain.add(q);
    if (plain.check() == z3::unsat) {
      out.answer = Answer::unsat;
      out.leans_on.insert(invariants.begin(), invariants.end());
    }
  }
  out.seconds = cpu_seconds() - start;
  return out;
}

Result Solving::by_matching(const Question& question, Reach reach) {
  if (auto known = precedent(question)) return *std::move(known);
  const auto assume = [&](std::set<std::size_t> these) {
    Invariants out = assumable(question);
    std::erase_if(out, [&](std::size_t c) { return !these.contains(c); });
    return out;
  };
  // One after the other, and only as far as needed.
  std::vector<std::function<Invariants()>> tries;
  if (reach == Reach::near) {
    tries.push_back([&] {
      std::set<std::size_t> first = question.hinted;
      if (question.itself) first.insert(*question.itself);
      return assume(std::move(first));
    });
    tries.push_back([&] { return leaned_on(question); });
    tries.push_back([&] { return nearest(question, 0); });
  } else {
    if (question.from_lemmas && !question.hinted.empty()) tries.push_back([&] { return assume(question.hinted); });
    tries.push_back([&] { return nearest(question, 1); });
    tries.push_back([&] { return assumable(question); });
  }
  const Axioms axioms = question.from_lemmas ? Axioms::all : Axioms::promising_nothing;
  Result out;
  double spent = 0;
  Invariants first;
  for (std::size_t i = 0; i < tries.size() && out.answer != Answer::unsat; ++i) {
    const Invariants these = tries[i]();
    if (i == 0) first = these;
    else if (std::ranges::includes(first, these)) continue;
    out =
        reach == Reach::near ? ask_again(question, these) : ask(question, these, {false, axioms, effort_ / far_share});
    spent += out.seconds;
  }
  if (out.answer == Answer::unsat) learn(question, out);
  else out.answer = Answer::unknown;  // of the invariants not all were there, of the quantifiers only instances
  out.seconds = spent;
  return out;
}

Result Solving::by_matching(const Question& question) {
  Result near = by_matching(question, Reach::near);
  if (near.answer == Answer::unsat) return near;
  Result far = by_matching(question, Reach::far);
  far.seconds += near.seconds;
  return far;
}

/// By solvers that were asked nothing before. When one gives up hangs on the order in which it met its terms, and so on
/// what it was asked before, and on which thread had which precedent first.
Result Solving::ask_afresh(const Question& question) {
  ProveOptions options = options_;
  options.precedents = nullptr;
  Result out;
  double spent = 0;
  for (unsigned i = 0; i < fresh_solvers && out.answer == Answer::unknown; ++i) {
    ++options.seed;
    Solving fresh(theory_, options);
    fresh.assume_as(*this);
    out = fresh.by_matching(question);
    spent += out.seconds;
    if (out.answer == Answer::unsat) break;
    out = fresh.ask(question, fresh.assumable(question), {true, Axioms::all, effort_});
    spent += out.seconds;
  }
  out.seconds = spent;
  return out;
}

Result Solving::by_search(const Question& question) {
  Result out = ask(question, assumable(question), {true, Axioms::all, effort_});
  if (out.answer == Answer::unknown) {
    const double spent = out.seconds;
    out = ask_afresh(question);
    out.seconds += spent;
  }
  if (out.answer == Answer::unsat) learn(question, out);
  return out;
}

}  // namespace pasid::smt
