// Paths: what a search found, told with names and run again from the empty state.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/explore/transitions.hpp"

namespace pasid::explore {

/// One transition taken, and the state after it.
struct PathStep {
  std::string label;
  bool call;                 ///< a call run to completion; otherwise one rule
  std::vector<Fired> fired;  ///< the rules, in the order they fired
  spec::NativeState after;
  std::optional<Refusal> refused;  ///< the call ended with an error
};

/// From the empty state, where everything is none, to the state after the last step.
struct Path {
  spec::NativeFacts facts;
  std::vector<PathStep> steps;
  [[nodiscard]] spec::NativeState before_last() const {
    return steps.size() < 2 ? spec::NativeState{} : steps[steps.size() - 2].after;
  }
  [[nodiscard]] spec::NativeState last() const { return steps.empty() ? spec::NativeState{} : steps.back().after; }
};

/// The same path with the entities of each sort numbered in the order in which the arguments first name them, then in
/// that in which the facts do; the facts change their names along.
Path named_by_first_use(const lang::Tree& tree, const Path& path);

/// Runs the path again from the empty state, rule by rule.
/// Throws std::logic_error naming the step where a rule does not fire, a refusal is none or is another guard's, or
/// another state comes out than the path says.
void replay(const Reading& reading, const Path& path);

/// Is there an order of the PASIDs under which every pick of the path is one its policy makes (the lowest free)? What
/// is asked is this path: where the answer is no, another as long may still be possible.
bool possible_under_policy(const lang::Tree& tree, const Path& path, const Reading& reading = native_reading());

}  // namespace pasid::explore
