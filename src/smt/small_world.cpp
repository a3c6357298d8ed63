#include "src/smt/small_world.hpp"

#include <algorithm>
#include <map>

#include "spec/lang/eval.hpp"

namespace pasid::smt {

using lang::NodeId;

SmallWorld::SmallWorld(z3::context& z3, Theory& theory, const std::vector<NodeId>& invariants, const Sizes& sizes)
    : z3_(z3), theory_(theory), grounding_(z3_, theory.tree, sizes), sizes_(sizes), invariants_(invariants),
      solver_(z3_, z3::solver::simple()) {
  for (const NodeId a : theory_.axioms) solver_.add(grounding_.formula(a));
  grounding_.declare_cells();  // all of them, so that whatever is read out is a value
}

z3::expr SmallWorld::named(const z3::expr& formula) {
  const z3::expr name = z3_.bool_const(("named!" + std::to_string(names_++)).c_str());
  solver_.add(z3::implies(name, formula));
  return name;
}

z3::expr SmallWorld::named(NodeId formula) {
  if (const auto it = named_.find(formula); it != named_.end()) return it->second;
  return named_.emplace(formula, named(grounding_.formula(formula))).first->second;
}

/// The invariants, and `wanted`.
z3::check_result SmallWorld::check(const std::vector<z3::expr>& wanted, unsigned conflicts) {
  return check(invariants_, wanted, conflicts);
}

z3::check_result SmallWorld::check(const std::vector<NodeId>& invariants, const std::vector<z3::expr>& wanted,
                                   unsigned conflicts) {
  z3::params p(z3_);
  p.set("max_conflicts", conflicts);
  p.set("relevancy", 0U);        // everything is, where nothing is instantiated
  p.set("phase_selection", 0U);  // false first: most cells of most states are empty
  solver_.set(p);
  z3::expr_vector all(z3_);
  for (const NodeId i : invariants) all.push_back(named(i));
  for (const z3::expr& w : wanted) all.push_back(w);
  for (const z3::expr& b : grounding_.background()) solver_.add(b);
  return solver_.check(all);
}

std::vector<bool> SmallWorld::possible(const std::vector<NodeId>& questions) {
  std::vector<bool> out(questions.size(), false);
  for (std::size_t i = 0; i < questions.size(); ++i) {
    if (out[i] || check({named(questions[i])}) != z3::sat) continue;
    out[i] = true;
    if (i + 1 == questions.size()) break;
    // One model often answers several.
    const z3::model model = solver_.get_model();
    for (std::size_t k = i + 1; k < questions.size(); ++k)
      out[k] = out[k] || model.eval(grounding_.formula(questions[k])).is_true();
  }
  return out;
}

bool SmallWorld::possible(NodeId question, const std::vector<std::size_t>& candidates) {
  std::vector<NodeId> invariants;
  for (const std::size_t c : candidates) invariants.push_back(theory_.candidates[c].body);
  return check(invariants, {named(question)}, most_conflicts) == z3::sat;
}

std::optional<std::vector<z3::expr>> SmallWorld::breaks(const lang::RuleTree& rule, const Candidate& formula) {
  const bool of_state = formula.judges == lang::PropertyKind::state;
  const NodeId after = theory_.wanted(formula, rule);
  if (of_state && after == formula.body) return std::nullopt;
  std::vector<z3::expr> out{named(theory_.fires(rule)), named(theory_.tree.negate(after))};
  if (of_state) out.push_back(named(formula.body));
  return out;
}

std::optional<std::vector<NodeId>> SmallWorld::needed(const std::vector<std::size_t>& rules, const Candidate& formula,
                                                      std::vector<NodeId> spare) {
  const auto enough = [&](const std::vector<NodeId>& some) {
    std::vector<NodeId> assumed = invariants_;
    assumed.insert(assumed.end(), some.begin(), some.end());
    return std::ranges::all_of(rules, [&](std::size_t r) {
      const auto wanted = breaks(theory_.rules[r], formula);
      return !wanted || check(assumed, *wanted, most_conflicts) == z3::unsat;
    });
  };
  if (!enough(spare)) return std::nullopt;
  for (std::size_t i = 0; i < spare.size();) {
    std::vector<NodeId> fewer = spare;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    if (enough(fewer)) spare = std::move(fewer);
    else ++i;
  }
  return spare;
}

std::optional<InductionCounterexample> SmallWorld::step_out(const spec::NativeFacts& knobs, std::size_t r,
                                                            const Candidate& formula, bool sparse) {
  const lang::RuleTree& rule = theory_.rules[r];
  std::optional<std::vector<z3::expr>> broken = breaks(rule, formula);
  if (!broken) return std::nullopt;
  std::vector<z3::expr>& wanted = *broken;
  if (check(wanted) != z3::sat) return std::nullopt;
  InductionCounterexample best = read_out(solver_.get_model(), knobs, rule);
  if (sparse) {
    // Empty what can be empty, one cell after the other.
    for (std::size_t c = 0; c < theory_.tree.cells.size(); ++c) {
      const lang::CellInfo cell = theory_.tree.cells[c];
      if (cell.rigid) continue;
      lang::each_index(best.facts, cell, [&](std::span<const std::uint8_t> index) {
        if (reinterpret_cast<const std::uint8_t*>(&best.before)[lang::place(cell, index)] == 0) return;
        wanted.push_back(grounding_.is_empty(static_cast<int>(c), index));
        if (check(wanted) == z3::sat) best = read_out(solver_.get_model(), knobs, rule);
        else wanted.pop_back();
      });
    }
  }
  best.formula = formula.name;
  if (holds_after(best, formula))
    throw std::logic_error("the solver's counterexample to induction of " + formula.name + " at " +
                           std::string(rule.label) + " does not replay");
  return best;
}

std::vector<std::size_t> SmallWorld::step_out(const spec::NativeFacts& knobs, std::size_t r,
                                              const std::vector<std::size_t>& candidates, unsigned conflicts) {
  const lang::RuleTree& rule = theory_.rules[r];
  z3::expr_vector denials(z3_);
  for (const std::size_t c : candidates)
    denials.push_back(!grounding_.formula(theory_.wanted(theory_.candidates[c], rule)));
  std::vector<std::size_t> out;
  if (check({named(theory_.fires(rule)), named(z3::mk_or(denials))}, conflicts) != z3::sat) return out;
  const InductionCounterexample found = read_out(solver_.get_model(), knobs, rule);
  for (const std::size_t c : candidates)
    if (!holds_after(found, theory_.candidates[c])) out.push_back(c);
  if (out.empty())
    throw std::logic_error("the solver's step out of the invariants at " + std::string(rule.label) +
                           " does not replay");
  return out;
}

bool SmallWorld::holds_after(const InductionCounterexample& step, const Candidate& formula) const {
  return lang::Evaluator(theory_.tree, step.facts, &step.facts).value(formula.body, &step.after, &step.before) != 0;
}

InductionCounterexample SmallWorld::read_out(const z3::model& model, const spec::NativeFacts& knobs,
                                             const lang::RuleTree& rule) {
  InductionCounterexample out{};
  out.rule = rule.label;
  out.facts = knobs;
  for (std::size_t s = 0; s < sizes_.size(); ++s) out.facts.count[s] = static_cast<std::uint8_t>(sizes_[s]);
  for (std::size_t c = 0; c < theory_.tree.cells.size(); ++c) {
    const lang::CellInfo& cell = theory_.tree.cells[c];
    if (lang::is_knob(cell)) continue;
    auto* const bytes =
        cell.rigid ? reinterpret_cast<std::uint8_t*>(&out.facts) : reinterpret_cast<std::uint8_t*>(&out.before);
    lang::each_index(out.facts, cell, [&](std::span<const std::uint8_t> index) {
      bytes[lang::place(cell, index)] = grounding_.cell_value(model, static_cast<int>(c), index);
    });
  }
  for (std::size_t k = 0; k < rule.params.size(); ++k) out.args[k] = grounding_.value(model, rule.params[k].variable);
  out.after = out.before;
  lang::Evaluator eval(theory_.tree, out.facts, &out.facts);
  const auto outcome = eval.apply(rule, &out.before, &out.after, out.args);
  std::vector<NodeId> assumed = theory_.axioms;
  assumed.insert(assumed.end(), invariants_.begin(), invariants_.end());
  for (const NodeId a : assumed)
    if (eval.value(a, &out.before) == 0) throw std::logic_error("the solver's model is not one of the invariants");
  if (outcome.kind != lang::Outcome::Kind::done)
    throw std::logic_error("the solver's step of " + out.rule + " does not replay");
  return out;
}

Sizes sizes_of(const lang::Tree& tree, int most) {
  Sizes sizes{};
  std::map<const lang::SortInfo*, int> wanted;
  const auto use = [&](const lang::SortInfo* s, int more) {
    if (s->kind == lang::SortKind::entity) wanted.try_emplace(s, most).first->second += more;
  };
  for (const lang::CellInfo& c : tree.cells) {
    for (const auto* s : c.index) use(s, 0);
    use(c.value, 0);
  }
  std::map<const lang::SortInfo*, int> facts;  // how many facts have values of a sort
  for (const lang::CellInfo& c : tree.cells) {
    if (!c.rigid) continue;
    if (++facts[c.value] > 1) use(c.value, most);
    // A set for each element of another sort: none may be empty, and they may not meet.
    if (c.value->kind == lang::SortKind::boolean && c.index.size() > 1) use(c.index.back(), 1);
  }
  for (const auto& [s, count] : wanted) sizes[static_cast<std::size_t>(s->index)] = std::min(count, s->capacity);
  return sizes;
}

}  // namespace pasid::smt
