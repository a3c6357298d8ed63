// A world of fixed size: every entity sort is so many constants and every formula is ground, so an answer always comes.
#pragma once

#include "src/smt/lowering.hpp"
#include "src/smt/prove.hpp"
#include "src/smt/theory.hpp"

namespace pasid::smt {

class SmallWorld {
 public:
  SmallWorld(Theory& theory, const std::vector<lang::NodeId>& invariants, const Sizes& sizes);

  /// A state with the invariants from which `rule` (an index into theory.rules) leads to one without `formula`, or by a
  /// step that violates it; the counterexample's facts start as `knobs`. A sparse one has no
  /// cell that could be none or false as well. It is replayed by the tree evaluator before it is returned.
  std::optional<InductionCounterexample> step_out(const spec::NativeFacts& knobs, std::size_t rule,
                                                  const Candidate& formula, bool sparse = false);

  /// For each formula: does some state with the invariants satisfy it? Where it is about a rule's parameters, these are
  /// elements of this world.
  struct Question {
    const lang::RuleTree* rule = nullptr;  ///< whose parameters the formula may speak of
    lang::NodeId formula;
  };
  std::vector<bool> possible(const std::vector<Question>& questions);

 private:
  z3::solver solver();
  void add_background(z3::solver& s);
  std::optional<z3::model> model_of(const std::vector<lang::NodeId>& formulas);
  lang::NodeId arguments(const lang::RuleTree& rule);
  InductionCounterexample read_out(const z3::model& model, const spec::NativeFacts& knobs, const lang::RuleTree& rule,
                                   const Candidate& formula);

  z3::context z3_;
  Theory& theory_;
  Lowering lowering_;
  Sizes sizes_;
  std::vector<lang::NodeId> assumed_;  ///< axioms and invariants
  std::vector<z3::expr> known_;        ///< the same, lowered
};

/// `most` elements of each sort, more where several facts draw values from it, never more than a native state holds.
Sizes sizes_of(const lang::Tree& tree, int most);

}  // namespace pasid::smt
