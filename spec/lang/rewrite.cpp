#include "spec/lang/rewrite.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <unordered_set>

#include "spec/lang/memory.hpp"

namespace pasid::lang {
namespace {

/// Rebuilds a node over new arguments, with the simplifications of the tree's constructors.
NodeId rebuild(Tree& tree, const Node& n, const std::vector<NodeId>& args) {
  switch (n.op) {
    case Op::constant:
    case Op::variable: return tree.add(n);
    case Op::read: return tree.read(n.ref, args);
    case Op::read_before: return tree.read_before(n.ref, args);
    case Op::eq: return tree.eq(args[0], args[1]);
    case Op::not_: return tree.negate(args[0]);
    case Op::and_: return tree.conj(args[0], args[1]);
    case Op::or_: return tree.disj(args[0], args[1]);
    case Op::implies: return tree.imply(args[0], args[1]);
    case Op::ite: return tree.ite(args[0], args[1], args[2]);
    case Op::forall:
    case Op::exists: return tree.quantify(n.op, args[0], args[1]);
  }
  return NodeId::invalid;
}

/// Bottom-up rewriting with memory. `leave(node, new args)` may answer with a replacement, and so may `enter(node)`,
/// before what is below the node is looked at.
class Rewriter {
 public:
  using Leave = std::function<std::optional<NodeId>(NodeId, const std::vector<NodeId>&)>;
  using Enter = std::function<std::optional<NodeId>(NodeId)>;
  Rewriter(Tree& tree, Leave leave, Enter enter = {})
      : tree_(tree), leave_(std::move(leave)), enter_(std::move(enter)) {}

  NodeId operator()(NodeId id) {
    if (const auto it = known_.find(id); it != known_.end()) return it->second;
    if (enter_) {
      if (const auto replaced = enter_(id)) {
        known_.emplace(id, *replaced);
        return *replaced;
      }
    }
    const Node n = tree_[id];
    std::vector<NodeId> args;
    args.reserve(n.args.size());
    for (const NodeId a : n.args) args.push_back((*this)(a));
    const auto replaced = leave_(id, args);
    const NodeId out = replaced ? *replaced : rebuild(tree_, n, args);
    known_.emplace(id, out);
    return out;
  }

