#include "spec/lang/ast.hpp"

#include <algorithm>

namespace pasid::lang {

void Builder::fail(const std::string& what) const {
  throw RuleError("rule '" + std::string(rule_.label) + "': " + what);
}

void Builder::begin_rule(RuleTree rule) {
  rule_ = std::move(rule);
  in_rule_ = true;
}

RuleTree Builder::end_rule() {
  in_rule_ = false;
  for (std::size_t i = 0; i < rule_.writes.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) reject_overlap(rule_.writes[j], rule_.writes[i]);
  return std::move(rule_);
}

/// Could these two index terms never name the same element?
static bool surely_differ(const Tree& t, NodeId a, NodeId b) { return a != b && t.is_constant(a) && t.is_constant(b); }

NodeId Builder::read(int cell, std::vector<NodeId> index) {
  if (in_rule_) {
    for (const Write& w : rule_.writes) {
      if (w.cell != cell) continue;
      bool apart = false;
      for (std::size_t k = 0; k < index.size(); ++k) apart = apart || surely_differ(tree_, w.index[k], index[k]);
      if (!apart)
        fail("reads '" + std::string(tree_.cells[static_cast<std::size_t>(cell)].name) +
             "' after writing it; a read gives the old value, so read it before the write");
    }
  }
  return tree_.read(cell, std::move(index));
}

NodeId Builder::read_before(int cell, std::vector<NodeId> index) {
  if (in_rule_) fail("reads a state before its own; only properties of steps and calls do");
  return tree_.read_before(cell, std::move(index));
}

void Builder::guard(Guard guard) {
  if (!rule_.writes.empty()) fail("guard '" + std::string(guard.label) + "' stands after a write; guards come first");
  if (!conditions_.empty() || !bound_.empty())
    fail("guard '" + std::string(guard.label) + "' stands inside when() or each()");
  rule_.guards.push_back(guard);
}

void Builder::write(int cell, std::vector<NodeId> index, NodeId value) {
  const std::string name(tree_.cells[static_cast<std::size_t>(cell)].name);
  if (!in_rule_) fail("writes '" + name + "' outside a rule");
  for (const NodeId v : bound_)
    if (std::ranges::find(index, v) == index.end())
      fail("writes '" + name + "' inside each() without indexing it by that element: the writes would overlap");
  NodeId condition = tree_.truth(true);
  for (const NodeId c : conditions_) condition = tree_.conj(condition, c);
  if (tree_.is_false(condition)) return;
  rule_.writes.push_back({cell, std::move(index), condition, value, bound_});
}

void Builder::reject_overlap(const Write& a, const Write& b) const {
  if (a.cell != b.cell) return;
  for (std::size_t k = 0; k < a.index.size(); ++k)
    if (surely_differ(tree_, a.index[k], b.index[k])) return;
  // Opposite conditions that speak of an element of each() keep the writes apart only where it is the same element:
  // where both writes have it as the same index.
  const auto of_one_cell = [&](NodeId condition) {
    bool out = true;
    walk(tree_, condition, [&](NodeId v) {
      if (std::ranges::find(a.bound, v) == a.bound.end()) return;
      bool pinned = false;
      for (std::size_t k = 0; k < a.index.size(); ++k) pinned = pinned || (a.index[k] == v && b.index[k] == v);
      out = out && pinned;
    });
    return out;
  };
  const auto in_a = tree_.conjuncts(a.condition);
  const auto in_b = tree_.conjuncts(b.condition);
  for (const NodeId x : in_a)
    for (const NodeId y : in_b)
      if (tree_.negate(x) == y && of_one_cell(x)) return;
  fail("writes '" + std::string(tree_.cells[static_cast<std::size_t>(a.cell)].name) +
       "' twice, and the two writes may hit one cell: give them opposite conditions");
}

}  // namespace pasid::lang
