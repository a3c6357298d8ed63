// How the rules that two designs have differ, guard by guard and update by update.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "src/review/side.hpp"

namespace pasid::review {

/// A guard or update that only one of two rules has, that says something else, or that stands elsewhere.
struct PartDifference {
  std::string label;   ///< a guard's; of an update the cell
  std::string before;  ///< its text in A's rule; empty: A's has it not
  std::string after;   ///< in B's. The same in both: it has moved
  std::string behind;  ///< moved: the guard that it now stands behind; empty: it is the first
  [[nodiscard]] bool moved() const { return before == after; }
};

/// Rules that stand for one another, or one that only one design has.
struct RuleDifference {
  std::string a;  ///< label; empty: only B has it
  std::string b;
  std::string source_a;
  std::string source_b;
  std::vector<PartDifference> guards;
  std::vector<PartDifference> updates;
  [[nodiscard]] bool in_both() const { return !a.empty() && !b.empty(); }
};

/// Rules of one label stand for one another. So do sections of one call that have guards of the same labels, as those
/// of two series have. Those that say the same, whatever knob they would ask elsewhere, are left out, unless their
/// labels differ. In the order of A's rules, then of B's.
std::vector<RuleDifference> differing_rules(const Side& a, const Side& b);

/// By label of A's rules: that of B's rule that stands for it; empty: none does.
std::map<std::string, std::string> counterparts(const Side& a, const Side& b);

}  // namespace pasid::review
