// Unbounded proof by induction: which properties and lemmas every rule preserves, for any number of everything.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "spec/lang/tree.hpp"
#include "spec/model.hpp"
#include "src/smt/precedents.hpp"
#include "src/smt/script.hpp"

namespace pasid::smt {

enum class Answer : std::uint8_t { unsat = 1, sat, unknown };

/// One thing that had to be shown: that a rule (or the initial state) keeps a formula true, that a property of steps
/// holds of a rule's step, or one of calls of a call that is refused.
struct Obligation {
  std::string rule;  ///< "init" for the initial state; of a call "bind: bind.slot-free refused"
  std::string formula;
  Answer answer;
  bool by_frame;  ///< the rule writes nothing the formula reads (or only what it always allows): nothing was asked
  double seconds;
  std::vector<std::string> leans_on = {};  ///< invariants that the refutation used, in the order of items
  std::optional<Script> script = {};       ///< what was asked, where ProveOptions wants it and something was
  [[nodiscard]] std::string name() const { return rule + " => " + formula; }
};

enum class Status : std::uint8_t { proved = 1, dropped, not_applicable, unknown };

/// What became of a property or lemma.
struct Item {
  std::string name;
  lang::FormulaKind kind;
  Status status;
  std::string fell_at;  ///< dropped or unknown: the rule that would not preserve it, or the call that violates it
  lang::PropertyKind judges = lang::PropertyKind::state;
  std::size_t fell = 0;  ///< as which one, from 1 on, of those that fell
};

class Hints;

struct ProveOptions {
  /// For one query, on a nominal machine: the solver counts what it does, so that no verdict depends on the load.
  unsigned timeout_ms = 5000;
  unsigned seed = 0;
  unsigned threads = 1;  ///< 0 counts as 1. Which of several proofs is found can hang on it, and when one is given up
  std::string dump_dir;  ///< where every obligation is written as SMT-LIB; empty: nowhere
  bool scripts = false;  ///< whether the proof holds the text of its obligations
  std::shared_ptr<Precedents> precedents = {};  ///< of other designs' proofs, for this one to use and to add to
  std::shared_ptr<const Hints> hints = {};      ///< where to look for proofs first
  std::vector<std::string> like = {};  ///< designs of which the hints may know what falls there, the likeliest first
};

struct Proof {
  std::vector<Obligation> obligations;  ///< those of the final set of assumptions, by rule and formula
  std::vector<Item> items;              ///< properties first, then lemmas, in the tree's order
  std::vector<std::string>
      vacuous;  ///< proved properties of which a conjunct's premise holds in no state with the invariants, or in no
                ///< step from one; of calls, where no call that the design has can be refused
  std::vector<std::string>
      dead_rules;  ///< the design has them and nobody blocked them, but no state with the invariants lets them fire
  std::vector<std::string> unsettled;  ///< questions of this kind on which the solver gave up
  bool axioms_satisfiable = true;
  double seconds = 0;  ///< CPU time
  Scripts scripts;     ///< what the scripts of the obligations share
  [[nodiscard]] const Item* find(std::string_view name) const;
};

/// The greatest set of properties of states and lemmas that is true at first and preserved by every rule the design
/// has; and which properties of steps and calls follow from it. These are never assumed. `knobs` gives the design.
/// Throws std::runtime_error where the solver itself fails.
Proof prove(const lang::Tree& tree, const spec::NativeFacts& knobs, const ProveOptions& options = {});

/// A guard of a rule, by their labels.
struct GuardName {
  std::string_view rule;
  std::string_view guard;
};

/// For each guard: does some state with what `proof` proved let it be the first of its rule to fail? sat is said of
/// such a state, which need not be reachable; unsat of every reachable one.
/// Throws std::invalid_argument where the design has no such rule or guard, std::runtime_error where the solver fails.
std::vector<Answer> can_fail_first(const lang::Tree& tree, const spec::NativeFacts& knobs, const Proof& proof,
                                   const std::vector<GuardName>& guards);

/// Does `goal` hold wherever `premise` does? Closed formulas, or formulas over variables that stand for any element.
struct Implication {
  lang::NodeId premise;
  lang::NodeId goal;
};

/// For each implication, of terms of `tree` with no knob left to fold: does it follow in every state with what `proof`
/// proved of the design? unsat: it does, its denial being impossible; sat is said of a state that need not be
/// reachable. After the first that does not follow the others are not asked, and unknown. Throws std::runtime_error
/// where the solver fails.
std::vector<Answer> follow(const lang::Tree& tree, const spec::NativeFacts& knobs, const Proof& proof,
                           const std::vector<Implication>& implications);

/// A step out of the invariants: a state with them, small, and a rule after which the formula is false.
struct InductionCounterexample {
  std::string rule;
  std::string formula;
  std::array<std::uint8_t, spec::max_params> args{};
  spec::NativeFacts facts;
  spec::NativeState before;
  spec::NativeState after;
  /// All lemmas that fell are true before the step, too: none of them is what the formula wants.
  bool beside_fallen = false;
  /// Else, lemmas that fell and would have kept the formula had they not: none of these can be left out. Sought in
  /// worlds of two of each sort; empty where the solver gave up.
  std::vector<std::string> kept_with = {};
};

/// How many of each sort explain() looks at where nobody says.
inline constexpr int most_explained = 3;

/// Why `formula` (dropped in `proof`) is not preserved, or by which step a property of steps is violated: every entity
/// sort is as small as it can be. The state satisfies what is proved and `formula`, and, where there is such a state,
/// the lemmas that fell; it need not be reachable. All of that was evaluated again, and the rule run, by the tree
/// evaluator. Nothing if no counterexample exists within `most` elements of each sort.
std::optional<InductionCounterexample> explain(const lang::Tree& tree, const spec::NativeFacts& knobs,
                                               const Proof& proof, std::string_view formula, int most = most_explained);

}  // namespace pasid::smt
