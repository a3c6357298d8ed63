#include "src/smt/solving.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace pasid::smt {

using lang::NodeId;

namespace {
const long extra = std::getenv("EXTRA") ? std::atol(std::getenv("EXTRA")) : 1;
}

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

Solving::Solving(Theory& theory, const ProveOptions& options)
    : theory_(theory), options_(options), lowering_(z3_, theory.tree) {
  for (const NodeId a : theory.axioms) axioms_.push_back({lowering_.formula(a), cells(a)});
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

/// The state's cells that a formula reads.
std::set<int> Solving::cells(NodeId formula) const {
  std::set<int> out;
  lang::walk(theory_.tree, formula, [&](NodeId id) {
    const lang::Node& n = theory_.tree[id];
    if (n.op == lang::Op::read && !theory_.tree.cells[static_cast<std::size_t>(n.ref)].rigid) out.insert(n.ref);
  });
  return out;
}

std::vector<std::size_t> Solving::all(const Question& question) const {
  return question.from_invariants ? alive() : std::vector<std::size_t>{};
}

/// Invariants that speak of the same cells, and of hardly any other.
std::vector<std::size_t> Solving::nearest(const Question& question) const {
  std::set<int> asked = cells(question.goal);
  for (const NodeId p : question.premises) asked.merge(cells(p));
  std::vector<std::size_t> out;
  for (const std::size_t c : all(question)) {
    const auto& read = candidates_[c].cells;
    const auto shared = std::ranges::count_if(read, [&](int cell) { return asked.contains(cell); });
    if (shared > 0 && static_cast<long>(read.size()) - shared <= extra) out.push_back(c);
  }
  return out;
}

Result Solving::ask(const Question& question, const std::vector<std::size_t>& invariants, const Effort& effort) {
  const double start = cpu_seconds();
  std::vector<z3::expr> asked;
  for (const NodeId p : question.premises) asked.push_back(lowering_.formula(p));
  asked.push_back(!lowering_.formula(question.goal));
  z3::solver s(z3_, z3::solver::simple());
  z3::params p(z3_);
  p.set("random_seed", options_.seed);
  p.set("mbqi", effort.search);
  p.set("rlimit", effort.resources);
  s.set(p);
  for (const Known& a : axioms_) s.add(a.formula);
  for (const z3::expr& b : lowering_.background()) s.add(b);
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
  out.seconds = cpu_seconds() - start;
  static const bool verbose = std::getenv("VQ") != nullptr;
  if (verbose) {
    std::fprintf(stderr, "%s inv %zu core %zu %s %.4f rl %s\n", effort.search ? "search" : "match", invariants.size(),
                 out.leans_on.size(), answer == z3::unsat ? "unsat" : answer == z3::sat ? "sat" : "unknown", out.seconds,
                 "");
  }
  return out;
}

Result Solving::by_matching(const Question& question) {
  Result near = ask(question, nearest(question), {false, effort_ / 10});
  if (near.answer == Answer::unsat) return near;
  Result out = ask(question, all(question), {false, effort_});
  if (out.answer == Answer::sat) out.answer = Answer::unknown;  // of the quantifiers only instances were looked at
  out.seconds += near.seconds;
  return out;
}

Result Solving::by_search(const Question& question) { return ask(question, all(question), {true, effort_}); }

}  // namespace pasid::smt
