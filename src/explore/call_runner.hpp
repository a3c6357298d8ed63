// Runs a call: its sections to completion, or to a refusal and the way back.
#pragma once

#include <span>

#include "src/explore/guard_reads.hpp"
#include "src/explore/reading.hpp"
#include "src/explore/transition.hpp"

namespace pasid::explore {

/// What came of a call.
struct CallOutcome {
  enum class Kind : std::uint8_t {
    done = 1,   ///< complete
    error,      ///< a section refused; what could be undone was
    blocked,    ///< a section waits and nothing else of the call can happen; or an undo cannot
    abandoned,  ///< an argument is not what a section would pick
  } kind;
  Refusal refusal;              ///< error
  const char* label = nullptr;  ///< blocked, abandoned: the guard
  [[nodiscard]] std::string_view guard() const { return label == nullptr ? std::string_view{} : label; }
};

/// Runs calls from one state, with whatever rules the reading has. Sections fire one at a time, the first in the list
/// that can, until none can. Waiting ends a call only when nothing else of it can happen; a refusal, or a pick that was
/// not made, ends it at once.
class CallRunner {
 public:
  /// Everything must outlive the runner. With `policies`, picks follow the allocator's policy.
  CallRunner(const Reading& reading, const spec::NativeFacts& facts, const spec::NativeState& before,
             bool policies = false);
  CallRunner(const CallRunner&) = delete;
  CallRunner& operator=(const CallRunner&) = delete;

  /// From now on runs calls from another state.
  void restart(const spec::NativeFacts& facts, const spec::NativeState& before);

  /// Does it run calls from there?
  [[nodiscard]] bool starts_at(const spec::NativeState& state) const { return before_ == &state; }

  /// What the last run depended on, by parameter of the transition: with other values for the rest it would have been
  /// the same. Of a loop parameter: on the order of its values.
  using Depends = ReadsOf<max_transition_params>;
  /// From now on keeps track of it; by rule.
  void watch(const std::vector<GuardReads>& reads) { watched_ = &reads; }
  [[nodiscard]] const Depends& depends() const { return depends_; }

  /// The values of a loop parameter, in the order in which repeated sections try them; by parameter of the transition.
  using Orders = std::array<std::array<std::uint8_t, 16>, max_transition_params>;

  /// `args` gives the parameters that are chosen. A rule on its own is a call of one section.
  /// Throws std::logic_error where a repeated section would have more than 64 elements to go through.
  CallOutcome run(const Transition& call, const Arguments& args, const Orders& orders);

  /// Of the last run: the sections that fired, then the undos, and the state after each.
  [[nodiscard]] std::span<const Fired> fired() const { return fired_; }
  [[nodiscard]] std::span<const spec::NativeState> states() const { return states_; }
  [[nodiscard]] const spec::NativeState& after() const { return states_.empty() ? *before_ : states_.back(); }
  /// How often a rule was tried, in all runs.
  [[nodiscard]] std::uint64_t attempts() const { return attempts_; }

 private:
  enum class Pass : std::uint8_t { fired, nothing, ended };
  Pass pass(const Transition& call, const Orders& orders, CallOutcome& out);
  Pass try_elements(const Transition& call, std::size_t section, const Orders& orders, CallOutcome& out);
  Pass try_section(const Transition& call, std::size_t section, std::size_t element, ParamSet loops, CallOutcome& out);
  lang::Outcome fire(int rule, std::span<const std::uint8_t> from, ParamSet loops = 0);
  lang::Outcome attempt(const Fired& now, std::span<const std::uint8_t> from, ParamSet loops);
  void undo(const Transition& call, CallOutcome& out);
  void forget();

  const Reading& reading_;
  const spec::NativeFacts* facts_;
  const spec::NativeState* before_;
  bool policies_;
  spec::NativeState next_;  ///< equals after() between attempts
  Arguments args_{};
  std::array<std::uint64_t, max_sections> done_{};  ///< by section: the elements it has fired for, a bit each
  std::vector<Fired> fired_;
  std::vector<spec::NativeState> states_;
  struct Done {
    std::size_t section;
    Arguments args;
  };
  std::vector<Done> history_;
  std::uint64_t attempts_ = 0;
  const std::vector<GuardReads>* watched_ = nullptr;
  Depends depends_;
};

}  // namespace pasid::explore
