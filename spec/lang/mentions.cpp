#include "spec/lang/mentions.hpp"

#include <algorithm>

namespace pasid::lang {
namespace {

bool mentions(const Tree& tree, NodeId term, int cell) {
  bool found = false;
  walk(tree, term, [&](NodeId id) {
    const Node& n = tree[id];
    found = found || ((n.op == Op::read || n.op == Op::read_before) && n.ref == cell);
  });
  return found;
}

}  // namespace

bool mentions(const Tree& tree, const RuleTree& rule, int cell) {
  const auto in = [&](NodeId term) { return mentions(tree, term, cell); };
  return in(rule.only_if) || std::ranges::any_of(rule.guards, in, &Guard::condition) ||
         std::ranges::any_of(rule.writes, [&](const Write& w) {
           return in(w.condition) || in(w.value) || std::ranges::any_of(w.index, in);
         });
}

}  // namespace pasid::lang
