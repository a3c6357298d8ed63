// Mutation of a design: what becomes of every mutant, computed.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "src/conform/vector_file.hpp"
#include "src/io/design.hpp"
#include "src/mutate/mutant.hpp"
#include "src/mutate/ways.hpp"

namespace pasid::mutate {

struct MutateOptions {
  std::string of;              ///< a rule, call, knob, property or lemma; empty: all
  std::optional<Operator> by;  ///< empty: all
  /// Only those of these rules, calls, properties and lemmas, as far as there are any; empty: all.
  std::optional<std::set<std::string>> only;
  unsigned threads = 1;        ///< what comes of it does not depend on it
  std::size_t max_states = 0;  ///< of each small world that is gone through; 0: as ReachOptions has it
  /// Of a search for a fall of what no test kills (see check::Options); 0: none is made.
  std::size_t max_states_of_a_fall = 4'000;
  /// By name: why a mutant that nothing kills is left.
  std::map<std::string, std::string> reasons{};
  /// By name: lemmas for proofs of equivalence, see add_lemmas().
  std::map<std::string, std::string> lemmas{};
  std::vector<Script> ways{};  ///< on record, of the design
  bool wants_ways = false;     ///< see Mutation::ways
  /// By content_hash(): verdicts of before.
  std::map<std::string, Verdict> before{};
  std::function<void(const std::string&)> progress = [](const std::string&) {};
};

struct Judged {
  Mutant mutant;
  Verdict verdict;
  std::string hash;  ///< content_hash()
};

struct Mutation {
  std::string since;  ///< only what is another since then was judged; empty: everything that was asked for
  std::vector<Judged> mutants;
  /// Reasons for what is no mutant, or is killed or proved to be equivalent; lemmas that are not proved; ways that
  /// cannot be gone.
  std::vector<std::string> stale;
  std::string ways;  ///< to what neither the small worlds nor a way on record showed, but a longer search; if wanted
  std::size_t states = 0;  ///< in which mutants of rules were tried
  std::size_t tests = 0;   ///< of the suite
  [[nodiscard]] std::size_t count(Fate fate) const;
};

/// Judges the mutants of a design of `tree`, the one whose rules are compiled. `suite` is of the design. Throws
/// std::invalid_argument where there is nothing of the name `of`, or no mutant of it, or a lemma is none;
/// std::runtime_error where a solver fails.
Mutation mutate(const lang::Tree& tree, const io::Design& design, const conform::VectorFile& suite,
                const MutateOptions& options);

}  // namespace pasid::mutate
