#include "src/mutate/variants.hpp"

#include <algorithm>
#include <set>

#include "spec/lang/rewrite.hpp"

namespace pasid::mutate {
namespace {

using lang::Node;
using lang::NodeId;
using lang::Op;

void flatten(const lang::Tree& tree, Op op, NodeId id, std::vector<NodeId>& out) {
  if (tree[id].op != op) return out.push_back(id);
  for (const NodeId a : tree[id].args) flatten(tree, op, a, out);
}

NodeId rebuilt(lang::Tree& tree, Op op, const std::vector<NodeId>& operands, std::size_t without, NodeId instead) {
  NodeId out = NodeId::invalid;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if (i == without && instead == NodeId::invalid) continue;
    const NodeId x = i == without ? instead : operands[i];
    out = out == NodeId::invalid ? x : op == Op::and_ ? tree.conj(out, x) : tree.disj(out, x);
  }
  return out;
}

/// Everything a rule's update says something with, without what another's elements are in.
void say(const lang::Tree& tree, const lang::Write& w, const lang::Write& of, std::vector<NodeId>& out) {
  std::vector<NodeId> said = w.index;
  said.push_back(w.value);
  for (const NodeId s : said) {
    bool foreign = false;
    lang::walk(tree, s,
               [&](NodeId id) { foreign = foreign || (&w != &of && std::ranges::find(w.bound, id) != w.bound.end()); });
    if (!foreign) out.push_back(s);
  }
}

}  // namespace

std::vector<NodeId> with_an_operand_less(lang::Tree& tree, NodeId formula) {
  const Node n = tree[formula];
  std::vector<NodeId> out;
  const auto within = [&](NodeId part, const auto& around) {
    for (const NodeId v : with_an_operand_less(tree, part)) out.push_back(around(v));
  };
  switch (n.op) {
    case Op::and_:
    case Op::or_: {
      std::vector<NodeId> operands;
      flatten(tree, n.op, formula, operands);
      for (std::size_t i = 0; i < operands.size(); ++i)
        out.push_back(rebuilt(tree, n.op, operands, i, NodeId::invalid));
      for (std::size_t i = 0; i < operands.size(); ++i)
        within(operands[i], [&](NodeId v) { return rebuilt(tree, n.op, operands, i, v); });
      break;
    }
    case Op::not_: within(n.args[0], [&](NodeId v) { return tree.negate(v); }); break;
    case Op::implies:
      within(n.args[0], [&](NodeId v) { return tree.imply(v, n.args[1]); });
      within(n.args[1], [&](NodeId v) { return tree.imply(n.args[0], v); });
      break;
    case Op::ite:
      within(n.args[0], [&](NodeId v) { return tree.ite(v, n.args[1], n.args[2]); });
      if (n.sort != &lang::sort_info<bool>) break;
      within(n.args[1], [&](NodeId v) { return tree.ite(n.args[0], v, n.args[2]); });
      within(n.args[2], [&](NodeId v) { return tree.ite(n.args[0], n.args[1], v); });
      break;
    case Op::forall:
    case Op::exists: within(n.args[1], [&](NodeId v) { return tree.quantify(n.op, n.args[0], v); }); break;
    default: break;
  }
  return out;
}

std::vector<NodeId> at_hand(lang::Tree& tree, const lang::RuleTree& rule, const lang::Write& write, NodeId term,
                            bool or_none) {
  const lang::SortInfo* const sort = tree[term].sort;
  std::vector<NodeId> all;
  if (sort->kind == lang::SortKind::entity) {
    if (or_none) all.push_back(tree.constant(sort, 0));
    for (const lang::Param& p : rule.params) all.push_back(p.variable);
    for (const lang::Write& w : rule.writes) say(tree, w, write, all);
  } else if (sort == &lang::sort_info<bool>) {
    if (or_none) all = {tree.truth(false), tree.truth(true)};
  } else {
    for (int v = or_none ? 0 : 1; v <= sort->capacity; ++v) all.push_back(tree.constant(sort, v));
  }
  std::set<NodeId> seen{term};
  std::erase_if(all, [&](NodeId id) { return tree[id].sort != sort || !seen.insert(id).second; });
  return all;
}

std::vector<NodeId> conjuncts_of(lang::Tree& tree, NodeId body, const spec::NativeFacts& knobs) {
  std::vector<NodeId> out = tree.conjuncts(lang::spread(tree, body));
  std::erase_if(out, [&](NodeId id) { return tree.is_true(lang::fold(tree, id, &knobs)); });
  return out;
}

}  // namespace pasid::mutate
