#include "spec/lang/eval.hpp"

namespace pasid::lang {

std::uint8_t Evaluator::eval(NodeId id) {
  const Node& n = tree_[id];
  switch (n.op) {
    case Op::constant: return static_cast<std::uint8_t>(n.ref);
    case Op::variable: return bound_[static_cast<std::size_t>(n.ref)];
    case Op::read:
    case Op::read_before: {
      const CellInfo& cell = tree_.cells[static_cast<std::size_t>(n.ref)];
      std::size_t at = cell.offset;
      for (std::size_t k = 0; k < n.args.size(); ++k) at += cell.strides[k] * eval(n.args[k]);
      return (cell.rigid ? facts_ : n.op == Op::read ? state_ : before_)[at];
    }
    case Op::eq: return eval(n.args[0]) == eval(n.args[1]) ? 1 : 0;
    case Op::not_: return eval(n.args[0]) != 0 ? 0 : 1;
    case Op::and_: return eval(n.args[0]) != 0 && eval(n.args[1]) != 0 ? 1 : 0;
    case Op::or_: return eval(n.args[0]) != 0 || eval(n.args[1]) != 0 ? 1 : 0;
    case Op::implies: return eval(n.args[0]) == 0 || eval(n.args[1]) != 0 ? 1 : 0;
    case Op::ite: return eval(n.args[0]) != 0 ? eval(n.args[1]) : eval(n.args[2]);
    case Op::forall:
    case Op::exists: {
      const int size = size_of(domain_, tree_[n.args[0]].sort);
      const std::uint8_t stop = n.op == Op::exists ? 1 : 0;
      std::uint8_t& element = bound_[static_cast<std::size_t>(n.ref)];
      const std::uint8_t outer = element;  // of a quantifier around this one over the same variable
      std::uint8_t out = stop == 1 ? 0 : 1;
      for (int i = 1; i <= size && out != stop; ++i) {
        element = static_cast<std::uint8_t>(i);
        out = eval(n.args[1]);
      }
      element = outer;
      return out;
    }
  }
  return 0;
}

std::uint8_t Evaluator::value(NodeId term, const void* state, const void* before) {
  state_ = static_cast<const std::uint8_t*>(state);
  before_ = before == nullptr ? state_ : static_cast<const std::uint8_t*>(before);
  return eval(term);
}

void Evaluator::write(const Write& w, std::size_t depth, void* next) {
  if (depth < w.bound.size()) {
    const Node& v = tree_[w.bound[depth]];
    for (int i = 1; i <= size_of(domain_, v.sort); ++i) {
      bound_[static_cast<std::size_t>(v.ref)] = static_cast<std::uint8_t>(i);
      write(w, depth + 1, next);
    }
    return;
  }
  if (eval(w.condition) == 0) return;
  const CellInfo& cell = tree_.cells[static_cast<std::size_t>(w.cell)];
  std::size_t at = cell.offset;
  for (std::size_t k = 0; k < w.index.size(); ++k) {
    const std::uint8_t i = eval(w.index[k]);
    if (i == 0) return;
    at += cell.strides[k] * i;
  }
  static_cast<std::uint8_t*>(next)[at] = eval(w.value);
}

Outcome Evaluator::apply(const RuleTree& rule, const void* state, void* next, std::span<const std::uint8_t> args) {
  state_ = static_cast<const std::uint8_t*>(state);
  for (std::size_t k = 0; k < rule.params.size(); ++k)
    bound_[static_cast<std::size_t>(tree_[rule.params[k].variable].ref)] = args[k];
  for (const Guard& g : rule.guards) {
    if (eval(g.condition) != 0) continue;
    const auto kind = g.kind == GuardKind::require  ? Outcome::Kind::refused
                      : g.kind != GuardKind::choose ? Outcome::Kind::waits
                                                    : Outcome::Kind::not_picked;
    return {kind, static_cast<std::uint8_t>(&g - rule.guards.data()), g.err, g.label.data()};
  }
  for (const Write& w : rule.writes) write(w, 0, next);
  return {};
}

}  // namespace pasid::lang
