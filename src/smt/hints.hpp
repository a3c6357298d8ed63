// Hints: what a proof leaned on when it was made before, and where none could be, as text that is kept with the lemmas.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "src/smt/prove.hpp"

namespace pasid::smt {

/// Where to look for a proof first. No verdict rests on them: every question is put to the solver, and where the
/// invariants that a hint names do not do (there are others now, or they fell), the rest is tried as without it.
class Hints {
 public:
  /// Lines "rule => formula: invariant invariant ...", and "rule breaks formula". Empty lines and those that start with
  /// '#' say nothing.
  /// Throws std::invalid_argument with the line's number and what was expected there.
  static Hints parse(std::string_view text);
  /// What parse() reads, in the order of names.
  [[nodiscard]] std::string text() const;

  /// Empty where there is no hint.
  [[nodiscard]] const std::set<std::string>& find(const std::string& rule, const std::string& formula) const;

  /// Was this rule, or refusal of a call, one that did not preserve the formula, in some design?
  [[nodiscard]] bool breaks(const std::string& rule, const std::string& formula) const {
    return breaks_.contains({rule, formula});
  }

  /// Adds what the proof's obligations leaned on, apart from the formula itself, and which rules broke what fell of
  /// lemmas and of properties of states and calls (of these, which refusal).
  void add(const Proof& proof);

 private:
  using RuleAndFormula = std::pair<std::string, std::string>;
  std::map<RuleAndFormula, std::set<std::string>> known_;
  std::set<RuleAndFormula> breaks_;
};

}  // namespace pasid::smt
