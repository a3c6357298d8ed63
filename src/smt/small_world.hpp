// A world of fixed size, as propositional terms: what can happen in it is always decided, and soon.
#pragma once

#include "src/smt/grounding.hpp"
#include "src/smt/prove.hpp"
#include "src/smt/theory.hpp"

namespace pasid::smt {

/// How many of each sort are enough to see most formulas fall, and with what. Worlds of more take far longer.
inline constexpr int few = 2;

class SmallWorld {
 public:
  /// Enough for everything that was ever found; that there is nothing to find can take longer.
  static constexpr unsigned most_conflicts = 20000;

  /// The context, of which making one takes longer than what a world asks, may be shared.
  SmallWorld(z3::context& z3, Theory& theory, const std::vector<lang::NodeId>& invariants, const Sizes& sizes);

  /// No longer an invariant.
  void forget(lang::NodeId invariant) { std::erase(invariants_, invariant); }

  /// A state with the invariants from which `rule` (an index into theory.rules) leads to one without `formula`, or by a
  /// step that violates it; the counterexample's facts start as `knobs`. A sparse one has no
  /// cell that could be none or false as well. It is replayed by the tree evaluator before it is returned.
  std::optional<InductionCounterexample> step_out(const spec::NativeFacts& knobs, std::size_t rule,
                                                  const Candidate& formula, bool sparse = false);

  /// The same for several invariants at once: those that one step of `rule` leads out of. None if there is no such
  /// step, or it is not found by so many conflicts.
  std::vector<std::size_t> step_out(const spec::NativeFacts& knobs, std::size_t rule,
                                    const std::vector<std::size_t>& candidates, unsigned conflicts);

  /// Which of `spare` (bodies of candidates) it takes, beside the invariants, for none of the rules (indices into
  /// theory.rules) to lead from a state with `formula` to one without it, or to a step that violates it: none of them
  /// can be left out. Nothing where they are not enough, or that they are is not found.
  std::optional<std::vector<lang::NodeId>> needed(const std::vector<std::size_t>& rules, const Candidate& formula,
                                                  std::vector<lang::NodeId> spare);

  /// For each formula: does some state with the invariants satisfy it? Where it is about a rule's parameters, these are
  /// elements of this world.
  std::vector<bool> possible(const std::vector<lang::NodeId>& questions);

  /// The same of one formula, in a state with these candidates instead of the invariants.
  bool possible(lang::NodeId question, const std::vector<std::size_t>& candidates);

 private:
  /// What has to be true for the rule to break the formula; nothing where it has nothing to do with it.
  std::optional<std::vector<z3::expr>> breaks(const lang::RuleTree& rule, const Candidate& formula);
  z3::expr named(lang::NodeId formula);
  z3::expr named(const z3::expr& formula);
  z3::check_result check(const std::vector<z3::expr>& wanted, unsigned conflicts = most_conflicts);
  z3::check_result check(const std::vector<lang::NodeId>& invariants, const std::vector<z3::expr>& wanted,
                         unsigned conflicts);
  InductionCounterexample read_out(const z3::model& model, const spec::NativeFacts& knobs, const lang::RuleTree& rule);
  [[nodiscard]] bool holds_after(const InductionCounterexample& step, const Candidate& formula) const;

  z3::context& z3_;
  Theory& theory_;
  Grounding grounding_;
  Sizes sizes_;
  std::vector<lang::NodeId> invariants_;
  std::map<lang::NodeId, z3::expr> named_;  ///< a literal for each formula: wherever it is true, so is the formula
  int names_ = 0;
  z3::solver solver_;
};

/// `most` elements of each sort; more where several facts draw values from it or choose sets of it; never more than a
/// native state holds.
Sizes sizes_of(const lang::Tree& tree, int most);

}  // namespace pasid::smt
