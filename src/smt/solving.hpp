// What the unbounded solver is asked: whether a goal follows from premises, the axioms and the invariants.
#pragma once

#include <set>

#include "src/smt/lowering.hpp"
#include "src/smt/prove.hpp"
#include "src/smt/theory.hpp"

namespace pasid::smt {

/// Of this thread, so that proofs may run side by side.
double cpu_seconds();

struct Result {
  Answer answer = Answer::unknown;
  bool by_frame = false;
  double seconds = 0;
  std::set<std::size_t> leans_on = {};  ///< invariants that the refutation used
};

/// Does the goal follow?
struct Question {
  std::vector<lang::NodeId> premises;
  lang::NodeId goal;
  bool from_invariants = true;             ///< not of the initial state: nothing is known of it but the axioms
  std::optional<std::size_t> itself = {};  ///< the invariant that is to be kept
  bool from_lemmas = false;                ///< of the invariants only lemmas may be assumed
  std::set<std::size_t> hinted = {};       ///< invariants to look for a proof with first
};

/// Which invariants a proof is tried from.
enum class Reach : std::uint8_t {
  near = 1,  ///< the one to be kept, with what a hint names; then what proofs like this one leaned on, then those about
             ///< the same cells
  far,       ///< those about one cell more, then all
};

class Solving {
 public:
  Solving(Theory& theory, const ProveOptions& options);

  /// What is to be shown of a formula at a rule (an index into the theory's), or at the initial state: rules.size().
  Question question(std::size_t rule, const Candidate& formula);
  /// Invariants that a proof of it leaned on when it was made before.
  [[nodiscard]] std::set<std::size_t> hinted(const std::string& rule, const std::string& formula) const;

  /// Does the rule (or initial state) keep a formula? By its frame, or by matching.
  Result kept(std::size_t rule, const Candidate& formula, Reach reach);
  /// The same by matching from near, then from far.
  Result kept(std::size_t rule, const Candidate& formula);
  /// How many candidates read what the rule writes.
  [[nodiscard]] std::size_t readers(std::size_t rule) const;

  /// By instantiating what matches. Soon ends without an answer where there is no proof.
  Result by_matching(const Question& question, Reach reach);
  /// The same from near, then from far.
  Result by_matching(const Question& question);
  /// By looking for a model, too, as far as the effort goes; and where that ends without an answer, once more by
  /// others.
  Result by_search(const Question& question);

  [[nodiscard]] bool alive(std::size_t candidate) const { return alive_[candidate]; }
  void drop(std::size_t candidate) { alive_[candidate] = false; }
  /// Alive, but not assumed, until it is taken back.
  void set_aside(std::size_t candidate, bool aside) { aside_[candidate] = aside; }
  [[nodiscard]] std::vector<std::size_t> alive() const;
  /// What another of the same design assumes.
  void assume_as(const Solving& other) {
    alive_ = other.alive_;
    aside_ = other.aside_;
  }
  /// That the rule keeps the candidate was shown by another of the same design.
  void learn(std::size_t rule, std::size_t candidate, const Result& proof);
  /// The invariants that may be assumed.
  [[nodiscard]] std::vector<std::size_t> assumable(const Question& question) const;
  Lowering& lowering() { return lowering_; }
  z3::context& context() { return z3_; }
  Theory& theory() { return theory_; }

 private:
  struct Known {
    z3::expr formula;
    std::set<int> cells;
    bool promises = false;  ///< says that something exists
  };
  using Invariants = std::vector<std::size_t>;
  /// Axioms that promise an element for each element set matching off on a chain of them, and hardly a proof needs one.
  enum class Axioms : std::uint8_t { promising_nothing, all };
  struct Effort {
    bool search;
    Axioms axioms;
    unsigned resources;
  };
  /// What questions in a row have in common, asserted once: their premises, and invariants under their names.
  struct Ground {
    std::vector<lang::NodeId> premises;
    z3::solver solver;
    std::set<int> cells;               ///< of which the background is asserted
    std::set<std::size_t> invariants;  ///< that are asserted
  };

  [[nodiscard]] bool by_frame(std::size_t rule, const Candidate& formula);
  [[nodiscard]] Fingerprint fingerprint_of(const Question& question) const;
  std::optional<Result> precedent(const Question& question) const;
  void learn(const Question& question, const Result& proof);
  void remember(std::optional<std::size_t> itself, std::optional<lang::NodeId> premise, const Result& proof);
  Result ask_again(const Question& question, const Invariants& invariants);
  Result ask(const Question& question, const Invariants& invariants, const Effort& effort);
  Result ask_afresh(const Question& question);
  void configure(z3::solver& solver, const Effort& effort);
  void add_axioms(z3::solver& solver, Axioms axioms) const;
  void conclude(Result& out, z3::solver& solver, z3::expr_vector& assumptions, const Invariants& invariants);
  Invariants nearest(const Question& question, long others) const;
  Invariants leaned_on(const Question& question) const;
  [[nodiscard]] std::set<int> cells(lang::NodeId formula) const;
  [[nodiscard]] std::set<int> cells(const Question& question) const;

  z3::context z3_;
  Theory& theory_;
  const ProveOptions& options_;
  Lowering lowering_;
  std::vector<Known> axioms_;
  std::vector<Known> candidates_;
  std::vector<z3::expr> names_;            ///< a literal for each candidate
  std::vector<Fingerprint> fingerprints_;  ///< of each candidate
  std::vector<bool> alive_;
  std::vector<bool> aside_;
  std::optional<Ground> ground_;
  /// What proofs so far leaned on: those that an invariant is kept, and those with the same premise.
  std::map<std::size_t, std::set<std::size_t>> for_invariant_;
  std::map<lang::NodeId, std::set<std::size_t>> for_premise_;
  unsigned effort_ = 1000 * options_.timeout_ms;  ///< in the solver's units
};

}  // namespace pasid::smt
