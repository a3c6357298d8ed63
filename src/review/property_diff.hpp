// Which properties one design has and another has not.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/check/check.hpp"
#include "src/review/parting.hpp"

namespace pasid::review {

struct PropertyDifference {
  enum class Change : std::uint8_t {
    gained = 1,  ///< B has it proved, A has not
    lost,        ///< A has it proved, B has not
    kept,        ///< the verdict is the same
    other,       ///< it differs otherwise: one of them has not what it speaks of, or is not decided, or neither has it
                 ///< proved
  };
  std::string property;
  std::string meaning;
  check::PropertyResult a;
  check::PropertyResult b;
  Change change = Change::kept;
  /// Where the verdicts differ: the shortest trace of the one that violates it, under the other's rules; nothing also
  /// where it is taken there to the end.
  std::optional<Parting> parts;
};

struct PropertyDifferences {
  std::vector<PropertyDifference> all;  ///< in the tree's order
  check::DesignResult a;
  check::DesignResult b;
  [[nodiscard]] bool contradiction() const { return a.contradiction || b.contradiction; }
};

/// Both designs as `pasid check` does them, side by side. Of `options` what a search runs does not matter.
PropertyDifferences differing_properties(const Side& a, const Side& b, check::Options options);

}  // namespace pasid::review
