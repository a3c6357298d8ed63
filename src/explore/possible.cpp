#include "src/explore/possible.hpp"

#include <algorithm>

#include "spec/lang/memory.hpp"

namespace pasid::explore {

using lang::Node;
using lang::NodeId;
using lang::Op;

Possible::Possible(const lang::Tree& tree, std::span<const spec::NativeFacts> topologies)
    : tree_(&tree), cell_(tree.cells.size(), 1) {
  for (const spec::NativeFacts& f : topologies)
    for (std::size_t s = 0; s < size_.size(); ++s) size_[s] = std::max<int>(size_[s], f.count[s]);
  for (std::size_t c = 0; c < tree.cells.size(); ++c) {
    const lang::CellInfo& cell = tree.cells[c];
    if (!cell.rigid) continue;
    for (const spec::NativeFacts& f : topologies)
      lang::each_index(f, cell, [&](std::span<const std::uint8_t> index) {
        cell_[c] |= 1U << reinterpret_cast<const std::uint8_t*>(&f)[lang::place(cell, index)];
      });
  }
}

bool Possible::fire(const lang::RuleTree& rule) {
  bool more = false;
  for (const lang::Write& w : rule.writes) {
    if ((of(w.condition) & yes) == 0) continue;
    const Values v = of(w.value);
    Values& known = cell_[static_cast<std::size_t>(w.cell)];
    if ((known | v) == known) continue;
    known |= v;
    more = true;
    known_.clear();
  }
  return more;
}

bool Possible::merge(const Possible& other) {
  bool more = false;
  for (std::size_t c = 0; c < cell_.size(); ++c) {
    more = more || (cell_[c] | other.cell_[c]) != cell_[c];
    cell_[c] |= other.cell_[c];
  }
  known_.clear();
  return more;
}

bool Possible::enabled(const lang::RuleTree& rule) {
  return std::ranges::all_of(rule.guards, [&](const lang::Guard& g) { return (of(g.condition) & yes) != 0; });
}

bool Possible::refusing(const lang::RuleTree& rule) {
  return std::ranges::any_of(rule.guards, [&](const lang::Guard& g) {
    return g.kind == lang::GuardKind::require && (of(g.condition) & no) != 0;
  });
}

Possible::Values Possible::of(NodeId id) {
  if (const auto it = known_.find(id); it != known_.end()) return it->second;
  const Values v = computed((*tree_)[id]);
  known_.emplace(id, v);
  return v;
}

Possible::Values Possible::computed(const Node& n) {
  const auto arg = [&](std::size_t k) { return of(n.args[k]); };
  switch (n.op) {
    case Op::constant: return 1U << n.ref;
    case Op::variable: return some(n.sort);
    case Op::read:
    case Op::read_before: return cell_[static_cast<std::size_t>(n.ref)];
    case Op::eq: {
      const Values a = arg(0);
      const Values b = arg(1);
      const bool same = a == b && (a & (a - 1)) == 0;
      return ((a & b) != 0 ? yes : 0U) | (same ? 0U : no);
    }
    case Op::not_: return (arg(0) & yes ? no : 0U) | (arg(0) & no ? yes : 0U);
    case Op::and_:
    case Op::or_: {
      const bool conj = n.op == Op::and_;
      Values all = conj ? yes : no;  // possible for every operand
      Values any = 0;                // possible for one
      for (std::size_t k = 0; k < n.args.size(); ++k) {
        const Values v = arg(k);
        if ((v & all) == 0) return conj ? no : yes;
        any |= v & (conj ? no : yes);
      }
      return all | any;
    }
    case Op::implies: {
      const Values a = arg(0);
      const Values b = arg(1);
      return ((a & no) != 0 || (b & yes) != 0 ? yes : 0U) | ((a & yes) != 0 && (b & no) != 0 ? no : 0U);
    }
    case Op::ite: return ((arg(0) & yes) != 0 ? arg(1) : 0U) | ((arg(0) & no) != 0 ? arg(2) : 0U);
    case Op::forall: return some((*tree_)[n.args[0]].sort) == 0 ? yes : arg(1) | yes;  // there may be no element
    case Op::exists: return some((*tree_)[n.args[0]].sort) == 0 ? no : arg(1) | no;
  }
  return ~Values{0};
}

/// Every element of a sort.
Possible::Values Possible::some(const lang::SortInfo* sort) const {
  const int n = sort->kind == lang::SortKind::entity ? size_[static_cast<std::size_t>(sort->index)] : sort->capacity;
  return ((Values{1} << n) - 1) << 1;
}

}  // namespace pasid::explore
