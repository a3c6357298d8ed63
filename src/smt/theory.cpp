#include "src/smt/theory.hpp"

#include <algorithm>
#include <stdexcept>

namespace pasid::smt {

using lang::FormulaKind;
using lang::NodeId;
using lang::PropertyKind;

bool refused_by_knobs(const lang::Tree& tree, const lang::RuleTree& rule) {
  return std::ranges::any_of(rule.guards, [&](const lang::Guard& g) {
    return g.kind == lang::GuardKind::require && tree.is_false(g.condition);
  });
}

Theory::Theory(const lang::Tree& whole, const spec::NativeFacts& knobs) : tree(whole) {
  for (const lang::RuleTree& r : whole.rules) {
    if (!tree.is_true(lang::fold(tree, r.only_if, &knobs))) continue;
    lang::RuleTree rule = lang::fold(tree, r, &knobs);
    if (!refused_by_knobs(tree, rule)) rules.push_back(std::move(rule));
  }
  for (const FormulaKind kind : {FormulaKind::axiom, FormulaKind::property, FormulaKind::lemma}) {
    for (const lang::Formula& f : whole.formulas) {
      if (f.kind != kind) continue;
      // Each part under quantifiers of its own is instantiated for its own terms.
      const NodeId body = lang::spread(tree, lang::fold(tree, f.body, &knobs));
      if (kind == FormulaKind::axiom) axioms.push_back(body);
      else if (tree.is_true(lang::fold(tree, f.applies, &knobs)))
        (f.judges == PropertyKind::state  ? candidates
         : f.judges == PropertyKind::step ? of_steps
                                          : of_calls)
            .push_back({std::string(f.name), kind, body, f.judges});
      else not_applicable.emplace_back(f.name);
    }
  }
}

NodeId Theory::wanted(const Candidate& formula, const lang::RuleTree& rule) {
  const auto [it, is_new] = wanted_.try_emplace({&rule, formula.body});
  if (is_new) {
    const NodeId after = lang::after(tree, rule, formula.body);
    it->second = formula.judges == PropertyKind::state ? after : lang::settled(tree, after);
  }
  return it->second;
}

bool Theory::by_frame(const Candidate& formula, const lang::RuleTree& rule) {
  const NodeId after = wanted(formula, rule);
  return formula.judges == PropertyKind::state ? after == formula.body || tree.is_true(after) : tree.is_true(after);
}

NodeId Theory::is_called(const lang::RuleTree& rule) {
  NodeId all = tree.truth(true);
  for (const lang::Param& p : rule.params)
    if (p.sort->kind == lang::SortKind::enumeration)
      all = tree.conj(all, tree.negate(tree.eq(p.variable, tree.constant(p.sort, 0))));
  return all;
}

NodeId Theory::fires(const lang::RuleTree& rule) {
  NodeId all = is_called(rule);
  for (const lang::Guard& g : rule.guards) all = tree.conj(all, g.condition);
  return all;
}

NodeId Theory::fails_first(const lang::RuleTree& rule, const lang::Guard& guard) {
  NodeId all = is_called(rule);
  for (const lang::Guard& g : rule.guards) {
    if (g.label == guard.label) return tree.conj(all, tree.negate(g.condition));
    all = tree.conj(all, g.condition);
  }
  throw std::logic_error("rule '" + std::string(rule.label) + "' has no guard '" + std::string(guard.label) + "'");
}

std::vector<NodeId> Theory::occasions(NodeId formula) {
  const lang::Node n = tree[formula];
  std::vector<NodeId> out;
  switch (n.op) {
    case lang::Op::forall:
      for (const NodeId o : occasions(n.args[1])) out.push_back(tree.quantify(lang::Op::exists, n.args[0], o));
      break;
    case lang::Op::and_:
      for (const NodeId side : n.args)
        for (const NodeId o : occasions(side)) out.push_back(o);
      break;
    case lang::Op::implies:
      for (const NodeId o : occasions(n.args[1])) out.push_back(tree.conj(n.args[0], o));
      break;
    default: out.push_back(tree.truth(true));
  }
  return out;
}

}  // namespace pasid::smt
