// What a search runs: the compiled rules and properties, or those of a tree that may have been edited.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "spec/lang/tree.hpp"
#include "spec/model.hpp"

namespace pasid::explore {

/// Tries a rule as spec::NativeRule::apply does. Called from several threads at once. A plain function is called as
/// such: a search does little else.
class Apply {
 public:
  using Plain = decltype(spec::NativeRule::apply);
  Apply() = default;
  template <class F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, Apply>) Apply(F f) {  // NOLINT(google-explicit-constructor)
    if constexpr (std::is_convertible_v<F, Plain>) plain_ = f;
    else any_ = std::move(f);
  }
  [[nodiscard]] bool is_plain() const { return plain_ != nullptr; }

  lang::Outcome operator()(const spec::NativeFacts& f, const spec::NativeState& s, spec::NativeState& n,
                           const std::uint8_t* args, bool policies) const {
    return plain_ != nullptr ? plain_(f, s, n, args, policies) : any_(f, s, n, args, policies);
  }

 private:
  Plain plain_ = nullptr;
  std::function<std::remove_pointer_t<Plain>> any_;
};

struct RunnableRule {
  std::string_view label;
  std::function<bool(const spec::NativeFacts&)> only_if;
  Apply apply;
};

/// A predicate on a state or on a change. It counts where it applies. Called from several threads at once.
struct RunnableProperty {
  std::string_view name;
  lang::PropertyKind judges;
  std::function<bool(const spec::NativeFacts&)> applies;
  /// A property of states looks at `after` alone.
  std::function<bool(const spec::NativeFacts&, const spec::NativeState& before, const spec::NativeState& after)> holds;
  /// Of calls as a whole: step by step there are none.
  [[nodiscard]] bool only_of_calls() const { return judges == lang::PropertyKind::call; }
};

/// Rules in the order of the tree's rules, properties in that of its properties.
struct Reading {
  std::vector<RunnableRule> rules;
  std::vector<RunnableProperty> properties;
};

/// spec::native_rules() and spec::native_properties().
Reading native_reading();

/// One rule as the tree says it. Both must outlive it and not change.
RunnableRule tree_rule(const lang::Tree& tree, const lang::RuleTree& rule);

/// The rules and properties as the tree says them, evaluated: for mutants and edits. Some hundred times slower.
/// `tree` must outlive the reading and not change.
Reading tree_reading(const lang::Tree& tree);

/// The rules and properties of `edited`, which is an edit of `compiled`, the tree of the compiled rules: those that it
/// leaves alone are compiled ones. `edited` must outlive the reading and not change.
Reading edited_reading(const lang::Tree& edited, const lang::Tree& compiled);

}  // namespace pasid::explore
