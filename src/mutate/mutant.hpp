// Mutants: a design with one small mistake in it, and what becomes of each.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "spec/lang/tree.hpp"
#include "spec/model.hpp"

namespace pasid::mutate {

/// The kind of mistake.
enum class Operator : std::uint8_t {
  drop_guard = 1,   ///< a guard is not there
  negate_guard,     ///< it says the contrary
  drop_operand,     ///< one operand of an and, or of an or, somewhere in a guard is not there
  swap_guards,      ///< two neighbours change places: where both fail the other one answers
  drop_update,      ///< an update is not there
  retarget_update,  ///< it writes another value, or elsewhere: what else of that sort the rule has at hand
  drop_undo,        ///< a section of a call is not undone where a later one refuses
  move_update,      ///< a rule's updates are made before its last guard is asked, and stay where that refuses
  flip_knob,        ///< a knob has another of its values
  drop_conjunct,    ///< a conjunct of a property or lemma is not there; of a single one, the whole
};

/// By number from 0 for Operator 1: "drop-guard", …
inline constexpr std::string_view operator_names[] = {"drop-guard",  "negate-guard",    "drop-operand", "swap-guards",
                                                      "drop-update", "retarget-update", "drop-undo",    "move-update",
                                                      "flip-knob",   "drop-conjunct"};
inline std::string_view name_of(Operator o) { return operator_names[static_cast<std::size_t>(o) - 1]; }

struct Mutant {
  Operator by = Operator::drop_guard;
  std::string of;    ///< the rule, call, knob, property or lemma
  std::string part;  ///< the guard, update, conjunct or value: with `by` and `of` it names the mutant
  /// "bind.pasid drop-guard bind.pasid-free"; no two of a design have one name.
  [[nodiscard]] std::string name() const { return of + " " + std::string(name_of(by)) + " " + part; }

  int rule = -1;           ///< of the tree: the rule that is another
  lang::RuleTree changed;  ///< that rule, with the design's knobs folded in
  /// As many guards at the beginning are as they were: where one of them fails the mutant does what the rule does.
  std::size_t alike = 0;

  int call = -1;            ///< of the tree: the call that is another; as many as there are: it is one more
  lang::CallTree sections;  ///< that call
  /// move_update: this rule of the tree is two, which are the call: the first makes the updates, the second asks.
  int parted = -1;
  lang::RuleTree first;
  lang::RuleTree second;

  int formula = -1;         ///< of the tree: the property or lemma that is another
  std::size_t operand = 0;  ///< from 0, which conjunct is gone

  spec::NativeFacts facts{};  ///< a knob is another: the design with it
  [[nodiscard]] bool of_a_rule() const { return rule >= 0; }
  [[nodiscard]] bool of_a_call() const { return call >= 0; }
  [[nodiscard]] bool of_a_knob() const { return by == Operator::flip_knob; }
  [[nodiscard]] bool of_a_formula() const { return formula >= 0; }
};

/// What became of a mutant, the strongest first.
enum class Fate : std::uint8_t {
  property =
      1,       ///< killed: a property that is proved of the design falls. Of a lemma: something is not proved any more
  vector,      ///< killed: a test of the suite has another answer
  lemma,       ///< killed: a lemma that is proved of the design does not hold after a step of it from a reachable state
  reading,     ///< killed: its text and the compiled rule, run side by side, part in a reachable state; nothing else
               ///< tells them apart. No property and no test says so of it or of `lemma`, which is a gap
  equivalent,  ///< proved: for any number of everything it does what the design does
  listed,      ///< none of these, or a reading; the reason it is left is on record
  survivor,    ///< none of these
};

inline constexpr std::string_view fate_names[] = {"property",   "vector", "lemma",   "reading",
                                                  "equivalent", "listed", "survivor"};
inline std::string_view name_of(Fate f) { return fate_names[static_cast<std::size_t>(f) - 1]; }

struct Verdict {
  Fate fate = Fate::survivor;
  std::string by{};                     ///< the formula, the test's number, or what is different; listed: the reason
  std::size_t steps = 0;                ///< property, lemma, reading: of the sequence that shows it; 0: there is none
  std::vector<std::string> sequence{};  ///< lemma, reading: the steps, in words
  bool taken_over = false;              ///< from a table of before
};

}  // namespace pasid::mutate
