// Conjuncts of properties and lemmas: what would not be noticed, or not be proved, without one.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "src/check/places.hpp"
#include "src/mutate/reach.hpp"
#include "src/smt/prove.hpp"

namespace pasid::mutate {

struct FormulaOptions {
  std::vector<std::string> like;            ///< see smt::ProveOptions
  std::size_t max_states = 20'000;          ///< of a search for what only one conjunct convicts
  std::size_t max_states_of_a_bug = 4'000;  ///< of each scope, where a bug is put back
  std::size_t scopes_of_a_bug = 6;          ///< the first of check::growing_scopes()
  unsigned threads = 1;
  std::shared_ptr<smt::Precedents> precedents = {};  ///< see smt::ProveOptions
  std::function<void(const std::string&)> progress;
  /// Where violations of designs were found before: check::trace_places().
  std::shared_ptr<const check::Places> places = {};
};

/// Of each mutant of a property or lemma, its verdict where it has one. A conjunct of a lemma is needed where something
/// is not proved any more without it. A conjunct of a property is needed where a mutant of a rule or call (`convicts`,
/// the names by property and conjunct), the design, a shipped design that violates the property, or a bug of a real
/// kernel put back has a sequence that it alone convicts; and is not where the other conjuncts and invariants imply it.
/// `tree` is that of `original`; new terms go to it.
std::vector<std::optional<Verdict>> judge_formulas(lang::Tree& tree, const Original& original, const io::Design& design,
                                                   const smt::Proof& proof, std::span<const Mutant> mutants,
                                                   const std::map<std::pair<int, std::size_t>, std::string>& convicts,
                                                   const FormulaOptions& options);

}  // namespace pasid::mutate
