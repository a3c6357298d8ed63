// What is proved of a design, and would not be without some part of a rule: asked of that rule alone.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "src/smt/hints.hpp"
#include "src/smt/prove.hpp"

namespace pasid::smt {

class Proving;

/// Something that a rule does not keep any more: sat, a step was seen that breaks it; unknown, no proof was found that
/// none does.
struct Break {
  std::string rule;
  std::string formula;
  Answer answer;
};

class Keeping {
 public:
  /// `tree` must outlive it. Of `proof` only what it proved matters; it is of this tree and these knobs. Throws
  /// std::runtime_error, as its functions do, where the solver itself fails.
  Keeping(const lang::Tree& tree, const spec::NativeFacts& knobs, const Proof& proof,
          std::shared_ptr<const Hints> hints = {});
  ~Keeping();
  Keeping(const Keeping&) = delete;
  Keeping& operator=(const Keeping&) = delete;

  /// Of the invariants, and the properties of steps, those that some rule without the part of that label (see
  /// lang::take_away()) breaks. None: without it all of them are proved as before, for no other rule is another.
  /// Nothing is said of properties of calls. Throws std::invalid_argument where no rule of the design has such a part.
  std::vector<Break> without(std::string_view label);

  /// With `changed`, one of the rules of the design, in its rule's place: is all kept that without() asks about? Its
  /// terms, with or without knobs folded in, were of the tree when this began. False also where a proof is not seen
  /// soon: no counterexample is looked for.
  bool keeps(const lang::RuleTree& changed);

  /// As smt::follow(), of terms that were of the tree when this began.
  std::vector<Answer> follow(const std::vector<Implication>& implications);

 private:
  std::unique_ptr<Proving> proving_;
};

}  // namespace pasid::smt
