// Slices: what of a state, of the facts and of the transitions can matter to some properties.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "src/explore/transitions.hpp"

namespace pasid::explore {

/// Which way round a truth value can help; other values help in both ways or none.
enum Ways : std::uint8_t { in_no_way = 0, when_true = 1, when_false = 2, both_ways = 3 };

/// By number of the cell, and of the transition in its list.
struct Slice {
  std::vector<Ways> ways;
  std::vector<bool> transitions;
  /// The cells that can help at all.
  [[nodiscard]] Cells cells() const;
  friend bool operator==(const Slice&, const Slice&) = default;
};

/// Everything.
Slice whole(const lang::Tree& tree, const Transitions& transitions);

/// Cones of influence: what can matter to some properties, under the knobs and whatever else all topologies have in
/// common.
///
/// Cells outside a slice are read by nothing in it. What a transition outside does to a cell of the slice cannot help:
/// nothing needs it. A truth value that every guard and every violation needs one way round only (its polarity) makes a
/// state with that value as good as one with the other: whatever can follow the one can follow the other, in as many
/// steps or fewer, with results as good. A transition that at most turns such values the useless way round can then be
/// left out of any path. So can a second firing of a rule that only turns them the useful way, which is why its own
/// guard against that does not count ("not cached yet").
///
/// A slice is for paths up to some length. What a transition t steps before the end has to help is what the last t - 1
/// steps can need, and it is of no use if it cannot fire as early as that. So the shortest violation, if no longer than
/// the length asked for, has a step outside the slice nowhere: leaving it out would give a shorter one.
class Slicer {
 public:
  /// `topologies` and `transitions` must outlive the slicer.
  Slicer(const lang::Tree& tree, std::span<const spec::NativeFacts> topologies, const Transitions& transitions);
  ~Slicer();

  /// For violations of these properties (indices among those of the tree) in no more than `length` transitions. It
  /// grows with `length`.
  [[nodiscard]] Slice slice(std::span<const int> properties, int length) const;

  /// No violation of these takes fewer transitions; more than any_length: there is none.
  [[nodiscard]] int least(std::span<const int> properties) const;

  /// The transitions that can be the last of a shortest violation; by number.
  [[nodiscard]] std::vector<bool> last(std::span<const int> properties) const;

  /// Beyond this length slices do not grow.
  static constexpr int any_length = 64;

  class Model;

 private:
  std::unique_ptr<Model> model_;
};

}  // namespace pasid::explore
