#include "src/explore/guard_reads.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace pasid::explore {
namespace {

using lang::Node;
using lang::NodeId;

/// Adds what a term reads of the rule's parameters.
void add(const lang::Tree& tree, const lang::RuleTree& rule, NodeId term, Reads& to) {
  const auto use = [&](NodeId id, ValueSet told) {
    for (std::size_t k = 0; k < rule.params.size(); ++k) {
      if (rule.params[k].variable != id) continue;
      to.params |= ParamSet{1} << k;
      to.told[k] = static_cast<ValueSet>(to.told[k] | told);
    }
  };
  use(term, every_value);
  lang::walk(tree, term, [&](NodeId id) {
    const Node& n = tree[id];
    for (const NodeId arg : n.args) {
      // Comparing it with a constant tells that value from all others.
      const auto other = std::ranges::find_if(n.args, [&](NodeId x) { return x != arg; });
      const bool compared = n.op == lang::Op::eq && other != n.args.end() && tree.is_constant(*other);
      use(arg, compared ? static_cast<ValueSet>(1U << tree[*other].ref) : every_value);
    }
  });
}

}  // namespace

GuardReads::GuardReads(const lang::Tree& tree, const lang::RuleTree& rule) : anything_{~ParamSet{0}, {}} {
  anything_.told.fill(every_value);
  if (rule.guards.size() >= lang::Outcome::unnumbered)
    throw std::logic_error("rule '" + std::string(rule.label) + "' has more guards than an outcome numbers");
  for (const lang::Param& p : rule.params)
    if (p.sort->kind == lang::SortKind::enumeration && p.sort->capacity >= 16)
      throw std::logic_error("rule '" + std::string(rule.label) + "': a parameter has more values than a set holds");
  for (const lang::Guard& g : rule.guards) {
    add(tree, rule, g.condition, all_);
    if (g.kind == lang::GuardKind::choose) add(tree, rule, g.picked, all_);
    guards_.push_back({g.label, all_});
  }
  for (const lang::Write& w : rule.writes) {
    for (const NodeId i : w.index) add(tree, rule, i, all_);
    add(tree, rule, w.condition, all_);
    add(tree, rule, w.value, all_);
  }
}

/// Of guards with one label the last, which depends on the most. An outcome that no guard of the tree has may depend on
/// anything.
const Reads& GuardReads::look_up(const char* label) const {
  for (std::size_t i = guards_.size(); i-- > 0;)
    if (label != nullptr && guards_[i].label == label) return guards_[i].reads;
  return anything_;
}

}  // namespace pasid::explore
