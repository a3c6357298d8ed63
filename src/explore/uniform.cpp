#include "src/explore/uniform.hpp"

#include <algorithm>

#include "spec/lang/memory.hpp"
#include "spec/lang/rewrite.hpp"

namespace pasid::explore {

using lang::Node;
using lang::NodeId;
using lang::Op;

Uniform::Uniform(lang::Tree& tree, std::span<const spec::NativeFacts> topologies)
    : tree_(tree), value_(tree.cells.size()) {
  for (std::size_t c = 0; c < tree.cells.size(); ++c) {
    const lang::CellInfo& cell = tree.cells[c];
    if (!cell.rigid || cell.value->kind != lang::SortKind::boolean) continue;
    std::optional<std::uint8_t>& value = value_[c];
    bool one = true;
    for (const spec::NativeFacts& f : topologies)
      lang::each_index(f, cell, [&](std::span<const std::uint8_t> index) {
        const std::uint8_t v = reinterpret_cast<const std::uint8_t*>(&f)[lang::place(cell, index)];
        one = one && value.value_or(v) == v;
        value = v;
      });
    if (!one) value.reset();
  }
}

NodeId Uniform::fold(NodeId root) {
  lang::Substitution known;
  lang::walk(tree_, root, [&](NodeId id) {
    const Node& n = tree_[id];
    if (n.op != Op::read || !value_[static_cast<std::size_t>(n.ref)]) return;
    if (*value_[static_cast<std::size_t>(n.ref)] != 0 &&
        !std::ranges::all_of(n.args, [&](NodeId a) { return some(a); }))
      return;
    known.emplace(id, tree_.truth(*value_[static_cast<std::size_t>(n.ref)] != 0));
  });
  return lang::substitute(tree_, root, known);
}

/// A variable, or a fact of one: of the topology's facts only truth values are ever none.
bool Uniform::some(NodeId id) const {
  const Node& n = tree_[id];
  if (n.op == Op::variable) return true;
  return n.op == Op::read && tree_.cells[static_cast<std::size_t>(n.ref)].rigid &&
         !lang::is_knob(tree_.cells[static_cast<std::size_t>(n.ref)]) &&
         std::ranges::all_of(n.args, [&](NodeId a) { return some(a); });
}

}  // namespace pasid::explore
