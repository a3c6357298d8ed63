#include "src/mutate/equivalence.hpp"

#include <optional>
#include <set>

#include "spec/lang/rewrite.hpp"
#include "src/mutate/progress.hpp"
#include "src/mutate/step.hpp"
#include "src/review/outcome.hpp"
#include "src/smt/keeping.hpp"
#include "src/trace/parse_formula.hpp"

namespace pasid::mutate {
using lang::NodeId;
using lang::RuleTree;

SameStep same_step(lang::Tree& tree, const RuleTree& rule, const RuleTree& changed) {
  SameStep out;
  const std::vector<NodeId> here = review::ends_of(tree, rule);
  const std::vector<NodeId> there = review::ends_of(tree, changed);
  for (std::size_t i = 0; i < rule.guards.size(); ++i) {
    const review::Outcome outcome = review::outcome_of(rule.guards[i]);
    if (outcome.is == review::Outcome::Is::not_asked) {
      out.unasked.push_back({here[i], tree.negate(there.back())});
      continue;
    }
    NodeId same = tree.truth(false);
    for (std::size_t k = 0; k < changed.guards.size(); ++k)
      if (outcome == review::outcome_of(changed.guards[k]) || no_new_name(rule, i, changed, k))
        same = tree.disj(same, there[k]);
    if (here[i] != same) out.asked.push_back({here[i], same});
  }
  if (here.back() != there.back()) out.asked.push_back({here.back(), there.back()});
  std::set<int> cells;
  for (const RuleTree* r : {&rule, &changed})
    for (const lang::Write& w : r->writes) cells.insert(w.cell);
  for (const int cell : cells) {
    const NodeId read = tree.read_anywhere(cell);
    out.over.insert(out.over.end(), tree[read].args.begin(), tree[read].args.end());
    const NodeId after_here = lang::after(tree, rule, read);
    const NodeId after_there = lang::after(tree, changed, read);
    if (after_here != after_there) out.asked.push_back({here.back(), tree.eq(after_here, after_there)});
  }
  for (auto* of : {&out.asked, &out.unasked})
    std::erase_if(*of, [&](const smt::Implication& i) { return tree.is_false(i.premise) || tree.is_true(i.goal); });
  return out;
}

void add_lemmas(lang::Tree& tree, const std::map<std::string, std::string>& lemmas) {
  for (const auto& [name, condition] : lemmas) {
    if (tree.formula_named(name) != nullptr)
      throw std::invalid_argument("the lemma " + name + ": there is one already");
    try {
      const NodeId body = trace::parse_formula(tree, condition, &lang::sort_info<bool>, {});
      tree.formulas.push_back({lang::FormulaKind::lemma, name, "for proofs of equivalence", tree.truth(true), body});
    } catch (const trace::FormulaError& e) {
      throw std::invalid_argument("the lemma " + name + ", column " + std::to_string(e.column) +
                                  " of its condition: " + e.what());
    }
  }
}

std::vector<Same> proved_equivalent(lang::Tree& tree, const Original& original, const smt::Proof& proof,
                                    std::span<const Mutant> mutants, unsigned threads,
                                    const std::function<void(const std::string&)>& progress) {
  std::vector<SameStep> wanted(mutants.size());
  for (std::size_t m = 0; m < mutants.size(); ++m)
    wanted[m] = same_step(tree, *original.rule(mutants[m].of), mutants[m].changed);
  std::vector<Same> out(mutants.size(), Same::unknown);
  std::vector<std::optional<smt::Keeping>> solvers(std::max(1U, threads));
  told_in_parallel(mutants.size(), threads, progress, "proofs", [&](std::size_t m, unsigned thread) {
    if (!solvers[thread]) solvers[thread].emplace(tree, original.knobs, proof);
    const auto all = [&](const std::vector<smt::Implication>& implications) {
      return std::ranges::all_of(solvers[thread]->follow(implications),
                                 [](smt::Answer a) { return a == smt::Answer::unsat; });
    };
    if (all(wanted[m].asked)) out[m] = all(wanted[m].unasked) ? Same::everywhere : Same::where_asked;
  });
  return out;
}

}  // namespace pasid::mutate