 private:
  Tree& tree_;
  Leave leave_;
  Enter enter_;
  std::unordered_map<NodeId, NodeId> known_;
};

}  // namespace

NodeId substitute(Tree& tree, NodeId root, const Substitution& replace) {
  if (replace.empty()) return root;
  std::optional<std::unordered_set<NodeId>> brought;  // what the replacements mention
  const auto mentioned = [&](NodeId variable) {
    if (!brought) {
      brought.emplace();
      for (const auto& [from, to] : replace) walk(tree, to, [&](NodeId id) { brought->insert(id); });
    }
    return brought->contains(variable);
  };
  const auto leave = [&](NodeId id, const std::vector<NodeId>&) -> std::optional<NodeId> {
    const auto it = replace.find(id);
    if (it == replace.end()) return std::nullopt;
    return it->second;
  };
  // A quantifier hides its variable, and must not capture one that a replacement brings: it gets another variable.
  const auto enter = [&](NodeId id) -> std::optional<NodeId> {
    const Node n = tree[id];
    if (n.op != Op::forall && n.op != Op::exists) return std::nullopt;
    const bool captures = mentioned(n.args[0]);
    if (!captures && !replace.contains(n.args[0])) return std::nullopt;
    Substitution inner = replace;
    inner.erase(n.args[0]);
    NodeId variable = n.args[0];
    if (captures) {
      variable = tree.fresh_variable(tree[variable].sort);
      inner.emplace(n.args[0], variable);
    }
    return tree.quantify(n.op, variable, substitute(tree, n.args[1], inner));
  };
  return Rewriter(tree, leave, enter)(root);
}

RuleTree substitute(Tree& tree, const RuleTree& rule, const Substitution& replace) {
  RuleTree out = rule;
  for (Param& p : out.params) p.variable = substitute(tree, p.variable, replace);
  for (Guard& g : out.guards) g.condition = substitute(tree, g.condition, replace);
  for (Write& w : out.writes) {
    for (NodeId& i : w.index) i = substitute(tree, i, replace);
    w.condition = substitute(tree, w.condition, replace);
    w.value = substitute(tree, w.value, replace);
  }
  return out;
}

NodeId after(Tree& tree, const RuleTree& rule, NodeId root) {
  return Rewriter(tree, [&](NodeId id, const std::vector<NodeId>& args) -> std::optional<NodeId> {
    const Node n = tree[id];
    if (n.op != Op::read || tree.cells[static_cast<std::size_t>(n.ref)].rigid) return std::nullopt;
    NodeId value = tree.read(n.ref, args);
    for (const Write& w : rule.writes) {
      if (w.cell != n.ref) continue;
      // A bound variable stands at one index at least: there it is the index read; elsewhere it must agree.
      Substitution bound;
      NodeId hit = tree.truth(true);
      for (std::size_t k = 0; k < args.size(); ++k) {
        const bool is_bound = std::ranges::find(w.bound, w.index[k]) != w.bound.end();
        if (is_bound && !bound.contains(w.index[k])) bound.emplace(w.index[k], args[k]);
      }
      for (std::size_t k = 0; k < args.size(); ++k) {
        const NodeId at = substitute(tree, w.index[k], bound);
        if (at != args[k]) hit = tree.conj(hit, tree.eq(at, args[k]));
        // Nothing is written at none, and reading there gives none: only an index that can be none matters.
        if (tree[args[k]].op != Op::variable)
          hit = tree.conj(hit, tree.negate(tree.eq(args[k], tree.constant(tree[args[k]].sort, 0))));
      }
      hit = tree.conj(hit, substitute(tree, w.condition, bound));
      value = tree.ite(hit, substitute(tree, w.value, bound), value);
    }
    return value;
  })(root);
}

NodeId settled(Tree& tree, NodeId root) {
  return Rewriter(tree, [&](NodeId id, const std::vector<NodeId>& args) -> std::optional<NodeId> {
    const Node n = tree[id];
    if (n.op != Op::read_before) return std::nullopt;
    return tree.read(n.ref, args);
  })(root);
}

NodeId initially(Tree& tree, NodeId root) {
  return Rewriter(tree, [&](NodeId id, const std::vector<NodeId>&) -> std::optional<NodeId> {
    const Node n = tree[id];
    if (n.op != Op::read || tree.cells[static_cast<std::size_t>(n.ref)].rigid) return std::nullopt;
    return tree.constant(n.sort, 0);
  })(root);
}

NodeId spread(Tree& tree, NodeId root) {
  const std::function<NodeId(Op, NodeId, NodeId)> over = [&](Op op, NodeId variable, NodeId body) -> NodeId {
    const Node n = tree[body];
    if (n.op != (op == Op::forall ? Op::and_ : Op::or_)) return tree.quantify(op, variable, body);
    const NodeId left = over(op, variable, n.args[0]);
    const NodeId right = over(op, variable, n.args[1]);
    return op == Op::forall ? tree.conj(left, right) : tree.disj(left, right);
  };
  return Rewriter(tree, [&](NodeId id, const std::vector<NodeId>& args) -> std::optional<NodeId> {
    const Op op = tree[id].op;
    if (op != Op::forall && op != Op::exists) return std::nullopt;
    return over(op, args[0], args[1]);
  })(root);
}

NodeId fold(Tree& tree, NodeId root, const void* facts) {
  const auto* const bytes = static_cast<const std::uint8_t*>(facts);
  std::function<NodeId(NodeId)> again;
  /// A knob read with the indices from k on still to be decided: a case for each enumerator.
  const std::function<NodeId(const Node&, std::vector<NodeId>&, std::vector<std::uint8_t>&)> cases =
      [&](const Node& n, std::vector<NodeId>& args, std::vector<std::uint8_t>& index) -> NodeId {
    const CellInfo& cell = tree.cells[static_cast<std::size_t>(n.ref)];
    const std::size_t k = index.size();
    if (k == args.size()) return tree.constant(n.sort, bytes[place(cell, index)]);
    if (tree.is_constant(args[k])) {
      index.push_back(static_cast<std::uint8_t>(tree[args[k]].ref));
      const NodeId out = cases(n, args, index);
      index.pop_back();
      return out;
    }
    NodeId out = tree.constant(n.sort, 0);
    for (int v = cell.index[k]->capacity; v >= 1; --v) {
      index.push_back(static_cast<std::uint8_t>(v));
      const NodeId then = cases(n, args, index);
      index.pop_back();
      const NodeId here = tree.eq(args[k], tree.constant(cell.index[k], v));
      if (n.sort->kind == SortKind::boolean && tree.is_constant(then) && !tree.is_constant(out)) {
        out = tree.is_true(then) ? tree.disj(here, out) : tree.conj(tree.negate(here), out);
      } else if (n.sort->kind == SortKind::boolean && tree.is_true(then) && tree.is_false(out)) {
        out = here;
      } else {
        out = tree.ite(here, then, out);
      }
    }
    return out;
  };
  /// eq over a chain of conditionals with constant leaves is decided leaf by leaf.
  const std::function<NodeId(NodeId, NodeId)> eq = [&](NodeId a, NodeId b) -> NodeId {
    if (tree[a].op == Op::ite && tree.is_constant(b)) {
      const Node n = tree[a];
      const NodeId yes = eq(n.args[1], b);
      const NodeId no = eq(n.args[2], b);
      if (tree.is_true(yes) && tree.is_false(no)) return n.args[0];
      if (tree.is_false(yes)) return tree.conj(tree.negate(n.args[0]), no);
      if (tree.is_true(yes)) return tree.disj(n.args[0], no);
      return tree.ite(n.args[0], yes, no);
    }
    if (tree[b].op == Op::ite && tree.is_constant(a)) return eq(b, a);
    return tree.eq(a, b);
  };
  return Rewriter(tree, [&](NodeId id, const std::vector<NodeId>& args) -> std::optional<NodeId> {
    const Node n = tree[id];
    if (n.op == Op::read && is_knob(tree.cells[static_cast<std::size_t>(n.ref)])) {
      std::vector<NodeId> a = args;
      std::vector<std::uint8_t> index;
      return cases(n, a, index);
    }
    if (n.op == Op::eq) return eq(args[0], args[1]);
    return std::nullopt;
  })(root);
}

RuleTree fold(Tree& tree, const RuleTree& rule, const void* facts) {
  RuleTree out = rule;
  out.only_if = fold(tree, rule.only_if, facts);
  for (Guard& g : out.guards) g.condition = fold(tree, g.condition, facts);
  for (Write& w : out.writes) {
    for (NodeId& i : w.index) i = fold(tree, i, facts);
    w.condition = fold(tree, w.condition, facts);
    w.value = fold(tree, w.value, facts);
  }
  std::erase_if(out.writes, [&](const Write& w) { return tree.is_false(w.condition); });
  return out;
}

}  // namespace pasid::lang
