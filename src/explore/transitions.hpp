// Transitions: what a search takes as one step.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "src/explore/arguments.hpp"
#include "src/explore/call_runner.hpp"

namespace pasid::explore {

enum class Grain : std::uint8_t {
  call = 1,  ///< calls run to completion, rules of no call one at a time
  step,      ///< every rule on its own: all interleavings
};

/// What became of a state; valid while it is visited.
struct Successor {
  const Transition& by;
  std::span<const Fired> fired;               ///< the sections, then what undid them
  std::span<const spec::NativeState> states;  ///< after each of them
  const Refusal* refused;                     ///< what ended the call with an error; null: it is complete
  [[nodiscard]] const spec::NativeState& after() const { return states.back(); }
};

/// The transitions of a design at one grain, in the order of the tree's rules, then of its calls.
class Transitions {
 public:
  /// `facts` decides which rules there are (only their knobs matter). `reading` must outlive the transitions; its rules
  /// write what those of the tree do.
  /// Throws std::logic_error where a call's parameters of one name differ in sort, or a call is too long.
  Transitions(const lang::Tree& tree, const Reading& reading, const spec::NativeFacts& facts, Grain grain);

  [[nodiscard]] std::span<const Transition> list() const { return list_; }
  /// Drops all others; by number in the list.
  void keep(const std::vector<bool>& wanted);

  /// Counts, over all calls of each_successor with this object.
  struct alignas(64) Counts {          // a cache line each, where threads count side by side
    std::uint64_t attempts = 0;        ///< rules tried with some arguments
    std::uint64_t firings = 0;         ///< successors visited
    std::vector<std::uint64_t> fired;  ///< by rule: how often it was part of a successor
    void add(const Counts& other);
  };

  /// Goes through the transitions that are enabled in one state after another. For one thread at a time.
  class Walk;

  /// What Walk::each() does for one state.
  void each_successor(const spec::NativeFacts& facts, const spec::NativeState& state, const Twins& twins,
                      Counts& counts, const std::function<void(const Successor&)>& visit) const;

 private:
  const Reading& reading_;
  std::shared_ptr<const std::vector<GuardReads>> reads_;  ///< by rule
  std::vector<Transition> list_;
};

class Transitions::Walk {
 public:
  /// `transitions` must outlive it.
  explicit Walk(const Transitions& transitions);

  /// Calls `visit` for every transition enabled in `state`, in the order of the list and then of the arguments. A call
  /// that is refused is one where it leaves something changed behind. Of arguments that are twins only the first are
  /// tried (Twins{} gives all), of values of an argument that nothing told apart one, and of those in a row that lead
  /// to one state only the first counts.
  template <class Visit>
  void each(const spec::NativeFacts& facts, const spec::NativeState& state, const Twins& twins, Visit visit) {
    each_of([](const Transition&) { return true; }, facts, state, twins, visit);
  }
  /// The same for those of that label alone.
  template <class Visit>
  void each_called(std::string_view label, const spec::NativeFacts& facts, const spec::NativeState& state,
                   const Twins& twins, Visit visit) {
    each_of([&](const Transition& t) { return t.label == label; }, facts, state, twins, visit);
  }

  [[nodiscard]] Counts counts() const;

 private:
  enum class Last : std::uint8_t { nowhere, done, error };
  using Visitor = std::function<void(const Successor&)>;
  template <class Wanted, class Visit>
  void each_of(Wanted wanted, const spec::NativeFacts& facts, const spec::NativeState& state, const Twins& twins,
               Visit& visit) {
    begin(facts, state, twins);
    const Visitor any = [&](const Successor& to) { visit(to); };
    for (const Transition& t : transitions_.list_)
      if (wanted(t)) t.call ? all_of_call(t, any) : all_of_rule(t, visit);
  }
  void begin(const spec::NativeFacts& facts, const spec::NativeState& state, const Twins& twins);
  template <class Visit>
  void all_of_rule(const Transition& t, Visit& visit);
  void all_of_call(const Transition& t, const Visitor& visit);
  CallRunner::Depends all_orders(const Transition& t, std::size_t k, const Visitor& visit);
  const CallRunner::Depends& run(const Transition& t, const Visitor& visit);
  void found(const Transition& t, Last how, const Refusal* refused, const Visitor& visit);

  const Transitions& transitions_;
  const spec::NativeFacts* facts_ = nullptr;
  const spec::NativeState* state_ = nullptr;
  const Twins* twins_ = nullptr;
  Counts counts_;
  spec::NativeState next_;  ///< equals *state_ between attempts of rules on their own
  CallRunner runner_;
  bool any_calls_;
  Last last_ = Last::nowhere;     ///< how the call ended last, and
  spec::NativeState last_state_;  ///< what it led to
  Arguments args_{};
  CallRunner::Orders orders_{};
};

/// Most of a search by steps is spent here.
template <class Visit>
void Transitions::Walk::all_of_rule(const Transition& t, Visit& visit) {
  const int number = t.sections[0].rule;
  const auto rule = static_cast<std::size_t>(number);
  const Apply& apply = transitions_.reading_.rules[rule].apply;
  const GuardReads& reads = (*transitions_.reads_)[rule];
  ArgumentWalk<spec::max_params>(*facts_, t.params, *twins_).each([&](const auto& args) -> const Reads& {
    ++counts_.attempts;
    const lang::Outcome outcome = apply(*facts_, *state_, next_, args.data(), false);
    if (outcome.kind == lang::Outcome::Kind::done) {
      ++counts_.firings;
      ++counts_.fired[rule];
      const Fired fired{number, args};
      visit(Successor{t, std::span(&fired, 1), std::span(&next_, 1), nullptr});
      t.footprint.copy(*state_, next_);
    }
    return reads.of(outcome);
  });
}

}  // namespace pasid::explore
