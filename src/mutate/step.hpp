// One step of a mutant beside the same step of the design: where do they part?
#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "spec/lang/eval.hpp"
#include "spec/lang/memory.hpp"
#include "src/mutate/mutant.hpp"
#include "src/review/outcome.hpp"

namespace pasid::mutate {

/// All ways to call a rule in a world, in lexicographic order, until `visit(arguments)` says false.
template <class Visit>
void each_arguments(const spec::NativeFacts& facts, const spec::NativeRule& rule, const Visit& visit) {
  std::array<std::uint8_t, spec::max_params> args{};
  const std::size_t n = rule.params.size();
  const auto last = [&](std::size_t k) { return lang::size_of(facts, rule.params[k]); };
  for (std::size_t k = 0; k < n; ++k) {
    if (last(k) == 0) return;
    args[k] = 1;
  }
  while (visit(std::span<const std::uint8_t>(args.data(), n))) {
    std::size_t k = n;
    while (k > 0 && args[k - 1] == last(k - 1)) args[--k] = 1;
    if (k == 0) return;
    ++args[k - 1];
  }
}

/// A rule of the design tried in a state.
struct Tried {
  std::span<const std::uint8_t> args;  ///< in the order of the rule's parameters
  const spec::NativeState& before;
  lang::Outcome outcome;
  const spec::NativeState& after;  ///< as before where the rule did not fire
};

/// Of one rule: the guard at which an attempt ended, by number; as many as there are: it fired.
std::size_t end_of(const lang::RuleTree& rule, const lang::Outcome& outcome);

/// Does `changed`, a mutant of `rule`, end at `other` with nothing but a name that is in use, where the rule answers at
/// `ended`, before it takes one? The name is not the caller's, and there is always one that is not in use: what is
/// answered then is another attempt.
bool no_new_name(const lang::RuleTree& rule, std::size_t ended, const lang::RuleTree& changed, std::size_t other);

/// Where a mutant does otherwise than the rule tried. Nobody asks for a rule where it has no meaning (GIVEN, or a new
/// name that is in use): what it would do there no caller ever sees. But a step that is taken there may break a
/// property, which then leans on that nobody asks.
enum class Parting : std::uint8_t {
  nowhere = 1,
  unasked,  ///< it fires where the design has no meaning
  asked,    ///< it answers otherwise, or leaves another state
};

/// Runs mutants of rules over the facts of one world. Not thread-safe: one for each thread.
class Stepper {
 public:
  /// Everything must outlive it; `tree` is that of the mutants, and does not grow meanwhile.
  Stepper(const lang::Tree& tree, const spec::NativeFacts& facts) : evaluate_(tree, facts, &facts) {}

  /// Does the mutant, of the rule tried, do otherwise? `rule`: the same with knobs folded in; `ended`: end_of() that.
  /// What it does is in outcome() and after() then.
  Parting parting(const lang::RuleTree& rule, const Tried& tried, std::size_t ended, const Mutant& mutant);

  [[nodiscard]] bool fires() const { return outcome_.kind == lang::Outcome::Kind::done; }
  [[nodiscard]] const lang::Outcome& outcome() const { return outcome_; }
  [[nodiscard]] const spec::NativeState& after() const { return after_; }

 private:
  lang::Evaluator evaluate_;
  lang::Outcome outcome_;
  spec::NativeState after_;
};

/// "refused with -EBUSY (bind.slot-free)", "waits (drain.work-finished)", "fires".
std::string words(const lang::RuleTree& rule, const lang::Outcome& outcome);

}  // namespace pasid::mutate
