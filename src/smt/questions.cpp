// What is asked of rules and formulas.
#include <algorithm>

#include "src/smt/hints.hpp"
#include "src/smt/solving.hpp"

namespace pasid::smt {

Question Solving::question(std::size_t rule, const Candidate& formula) {
  if (rule == theory_.rules.size()) return {{}, lang::initially(theory_.tree, formula.body), false};
  const lang::RuleTree& r = theory_.rules[rule];
  Question out{{theory_.fires(r)}, theory_.wanted(formula, r)};
  for (std::size_t c = 0; c < theory_.candidates.size(); ++c)
    if (&theory_.candidates[c] == &formula) out.itself = c;
  out.hinted = hinted(theory_.rule_name(rule), formula.name);
  return out;
}

std::set<std::size_t> Solving::hinted(const std::string& rule, const std::string& formula) const {
  std::set<std::size_t> out;
  if (!options_.hints) return out;
  const std::set<std::string>& names = options_.hints->find(rule, formula);
  for (std::size_t c = 0; c < theory_.candidates.size() && !names.empty(); ++c)
    if (names.contains(theory_.candidates[c].name)) out.insert(c);
  return out;
}

std::size_t Solving::readers(std::size_t rule) const {
  if (rule == theory_.rules.size()) return 0;
  const std::vector<lang::Write>& writes = theory_.rules[rule].writes;
  return static_cast<std::size_t>(std::ranges::count_if(candidates_, [&](const Known& candidate) {
    return std::ranges::any_of(writes, [&](const lang::Write& w) { return candidate.cells.contains(w.cell); });
  }));
}

bool Solving::by_frame(std::size_t rule, const Candidate& formula) {
  return rule < theory_.rules.size() && theory_.by_frame(formula, theory_.rules[rule]);
}

Result Solving::kept(std::size_t rule, const Candidate& formula, Reach reach) {
  return by_frame(rule, formula) ? Result{Answer::unsat, true} : by_matching(question(rule, formula), reach);
}

Result Solving::kept(std::size_t rule, const Candidate& formula) {
  return by_frame(rule, formula) ? Result{Answer::unsat, true} : by_matching(question(rule, formula));
}

}  // namespace pasid::smt
