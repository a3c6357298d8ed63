// The two readings side by side on one triple.
#pragma once

#include <cstring>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "spec/lang/eval.hpp"
#include "tests/support/triples.hpp"

namespace pasid::test {

inline bool same(const Outcome& a, const Outcome& b) {
  return a.kind == b.kind && a.err == b.err && label_of(a) == label_of(b);
}

/// Compares the readings on one triple; counts what the native reading says.
class Comparison {
 public:
  explicit Comparison(const lang::Tree& tree) : tree_(tree), seen(tree) {}

  bool agree(const Triple& t) {
    const bool out = agree(t, tree_.rules[t.rule]);
    seen.count(t.rule, last_);
    return out;
  }
  /// The same of `tree_rule` in place of the tree's own rule; not counted.
  bool agree(const Triple& t, const lang::RuleTree& tree_rule) {
    native_ = t.state;
    tree_next_ = t.state;
    const auto& rule = spec::native_rules()[t.rule];
    const Outcome a = last_ = rule.apply(t.facts, t.state, native_, t.args.data(), false);
    const Outcome b = evaluator(t.facts).apply(tree_rule, &t.state, &tree_next_, t.args);
    if (same(a, b) && std::memcmp(&native_, &tree_next_, sizeof native_) == 0 &&
        (a.kind == Outcome::Kind::done || std::memcmp(&native_, &t.state, sizeof native_) == 0))
      return true;
    difference =
        fmt::format("{} ({}): native {} {} {}, tree {} {} {}", rule.label, fmt::join(t.args, " "),
                    static_cast<int>(a.kind), a.err, label_of(a), static_cast<int>(b.kind), b.err, label_of(b));
    return false;
  }

  std::string difference;

 private:
  /// Facts at one address have one evaluator; the bytes may change.
  lang::Evaluator& evaluator(const NativeFacts& facts) {
    if (at_ != &facts) {
      eval_.emplace(tree_, facts, &facts);
      at_ = &facts;
    }
    return *eval_;
  }
  const lang::Tree& tree_;
  std::optional<lang::Evaluator> eval_;
  const NativeFacts* at_ = nullptr;
  NativeState native_;
  NativeState tree_next_;
  Outcome last_;

 public:
  Outcomes seen;
};

}  // namespace pasid::test
