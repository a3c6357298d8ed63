// The tree evaluator: runs rules and formulas from the tree over the bytes of native facts and states.
#pragma once

#include <vector>

#include "spec/lang/memory.hpp"

namespace pasid::lang {

/// Evaluates terms and applies rules. Not thread-safe: make one for each thread.
class Evaluator {
 public:
  /// `facts` points at a Facts<Native>; its first base gives the sizes.
  Evaluator(const Tree& tree, const Domain<Native>& domain, const void* facts)
      : tree_(tree), domain_(domain), facts_(static_cast<const std::uint8_t*>(facts)),
        bound_(static_cast<std::size_t>(tree.variables())) {}

  /// The value of a term in a state: 0 is none or false. `before` is the state before the step, for terms that speak of
  /// one; without it the state itself.
  [[nodiscard]] std::uint8_t value(NodeId term, const void* state, const void* before = nullptr);

  /// What a variable that is free in terms stands for, from now on.
  void bind(NodeId variable, std::uint8_t value) { bound_[static_cast<std::size_t>(tree_[variable].ref)] = value; }

  /// Tries rule `rule` as NativeRule::apply does. `next` must equal `state` and changes only if the rule fires.
  Outcome apply(const RuleTree& rule, const void* state, void* next, std::span<const std::uint8_t> args);

 private:
  void write(const Write& w, std::size_t depth, void* next);

  const Tree& tree_;
  const Domain<Native>& domain_;
  const std::uint8_t* facts_;
  const std::uint8_t* state_ = nullptr;
  const std::uint8_t* before_ = nullptr;
  std::vector<std::uint8_t> bound_;

  std::uint8_t eval(NodeId id);
};

}  // namespace pasid::lang
