#include "src/explore/ternary.hpp"

namespace pasid::explore {
namespace {

std::uint8_t negation(std::uint8_t a) { return a == unknown ? unknown : a == 0 ? 1 : 0; }

}  // namespace

std::uint8_t Ternary::read(const lang::Node& node) {
  const lang::CellInfo& cell = tree_.cells[static_cast<std::size_t>(node.ref)];
  std::size_t at = cell.offset;
  bool known = cell.rigid;
  for (std::size_t k = 0; k < node.args.size(); ++k) {
    const std::uint8_t i = value(node.args[k]);
    if (i == 0) return 0;  // reading at none gives none whatever else is known
    if (i == unknown) known = false;
    else at += cell.strides[k] * i;
  }
  return known ? facts_[at] : unknown;
}

std::uint8_t Ternary::quantified(const lang::Node& node) {
  const std::uint8_t stop = node.op == lang::Op::exists ? 1 : 0;
  std::uint8_t result = negation(stop);
  for (int i = 1; i <= lang::size_of(domain_, tree_[node.args[0]].sort); ++i) {
    bind(node.ref, static_cast<std::uint8_t>(i));
    const std::uint8_t v = value(node.args[1]);
    if (v == stop) return stop;
    if (v == unknown) result = unknown;
  }
  return result;
}

std::uint8_t Ternary::value(lang::NodeId term) {
  const lang::Node& n = tree_[term];
  const auto arg = [&](std::size_t k) { return value(n.args[k]); };
  // One operand decides with value `decisive`; otherwise both must be known.
  const auto either = [&](std::uint8_t a, std::size_t other, std::uint8_t decisive) -> std::uint8_t {
    if (a == decisive) return decisive;
    const std::uint8_t b = arg(other);
    if (b == decisive) return decisive;
    return a == unknown || b == unknown ? unknown : negation(decisive);
  };
  switch (n.op) {
    case lang::Op::constant: return static_cast<std::uint8_t>(n.ref);
    case lang::Op::variable: return bound_[static_cast<std::size_t>(n.ref)];
    case lang::Op::read: return read(n);
    case lang::Op::read_before: return unknown;  // axioms speak of no state
    case lang::Op::eq: {
      const std::uint8_t a = arg(0);
      const std::uint8_t b = arg(1);
      if (a == unknown || b == unknown) return unknown;
      return a == b ? 1 : 0;
    }
    case lang::Op::not_: return negation(arg(0));
    case lang::Op::and_: return either(arg(0), 1, 0);
    case lang::Op::or_: return either(arg(0), 1, 1);
    case lang::Op::implies: return either(negation(arg(0)), 1, 1);
    case lang::Op::ite: {
      const std::uint8_t c = arg(0);
      if (c != unknown) return c != 0 ? arg(1) : arg(2);
      const std::uint8_t yes = arg(1);
      return yes == arg(2) ? yes : unknown;
    }
    case lang::Op::forall:
    case lang::Op::exists: return quantified(n);
  }
  return unknown;
}

}  // namespace pasid::explore
