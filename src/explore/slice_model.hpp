// What slices are cut from: the rules with all folded in that is known, and how early each transition can happen.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "src/explore/possible.hpp"
#include "src/explore/slice.hpp"

namespace pasid::explore {

/// A rule on its own, or a call that is nothing else.
inline bool alone(const Transition& t) { return t.sections.size() == 1 && t.sections[0].undo < 0; }

/// Where the first section does not fire, nothing happens.
inline bool decided_by_first(const Transition& t) { return alone(t) || t.begins; }

class Slicer::Model {
 public:
  Model(const lang::Tree& original, std::span<const spec::NativeFacts> topologies, const Transitions& all);

  /// A violation of any of these takes so many transitions, or more.
  [[nodiscard]] int least(std::span<const int> wanted) const;

  [[nodiscard]] const lang::RuleTree& rule(int number) const { return *rules_[static_cast<std::size_t>(number)]; }

  struct Property {
    lang::PropertyKind judges;
    lang::NodeId applies;
    lang::NodeId body;
  };

  lang::Tree tree;
  std::span<const Transition> transitions;
  std::vector<Property> properties;
  /// By transition: no path has it before this step, counted from 1.
  std::vector<int> earliest;

 private:
  void find_earliest(std::span<const spec::NativeFacts> topologies);
  void judge(Possible& now, int step);
  bool happens(const Transition& t, Possible& within);

  std::vector<int> violated_;  ///< by property: no violation takes fewer transitions
  std::vector<std::optional<lang::RuleTree>> rules_;
};

}  // namespace pasid::explore
