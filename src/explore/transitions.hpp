// Transitions: what a search takes as one step.
#pragma once

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "spec/lang/memory.hpp"
#include "src/explore/reading.hpp"
#include "src/explore/symmetry.hpp"

namespace pasid::explore {

enum class Grain : std::uint8_t {
  call = 1,  ///< calls run to completion, rules of no call one at a time
  step,      ///< every rule on its own: all interleavings
};

/// One rule fired, with its arguments in the order of its parameters.
struct Fired {
  int rule = -1;  ///< index into Tree::rules
  std::array<std::uint8_t, spec::max_params> args{};
  friend bool operator==(const Fired&, const Fired&) = default;
};

/// A rule within a transition; parameter k of the rule is parameter from[k] of the transition.
struct Section {
  int rule;
  std::vector<std::uint8_t> from;
};

/// A rule on its own, or a call: its sections united, parameters of one name being one parameter.
struct Transition {
  std::string_view label;
  bool call;
  std::vector<const lang::SortInfo*> params;
  std::vector<Section> sections;
};

inline constexpr std::size_t max_transition_params = 12;
inline constexpr std::size_t max_sections = 16;

/// What became of a state; valid while it is visited.
struct Successor {
  const Transition& by;
  std::span<const Fired> fired;
  const spec::NativeState& after;
};

/// The transitions of a design at one grain, in the order of the tree's rules, then of its calls.
class Transitions {
 public:
  /// `facts` decides which rules there are (only their knobs matter). `reading` must outlive the transitions.
  /// Throws std::logic_error where a call's parameters of one name differ in sort, or a call is too long.
  Transitions(const lang::Tree& tree, const Reading& reading, const spec::NativeFacts& facts, Grain grain);

  [[nodiscard]] std::span<const Transition> list() const { return list_; }

  /// Counts, over all calls of each_successor with this object.
  struct alignas(64) Counts {          // a cache line each, where threads count side by side
    std::uint64_t attempts = 0;        ///< rules tried with some arguments
    std::uint64_t firings = 0;         ///< successors visited
    std::vector<std::uint64_t> fired;  ///< by rule: how often it was part of a successor
    void add(const Counts& other);
  };

  /// Calls `visit` for every transition enabled in `state`, in the order of the list and then of the arguments. Of
  /// arguments that are twins only the first are tried (Twins{} gives all), and of those in a row that lead to one
  /// state only the first counts.
  void each_successor(const spec::NativeFacts& facts, const spec::NativeState& state, const Twins& twins,
                      Counts& counts, const std::function<void(const Successor&)>& visit) const;

 private:
  class Attempt;
  const Reading& reading_;
  std::vector<Transition> list_;
};

/// Is rule number `section` of the call part of it only, so that it does not happen on its own at call grain? Every
/// section is, but the first of a call that may be refused with an errno after it: then the first has happened and the
/// rest has not, as where a bind fails after the mm got its PASID.
bool hidden_in_call(const lang::Tree& tree, const lang::CallTree& call, std::size_t section);

}  // namespace pasid::explore
