// Offences: what in a transition violates a property.
#pragma once

#include "src/explore/transitions.hpp"

namespace pasid::explore {

inline bool violates(const RunnableProperty& p, const spec::NativeFacts& f, const spec::NativeState& before,
                     const spec::NativeState& after) {
  return p.applies(f) && !p.holds(f, before, after);
}

/// The rule fired within a transition, counted from 1, that violates a property of steps; its last, where the state
/// after it violates a property of states or the call as a whole one of calls; 0 where there is none.
inline std::size_t offence(const RunnableProperty& p, const spec::NativeFacts& f, const spec::NativeState& before,
                           const Successor& to) {
  if (p.judges == lang::PropertyKind::state) return violates(p, f, to.after(), to.after()) ? to.states.size() : 0;
  if (p.judges == lang::PropertyKind::call)
    return to.refused != nullptr && violates(p, f, before, to.after()) ? to.states.size() : 0;
  for (std::size_t i = 0; i < to.states.size(); ++i)
    if (violates(p, f, i == 0 ? before : to.states[i - 1], to.states[i])) return i + 1;
  return 0;
}

}  // namespace pasid::explore
