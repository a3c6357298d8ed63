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
  bool possible_under_policy = true;  ///< also when the allocator hands out the lowest free number
};

struct Why {
  std::string label;
  std::vector<const lang::RuleTree*> rules;  ///< of the design, that have it; of a lemma none
  Reason reason = Reason::decided;
  std::vector<Fallen> fallen;             ///< property: those looked for, the shortest first
  std::vector<std::string> not_proved{};  ///< lemma, open: what is not proved any more
  double seconds = 0;                     ///< to find out
};

struct WhyOptions {
  /// Of a search for what falls (see check::Options); the fewer, the sooner it is open.
  std::size_t max_states = 125'000;
  unsigned threads = 1;  ///< labels side by side
  std::function<void(const std::string&)> progress;
};

/// Every guard of the rules that the design has, or the operands of its condition where there are several, and every
/// cell that they update, in the tree's order, each label once; then the lemmas. What the design's knobs decide is left
/// out.
std::vector<std::string> parts_of(const lang::Tree& tree, const io::Design& design);

/// For each label: a guard, an operand of one (bind.caller-runs#2), an update (unbind.clear/entry) or a lemma. `tree`
/// is the one whose rules are compiled. Throws std::invalid_argument where the design has nothing of that label,
/// std::runtime_error where a solver fails.
std::vector<Why> why(const lang::Tree& tree, const io::Design& design, std::span<const std::string> labels,
                     const WhyOptions& options = {});

}  // namespace pasid::review
