#include "spec/lang/tree.hpp"

#include <algorithm>
#include <unordered_set>

namespace pasid::lang {

std::size_t Tree::Hash::operator()(const Node& n) const {
  std::size_t h = static_cast<std::size_t>(n.op) * 31 + std::hash<const void*>{}(n.sort);
  h = h * 1000003 + static_cast<std::size_t>(n.ref);
  for (const NodeId a : n.args) h = h * 1000003 + static_cast<std::size_t>(a);
  return h;
}

NodeId Tree::add(Node node) {
  if (const auto it = known_.find(node); it != known_.end()) return it->second;
  const auto id = static_cast<NodeId>(nodes_.size());
  nodes_.push_back(node);
  known_.emplace(std::move(node), id);
  return id;
}

NodeId Tree::read(int cell, std::vector<NodeId> index) {
  return add({Op::read, cells[static_cast<std::size_t>(cell)].value, cell, std::move(index)});
}

NodeId Tree::read_anywhere(int cell) {
  std::vector<NodeId> index;
  for (const SortInfo* s : cells[static_cast<std::size_t>(cell)].index) index.push_back(fresh_variable(s));
  return read(cell, std::move(index));
}

NodeId Tree::read_before(int cell, std::vector<NodeId> index) {
  const CellInfo& info = cells[static_cast<std::size_t>(cell)];
  return add({info.rigid ? Op::read : Op::read_before, info.value, cell, std::move(index)});
}

// The constructors below simplify only what constants decide, so that the text of a rule stays recognisable.

NodeId Tree::eq(NodeId a, NodeId b) {
  if (a == b) return truth(true);
  if (is_constant(a) && is_constant(b)) return truth(false);
  if (is_constant(a)) std::swap(a, b);
  return add({Op::eq, &sort_info<bool>, 0, {a, b}});
}
NodeId Tree::negate(NodeId a) {
  if (is_constant(a)) return truth(is_false(a));
  if ((*this)[a].op == Op::not_) return (*this)[a].args[0];
  return add({Op::not_, &sort_info<bool>, 0, {a}});
}
NodeId Tree::conj(NodeId a, NodeId b) {
  if (is_false(a) || is_false(b)) return truth(false);
  if (is_true(a) || a == b) return b;
  if (is_true(b)) return a;
  return add({Op::and_, &sort_info<bool>, 0, {a, b}});
}
NodeId Tree::disj(NodeId a, NodeId b) {
  if (is_true(a) || is_true(b)) return truth(true);
  if (is_false(a) || a == b) return b;
  if (is_false(b)) return a;
  return add({Op::or_, &sort_info<bool>, 0, {a, b}});
}
NodeId Tree::imply(NodeId a, NodeId b) {
  if (is_false(a) || is_true(b)) return truth(true);
  if (is_true(a)) return b;
  if (is_false(b)) return negate(a);
  return add({Op::implies, &sort_info<bool>, 0, {a, b}});
}
NodeId Tree::ite(NodeId c, NodeId yes, NodeId no) {
  if (is_true(c) || yes == no) return yes;
  if (is_false(c)) return no;
  return add({Op::ite, (*this)[yes].sort, 0, {c, yes, no}});
}
NodeId Tree::quantify(Op op, NodeId variable, NodeId body) {
  if (op == Op::forall ? is_true(body) : is_false(body)) return body;
  return add({op, &sort_info<bool>, (*this)[variable].ref, {variable, body}});
}

std::vector<NodeId> Tree::conjuncts(NodeId id) const {
  std::vector<NodeId> out;
  std::vector<NodeId> pending{id};
  while (!pending.empty()) {
    const NodeId n = pending.back();
    pending.pop_back();
    const Node& node = (*this)[n];
    if (node.op == Op::and_) {
      pending.push_back(node.args[1]);
      pending.push_back(node.args[0]);
    } else {
      out.push_back(n);
    }
  }
  return out;
}

int Tree::cell_named(std::string_view name) const {
  const auto it = std::ranges::find(cells, name, &CellInfo::name);
  return it == cells.end() ? -1 : static_cast<int>(it - cells.begin());
}
int Tree::rule_named(std::string_view label) const {
  const auto it = std::ranges::find(rules, label, &RuleTree::label);
  return it == rules.end() ? -1 : static_cast<int>(it - rules.begin());
}
const Formula* Tree::formula_named(std::string_view name) const {
  const auto it = std::ranges::find(formulas, name, &Formula::name);
  return it == formulas.end() ? nullptr : &*it;
}

void walk(const Tree& tree, NodeId root, const std::function<void(NodeId)>& visit) {
  std::unordered_set<NodeId> seen;
  std::vector<NodeId> pending{root};
  while (!pending.empty()) {
    const NodeId id = pending.back();
    pending.pop_back();
    if (!seen.insert(id).second) continue;
    visit(id);
    for (const NodeId a : tree[id].args) pending.push_back(a);
  }
}

}  // namespace pasid::lang
