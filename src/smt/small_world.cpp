#include "src/smt/small_world.hpp"

#include <algorithm>
#include <map>

#include "spec/lang/eval.hpp"

namespace pasid::smt {

using lang::NodeId;

SmallWorld::SmallWorld(Theory& theory, const std::vector<NodeId>& invariants, const Sizes& sizes)
    : theory_(theory), lowering_(z3_, theory.tree, sizes), sizes_(sizes), assumed_(theory.axioms) {
  assumed_.insert(assumed_.end(), invariants.begin(), invariants.end());
  for (const NodeId a : assumed_) known_.push_back(lowering_.formula(a));
}

z3::solver SmallWorld::solver() {
  z3::solver s(z3_, z3::solver::simple());
  z3::params p(z3_);
  p.set("timeout", 20000U);  // ground formulas over few elements: the limit is there for the unforeseen
  s.set(p);
  return s;
}

/// Always last: asserted first, "each value is one of the constants" makes the solver decide everything before it looks
/// at what was asked (10 ms become minutes).
void SmallWorld::add_background(z3::solver& s) {
  for (const z3::expr& b : lowering_.background()) s.add(b);
}

std::optional<z3::model> SmallWorld::model_of(const std::vector<NodeId>& formulas) {
  z3::solver s = solver();
  for (const z3::expr& k : known_) s.add(k);
  for (const NodeId f : formulas) s.add(lowering_.formula(f));
  add_background(s);
  if (s.check() != z3::sat) return std::nullopt;
  return s.get_model();
}

std::vector<bool> SmallWorld::possible(const std::vector<Question>& questions) {
  // One solver for all, so that what it learns of one serves the next.
  z3::solver s = solver();
  z3::expr_vector asked(z3_);
  for (const z3::expr& k : known_) s.add(k);
  for (const Question& q : questions) {
    asked.push_back(z3_.bool_const(("question!" + std::to_string(asked.size())).c_str()));
    if (q.rule != nullptr) s.add(z3::implies(asked.back(), lowering_.formula(arguments(*q.rule))));
    s.add(z3::implies(asked.back(), lowering_.formula(q.formula)));
  }
  add_background(s);
  std::vector<bool> out;
  for (unsigned i = 0; i < asked.size(); ++i) {
    z3::expr_vector one(z3_);
    one.push_back(asked[static_cast<int>(i)]);
    out.push_back(s.check(one) == z3::sat);
  }
  return out;
}

/// The rule's parameters are elements of this world.
NodeId SmallWorld::arguments(const lang::RuleTree& rule) {
  lang::Tree& tree = theory_.tree;
  NodeId all = tree.truth(true);
  for (const lang::Param& p : rule.params) {
    const NodeId v = tree.fresh_variable(p.sort);
    all = tree.conj(all, tree.quantify(lang::Op::exists, v, tree.eq(p.variable, v)));
  }
  return all;
}

std::optional<InductionCounterexample> SmallWorld::step_out(const spec::NativeFacts& knobs, std::size_t r,
                                                            const Candidate& formula, bool sparse) {
  const lang::RuleTree& rule = theory_.rules[r];
  const bool of_state = formula.judges == lang::PropertyKind::state;
  const NodeId after = theory_.wanted(formula, rule);
  if (of_state && after == formula.body) return std::nullopt;
  std::vector<NodeId> wanted{arguments(rule), theory_.fires(rule), theory_.tree.negate(after)};
  if (of_state) wanted.push_back(formula.body);
  const auto model = model_of(wanted);
  if (!model) return std::nullopt;
  InductionCounterexample best = read_out(*model, knobs, rule, formula);
  if (!sparse) return best;
  // Empty what can be empty, one cell after the other.
  for (std::size_t c = 0; c < theory_.tree.cells.size(); ++c) {
    const lang::CellInfo cell = theory_.tree.cells[c];
    if (cell.rigid) continue;
    lang::each_index(best.facts, cell, [&](std::span<const std::uint8_t> index) {
      if (reinterpret_cast<const std::uint8_t*>(&best.before)[lang::place(cell, index)] == 0) return;
      wanted.push_back(lowering_.is_empty(static_cast<int>(c), index));
      if (const auto emptier = model_of(wanted)) best = read_out(*emptier, knobs, rule, formula);
      else wanted.pop_back();
    });
  }
  return best;
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
  for (const NodeId a : assumed_)
    if (eval.value(a, &out.before) == 0) throw std::logic_error("the solver's model is not one of the invariants");
  const bool held = formula.judges != lang::PropertyKind::state || eval.value(formula.body, &out.before) != 0;
  if (outcome.kind != lang::Outcome::Kind::done || !held || eval.value(formula.body, &out.after, &out.before) != 0)
    throw std::logic_error("the solver's counterexample to induction of " + formula.name + " at " +
                           std::string(rule.label) + " does not replay");
  return out;
}

Sizes sizes_of(const lang::Tree& tree, int most) {
  Sizes sizes{};
  const auto use = [&](const lang::SortInfo* s, int count) {
    if (s->kind != lang::SortKind::entity) return;
    int& size = sizes[static_cast<std::size_t>(s->index)];
    size = std::min(std::max(size, count), s->capacity);
  };
  std::map<const lang::SortInfo*, int> facts;  // how many facts have values of a sort
  for (const lang::CellInfo& c : tree.cells) {
    for (const auto* s : c.index) use(s, most);
    use(c.value, most);
    if (c.rigid) use(c.value, most * ++facts[c.value]);
  }
  return sizes;
}

}  // namespace pasid::smt
