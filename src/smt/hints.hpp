// Hints: what a proof leaned on when it was made before, and where none could be, as text that is kept with the lemmas.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/smt/prove.hpp"

namespace pasid::smt {

/// Where to look for a proof first. No verdict rests on them: every question is put to the solver, and where the
/// invariants that a hint names do not do (there are others now, or they fell), the rest is tried as without it.
class Hints {
 public:
  /// A rule, or refusal of a call, that did not preserve a formula.
  struct Fall {
    std::string rule;
    std::string formula;
    friend auto operator<=>(const Fall&, const Fall&) = default;
  };
  using Falls = std::vector<Fall>;

  /// Lines "rule => formula: invariant invariant ...", and "design: rule breaks formula". Empty lines and those that
  /// start with '#' say nothing.
  /// Throws std::invalid_argument with the line's number and what was expected there.
  static Hints parse(std::string_view text);
  /// What parse() reads, in the order of names; what fell in a design in the order in which it did.
  [[nodiscard]] std::string text() const;

  /// Of all designs together. Empty where there is no hint.
  [[nodiscard]] const std::set<std::string>& find(const std::string& rule, const std::string& formula) const;

  /// In the order in which it fell; null where the design is not on record.
  [[nodiscard]] const Falls* falls(const std::string& design) const;
  /// Of all designs together, each once.
  [[nodiscard]] Falls falls() const;

  /// Adds what the proof's obligations leaned on, apart from the formula itself, and which rules broke what fell of
  /// lemmas and of properties of states and calls (of these, which refusal).
  void add(const std::string& design, const Proof& proof);

 private:
  std::map<std::pair<std::string, std::string>, std::set<std::string>> known_;  ///< by rule and formula
  std::map<std::string, Falls> falls_;                                          ///< by design
};

}  // namespace pasid::smt
