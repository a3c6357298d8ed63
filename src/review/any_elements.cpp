#include "src/review/any_elements.hpp"

#include <algorithm>
#include <map>

#include "spec/lang/memory.hpp"
#include "spec/lang/rewrite.hpp"

namespace pasid::review {
namespace {

using lang::NodeId;
using lang::SortInfo;

/// The variable for each named element; for none, the constant.
class Named {
 public:
  Named(lang::Tree& tree, NodeId term) : tree_(tree) {
    lang::walk(tree, term, [&](NodeId id) {
      const lang::Node& n = tree[id];
      if (n.op == lang::Op::constant && n.sort->kind == lang::SortKind::entity && n.ref != 0)
        elements_.try_emplace({n.sort, n.ref}, NodeId::invalid);
    });
    for (auto& [element, variable] : elements_) variable = tree.fresh_variable(element.first);
  }

  /// invalid: an element that has no name.
  [[nodiscard]] NodeId operator()(const SortInfo* sort, int value) const {
    if (sort->kind != lang::SortKind::entity || value == 0) return tree_.constant(sort, value);
    const auto found = elements_.find({sort, value});
    return found == elements_.end() ? NodeId::invalid : found->second;
  }

  [[nodiscard]] NodeId in_place_of_names(NodeId term) const {
    lang::Substitution replace;
    for (const auto& [element, variable] : elements_) replace[tree_.constant(element.first, element.second)] = variable;
    return lang::substitute(tree_, term, replace);
  }

  [[nodiscard]] NodeId distinct() const {
    NodeId out = tree_.truth(true);
    for (auto a = elements_.begin(); a != elements_.end(); ++a)
      for (auto b = std::next(a); b != elements_.end() && b->first.first == a->first.first; ++b)
        out = tree_.conj(out, tree_.negate(tree_.eq(a->second, b->second)));
    return out;
  }

  [[nodiscard]] NodeId some(NodeId body) const {
    for (const auto& [element, variable] : elements_) body = tree_.quantify(lang::Op::exists, variable, body);
    return body;
  }

 private:
  lang::Tree& tree_;
  std::map<std::pair<const SortInfo*, int>, NodeId> elements_;
};

/// What the fact says of named elements.
NodeId said_of_named(lang::Tree& tree, int cell, const Named& named, const spec::NativeFacts& facts) {
  const lang::CellInfo& info = tree.cells[static_cast<std::size_t>(cell)];
  NodeId out = tree.truth(true);
  lang::each_index(facts, info, [&](std::span<const std::uint8_t> index) {
    std::vector<NodeId> at;
    for (std::size_t k = 0; k < index.size(); ++k) at.push_back(named(info.index[k], index[k]));
    const NodeId value = named(info.value, reinterpret_cast<const std::uint8_t*>(&facts)[lang::place(info, index)]);
    if (value == NodeId::invalid || std::ranges::find(at, NodeId::invalid) != at.end()) return;
    out = tree.conj(out, tree.eq(tree.read(cell, std::move(at)), value));
  });
  return out;
}

}  // namespace

ShellCondition of_any_elements(const ShellCondition& condition, const spec::NativeFacts& facts) {
  if (!condition.names_elements) return condition;
  auto tree = std::make_shared<lang::Tree>(*condition.tree);
  const Named named(*tree, condition.term);
  NodeId body = tree->conj(named.distinct(), named.in_place_of_names(condition.term));
  for (std::size_t c = 0; c < tree->cells.size(); ++c)
    if (tree->cells[c].rigid && !lang::is_knob(tree->cells[c]))
      body = tree->conj(body, said_of_named(*tree, static_cast<int>(c), named, facts));
  const NodeId any = named.some(body);
  return {std::move(tree), any, false};
}

}  // namespace pasid::review
