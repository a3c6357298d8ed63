// Transitions: what a search takes as one step.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "src/explore/call_runner.hpp"
#include "src/explore/symmetry.hpp"

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
  /// `facts` decides which rules there are (only their knobs matter). `reading` must outlive the transitions.
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

  /// Calls `visit` for every transition enabled in `state`, in the order of the list and then of the arguments. A call
  /// that is refused is one where it leaves something changed behind. Of arguments that are twins only the first are
  /// tried (Twins{} gives all), of an argument that nothing read one value, and of those in a row that lead to one
  /// state only the first counts.
  void each_successor(const spec::NativeFacts& facts, const spec::NativeState& state, const Twins& twins,
                      Counts& counts, const std::function<void(const Successor&)>& visit) const;

 private:
  class Attempt;
  const Reading& reading_;
  std::shared_ptr<const std::vector<GuardReads>> reads_;  ///< by rule
  std::vector<Transition> list_;
};

}  // namespace pasid::explore
