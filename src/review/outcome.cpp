#include "src/review/outcome.hpp"

#include <algorithm>

namespace pasid::review {

using lang::NodeId;
using lang::RuleTree;

std::vector<NodeId> ends_of(lang::Tree& tree, const lang::RuleTree& rule) {
  std::vector<NodeId> out;
  NodeId before = tree.truth(true);
  for (const lang::Param& p : rule.params)
    if (p.sort->kind == lang::SortKind::enumeration)
      before = tree.conj(before, tree.negate(tree.eq(p.variable, tree.constant(p.sort, 0))));
  for (const lang::Guard& g : rule.guards) {
    out.push_back(tree.conj(before, tree.negate(g.condition)));
    before = tree.conj(before, g.condition);
  }
  out.push_back(before);
  return out;
}

std::set<int> answering_cells(const lang::Tree& tree, const std::vector<RuleTree>& rules,
                              const std::set<std::string_view>& asked) {
  std::set<int> out;
  const auto reads = [&](NodeId term) {
    lang::walk(tree, term, [&](NodeId id) {
      if (tree[id].op == lang::Op::read && !tree.cells[static_cast<std::size_t>(tree[id].ref)].rigid)
        out.insert(tree[id].ref);
    });
  };
  const auto guards = [&](const RuleTree& r) {
    for (const lang::Guard& g : r.guards) reads(g.condition);
  };
  for (const RuleTree& r : rules)
    if (asked.contains(r.label)) guards(r);
  for (std::size_t before = 0; before != out.size();) {
    before = out.size();
    for (const RuleTree& r : rules) {
      const auto writes = [&](const lang::Write& w) { return out.contains(w.cell); };
      if (std::ranges::none_of(r.writes, writes)) continue;
      guards(r);
      for (const lang::Write& w : r.writes) {
        if (!writes(w)) continue;
        reads(w.condition);
        reads(w.value);
        for (const NodeId i : w.index) reads(i);
      }
    }
  }
  return out;
}

}  // namespace pasid::review
