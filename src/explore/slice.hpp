// Slices: what of a state, of the facts and of the transitions can matter to some properties.
#pragma once

#include <span>
#include <vector>

#include "src/explore/transitions.hpp"

namespace pasid::explore {

/// By number of the cell, and of the transition in its list.
struct Slice {
  std::vector<bool> cells;
  std::vector<bool> transitions;
  friend bool operator==(const Slice&, const Slice&) = default;
};

/// Everything.
Slice whole(const lang::Tree& tree, const Transitions& transitions);

/// The cone of influence of some properties (indices among those of the tree), under the knobs and whatever else all of
/// `topologies` have in common. Exact: a violation has a shortest path of the same length within the slice.
///
/// Cells outside the slice are read by nothing in it. What a transition outside does to a cell of the slice cannot help:
/// nothing needs it. A truth value that every guard and every violation needs one way round only (its polarity) makes a
/// state with that value as good as one with the other: whatever can follow the one can follow the other, in as many
/// steps or fewer, with results as good. A transition that at most turns such values the useless way round can then be
/// left out of any path. So can a second firing of a rule that only turns them the useful way, which is why its own
/// guard against that does not count ("not cached yet").
Slice slice_of(const lang::Tree& tree, std::span<const spec::NativeFacts> topologies, const Transitions& transitions,
               std::span<const int> properties);

}  // namespace pasid::explore
