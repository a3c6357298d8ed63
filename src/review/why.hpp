// Why a guard, an update or a lemma is there: what falls without it, or the proof that nothing does.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "src/check/places.hpp"
#include "src/io/design.hpp"
#include "src/smt/hints.hpp"
#include "src/trace/trace.hpp"

namespace pasid::review {

enum class Reason : std::uint8_t {
  property = 1,  ///< without it a property falls that is proved with it: there is a trace
  lemma,         ///< a lemma: without it something is not proved any more
  open,          ///< without it a property is not proved any more, and no trace was found either
  nothing,       ///< proved: without it every property is proved as before
  implied,       ///< the same, and of a guard: proved that nothing reachable makes it the first of its rule to fail
  decided,       ///< the design's knobs alone decide it
};

struct Fallen {
  std::string property;
  trace::Trace trace;                 ///< the shortest of its scope and grain, replayed
  check::Place place;                 ///< where it was found
  bool possible_under_policy = true;  ///< also when the allocator hands out the lowest free number
};

struct Why {
  std::string label;
  std::vector<const lang::RuleTree*> rules;  ///< of the design, that have it; of a lemma none
  Reason reason = Reason::decided;
  std::vector<Fallen> fallen;             ///< property: those found, the shortest first
  std::vector<std::string> not_proved{};  ///< what else is not proved any more, as far as that was asked
  double seconds = 0;                     ///< to find out
};

/// The answers for some labels, in their order.
struct Whys {
  std::vector<std::string> proved;  ///< properties that are, of the design as it is: of others nothing can fall
  std::vector<Why> parts;
};

struct WhyOptions {
  /// Of a search for what falls (see check::Options) where none is on record; the fewer, the sooner it is open.
  std::size_t max_states = 125'000;
  unsigned threads = 1;  ///< labels side by side
  /// Where falls were found before, under check::name_without(): looked at first.
  std::shared_ptr<const check::Places> places = {};
  /// A property that falls where one fell before is enough: what else does is not asked.
  bool one_is_enough = false;
  /// Whether to look for a trace where none was found before.
  bool search = true;
  std::function<void(const std::string&)> progress;
};

/// Every guard of the rules that the design has, or the operands of its condition where there are several, and every
/// cell that they update, in the tree's order, each label once; then the lemmas. What the design's knobs decide is left
/// out.
std::vector<std::string> parts_of(const lang::Tree& tree, const io::Design& design);

/// For each label: a guard, an operand of one (bind.caller-runs#2), an update (unbind.clear/entry) or a lemma. `tree`
/// is the one whose rules are compiled. Throws std::invalid_argument where the design has nothing of that label,
/// std::runtime_error where a solver fails.
Whys why(const lang::Tree& tree, const io::Design& design, std::span<const std::string> labels,
         const WhyOptions& options = {});

}  // namespace pasid::review
