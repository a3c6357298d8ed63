#include "src/smt/solving.hpp"

#include <algorithm>
#include <ctime>

namespace pasid::smt {

using lang::NodeId;

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
  }
  alive_.assign(candidates_.size(), true);
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
  if (question.from_lemmas)
    std::erase_if(out, [&](std::size_t c) { return theory_.candidates[c].kind != lang::FormulaKind::lemma; });
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

Result Solving::ask(const Question& question, const std::vector<std::size_t>& invariants, const Effort& effort) {
  const double start = cpu_seconds();
  std::vector<z3::expr> asked;
  for (const NodeId p : question.premises) asked.push_back(lowering_.formula(p));
  asked.push_back(!lowering_.formula(question.goal));
  std::set<int> read = cells(question);
  for (const std::size_t c : invariants) read.insert(candidates_[c].cells.begin(), candidates_[c].cells.end());
  const auto fresh = [&](z3::solver s) {
    z3::params p(z3_);
    p.set("random_seed", options_.seed);
    p.set("mbqi", effort.search);
    p.set("rlimit", effort.resources);
    s.set(p);
    for (const Known& a : axioms_)
      if (effort.axioms == Axioms::near                ? std::ranges::includes(read, a.cells) && !a.promises
          : effort.axioms == Axioms::promising_nothing ? !a.promises
                                                       : true)
        s.add(a.formula);
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
  const z3::check_result answer = s.check(assumptions);
  out.answer = answer == z3::unsat ? Answer::unsat : answer == z3::sat ? Answer::sat : Answer::unknown;
  if (out.answer == Answer::unsat) {
    const z3::expr_vector core = s.unsat_core();
    for (unsigned i = 0; i < core.size(); ++i)
      for (const std::size_t c : invariants)
        if (z3::eq(core[static_cast<int>(i)], names_[c])) out.leans_on.insert(c);
  }
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

Result Solving::by_matching(const Question& question) {
  std::vector<std::vector<std::size_t>> tries;
  tries.push_back(question.itself ? std::vector{*question.itself} : std::vector<std::size_t>{});
  for (const long others : {0, 1}) tries.push_back(nearest(question, others));
  tries.push_back(assumable(question));
  Result out;
  double spent = 0;
  for (std::size_t i = 0; i < tries.size(); ++i) {
    if (i > 0 && tries[i].size() == tries[i - 1].size()) continue;
    const bool last = tries[i].size() == assumable(question).size();
    const Axioms axioms = question.from_lemmas ? Axioms::all : i > 0 || last ? Axioms::promising_nothing : Axioms::near;
    out = ask(question, tries[i], {false, axioms, effort_ / 10});
    spent += out.seconds;
    if (out.answer == Answer::unsat) break;
    out.answer = Answer::unknown;  // of the invariants not all were there, of the quantifiers only instances
  }
  out.seconds = spent;
  return out;
}

Result Solving::by_search(const Question& question) {
  return ask(question, assumable(question), {true, Axioms::all, effort_});
}

}  // namespace pasid::smt
