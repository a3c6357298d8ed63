// Verdicts: proof first, then a search for the shortest trace of what was not proved, for one design at a time.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "spec/verdict.hpp"
#include "src/check/places.hpp"
#include "src/explore/reading.hpp"
#include "src/explore/scope.hpp"
#include "src/io/design.hpp"
#include "src/smt/prove.hpp"
#include "src/trace/trace.hpp"

namespace pasid::check {

struct PropertyResult {
  std::string property;
  spec::Verdict verdict;
  std::optional<spec::Verdict> expected;
  std::string why_expected;
  std::optional<trace::Trace> trace;  ///< violated: the shortest of its scope and grain, replayed
  bool possible_under_policy = true;  ///< violated: also when the allocator hands out the lowest free number
  std::string scope;                  ///< violated: what the trace is a shortest one of
  std::string detail;                 ///< in words: what the verdict rests on, or what resisted
  double seconds = 0;
  [[nodiscard]] bool as_expected() const { return !expected || *expected == verdict; }
};

struct SearchFigures {
  std::string grain;
  std::string property;
  std::string scope;
  Place place;
  std::size_t topologies = 0;
  std::size_t states = 0;
  int depth = 0;
  double seconds = 0;
};

struct DesignResult {
  io::Design design;
  smt::Proof proof;
  std::vector<SearchFigures> searches;
  std::vector<PropertyResult> properties;  ///< in the tree's order
  std::vector<std::string> errors;         ///< a rule that can never fire, contradictory axioms: a line each
  bool contradiction = false;              ///< two engines disagree: an internal error
  [[nodiscard]] const PropertyResult* find(std::string_view property) const;
  [[nodiscard]] bool as_expected() const;
};

struct Options {
  std::vector<std::string> properties;  ///< empty: all
  bool search = true;
  unsigned threads = 1;
  unsigned timeout_ms = 5000;        ///< for one solver query
  std::size_t max_states = 125'000;  ///< of one search; for what is still open there is one in each world and grain
  /// Of one search where a violation is on record; 0: as many.
  std::size_t max_states_where_known = 0;
  /// What a search runs instead of the compiled rules, where the tree was edited or somebody knows better.
  std::optional<explore::Reading> reading = {};
  std::shared_ptr<smt::Precedents> precedents = {};  ///< shared by the checks of several designs
  std::shared_ptr<const smt::Hints> hints = {};      ///< where to look for proofs first
  std::shared_ptr<const Places> places = {};         ///< where to look for traces first
  std::function<void(const std::string&)> progress;
};

/// What holds of `design` under the rules of `tree`.
/// Throws std::runtime_error where a solver fails.
DesignResult check(const lang::Tree& tree, const io::Design& design, const Options& options = {});

/// ✓ proved, a number: violated, in so many steps, …: a cell of a table of designs and properties.
std::string sign(const PropertyResult& result);

/// What the signs mean.
inline constexpr std::string_view meaning_of_signs =
    "✓ proved for any number of everything; a number: violated, the steps of a shortest trace; - not applicable; ~ "
    "holds in scope; 0 vacuous; ? unknown; ! not as expected";

/// The exit code a result asks for: 0 holds (or, with `expect`, is as expected), 1 violated, 2 unknown, 4
/// contradiction.
int exit_code(const DesignResult& result, bool expect);

}  // namespace pasid::check
