#include "src/smt/small_world.hpp"

#include <algorithm>

#include "spec/lang/eval.hpp"

namespace pasid::smt {

using lang::NodeId;

SmallWorld::SmallWorld(Theory& theory, const std::vector<NodeId>& invariants, const Sizes& sizes)
    : theory_(theory), lowering_(z3_, theory.tree, sizes), sizes_(sizes) {
  for (const NodeId a : theory.axioms) known_.push_back(lowering_.formula(a));
  for (const NodeId i : invariants) known_.push_back(lowering_.formula(i));
}

NodeId SmallWorld::is_something(const lang::Param& p) {
  const NodeId v = theory_.tree.fresh_variable(p.sort);
  return theory_.tree.quantify(lang::Op::exists, v, theory_.tree.eq(p.variable, v));
}

/// Ground formulas over few elements: the limit is there for the unforeseen.
z3::solver SmallWorld::solver() {
  z3::solver s(z3_, z3::solver::simple());
  z3::params p(z3_);
  p.set("timeout", 20000U);
  s.set(p);
  for (const z3::expr& k : known_) s.add(k);
  return s;
}

bool SmallWorld::possible(NodeId formula) {
  z3::solver s = solver();
  s.add(lowering_.formula(formula));
  for (const z3::expr& b : lowering_.background()) s.add(b);
  return s.check() == z3::sat;
}

std::optional<InductionCounterexample> SmallWorld::step_out(const spec::NativeFacts& knobs, std::size_t r,
                                                            const Candidate& formula) {
  const lang::RuleTree& rule = theory_.rules[r];
  const NodeId broken = lang::after(theory_.tree, rule, formula.body);
  if (broken == formula.body) return std::nullopt;
  z3::solver s = solver();
  s.add(lowering_.formula(formula.body));
  for (const lang::Param& param : rule.params) s.add(lowering_.formula(is_something(param)));
  s.add(lowering_.formula(theory_.fires(rule)));
  s.add(!lowering_.formula(broken));
  for (const z3::expr& b : lowering_.background()) s.add(b);
  if (s.check() != z3::sat) return std::nullopt;
  return read_out(s.get_model(), knobs, rule, formula);
}

InductionCounterexample SmallWorld::read_out(const z3::model& model, const spec::NativeFacts& knobs,
                                             const lang::RuleTree& rule, const Candidate& formula) {
  InductionCounterexample out{};
  out.rule = rule.label;
  out.formula = formula.name;
  out.facts = knobs;
  for (std::size_t s = 0; s < sizes_.size(); ++s) out.facts.count[s] = static_cast<std::uint8_t>(sizes_[s]);
  for (std::size_t c = 0; c < theory_.tree.cells.size(); ++c) {
    const lang::CellInfo& cell = theory_.tree.cells[c];
    if (lang::is_knob(cell)) continue;
    auto* const bytes =
        cell.rigid ? reinterpret_cast<std::uint8_t*>(&out.facts) : reinterpret_cast<std::uint8_t*>(&out.before);
    lang::each_index(out.facts, cell, [&](std::span<const std::uint8_t> index) {
      bytes[lang::place(cell, index)] = lowering_.cell_value(model, static_cast<int>(c), index);
    });
  }
  for (std::size_t k = 0; k < rule.params.size(); ++k) out.args[k] = lowering_.value(model, rule.params[k].variable);
  out.after = out.before;
  lang::Evaluator eval(theory_.tree, out.facts, &out.facts);
  const auto outcome = eval.apply(rule, &out.before, &out.after, out.args);
  if (outcome.kind != lang::Outcome::Kind::done || eval.value(formula.body, &out.before) == 0 ||
      eval.value(formula.body, &out.after) != 0)
    throw std::logic_error("the solver's counterexample to induction of " + formula.name + " at " +
                           std::string(rule.label) + " does not replay");
  return out;
}

Sizes uniform_sizes(const lang::Tree& tree, int most) {
  Sizes sizes{};
  const auto use = [&](const lang::SortInfo* s) {
    if (s->kind == lang::SortKind::entity) sizes[static_cast<std::size_t>(s->index)] = std::min(most, s->capacity);
  };
  for (const lang::CellInfo& c : tree.cells) {
    use(c.value);
    for (const auto* s : c.index) use(s);
  }
  return sizes;
}

}  // namespace pasid::smt
