// A trace: an initial state and the steps from it. Every rendering in this folder starts from this object.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "spec/model.hpp"

namespace pasid::trace {

/// One rule that fired, with its arguments in the order of the rule's parameters.
struct Firing {
  int rule = -1;  ///< index into Tree::rules
  std::array<std::uint8_t, spec::max_params> args{};
};

/// The section that ended its call with an error, which guard of it refused, and the errno (positive); 0: the call
/// waits there, and nothing was done.
struct Refused {
  Firing section;
  std::size_t at = 0;  ///< how many firings came before; those that follow undid them
  int err = 0;
  std::string guard;
};

struct Step {
  std::string label;            ///< of the rule, or of the call whose sections fired
  std::vector<Firing> firings;  ///< one for a rule; of a call, the sections whose turn came, and what undid them
  spec::NativeState after;
  std::optional<Refused> refused{};
};

struct Trace {
  std::string design;
  std::string property;  ///< what the last state violates; empty where the trace shows something else
  std::string grain;     ///< "call": every step is a call run to completion; "step": every step is a rule
  spec::NativeFacts facts;
  spec::NativeState initial{};
  std::vector<Step> steps;

  /// The state in which step `i` (from 0) was taken.
  [[nodiscard]] const spec::NativeState& before(std::size_t i) const { return i == 0 ? initial : steps[i - 1].after; }
  /// The state before the last step; the initial one where there is none.
  [[nodiscard]] const spec::NativeState& before_last() const { return before(steps.empty() ? 0 : steps.size() - 1); }
  [[nodiscard]] const spec::NativeState& last() const { return before(steps.size()); }
};

}  // namespace pasid::trace
