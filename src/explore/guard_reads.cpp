#include "src/explore/guard_reads.hpp"

namespace pasid::explore {

GuardReads::GuardReads(const lang::Tree& tree, const lang::RuleTree& rule)
    : met_(std::make_unique<std::atomic<const char*>[]>(rule.guards.size())) {
  const auto add = [&](lang::NodeId term) {
    lang::walk(tree, term, [&](lang::NodeId id) {
      for (std::size_t k = 0; k < rule.params.size(); ++k)
        if (rule.params[k].variable == id) all_ |= ParamSet{1} << k;
    });
  };
  for (const lang::Guard& g : rule.guards) {
    add(g.condition);
    if (g.kind == lang::GuardKind::choose) add(g.picked);
    guards_.push_back({g.label, all_});
  }
  for (const lang::Write& w : rule.writes) {
    for (const lang::NodeId i : w.index) add(i);
    add(w.condition);
    add(w.value);
  }
}

/// Of guards with one label the last, which depends on the most. An outcome that no guard of the tree has may depend on
/// anything.
ParamSet GuardReads::look_up(const char* label) const {
  for (std::size_t i = guards_.size(); i-- > 0;) {
    if (label == nullptr || guards_[i].label != label) continue;
    met_[i].store(label, std::memory_order_relaxed);
    return guards_[i].reads;
  }
  return ~ParamSet{0};
}

}  // namespace pasid::explore
