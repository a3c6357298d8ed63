// Outcomes: what becomes of a rule whose guard fails, seen from outside. Two guards of one outcome are not told apart.
#pragma once

#include <set>
#include <string_view>
#include <vector>

#include "spec/calls.hpp"
#include "spec/lang/tree.hpp"

namespace pasid::review {

struct Outcome {
  enum class Is : std::uint8_t { not_asked = 1, refused, waits, faults, not_picked } is = Is::not_asked;
  int err = 0;  ///< refused: errno, positive
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

inline Outcome outcome_of(const lang::Guard& g) {
  switch (g.kind) {
    case lang::GuardKind::require: return {Outcome::Is::refused, g.err};
    case lang::GuardKind::await:
      return {g.label == spec::general_protection ? Outcome::Is::faults : Outcome::Is::waits};
    case lang::GuardKind::given: return {Outcome::Is::not_asked};
    case lang::GuardKind::choose:
      // A name that is in use is given by nobody; a number that an allocator does not pick is not picked there either.
      return {g.pick == lang::Pick::lowest_free ? Outcome::Is::not_picked : Outcome::Is::not_asked};
  }
  return {};
}

/// What has to hold for each guard of the rule to be the first to fail, and at last for the rule to fire.
std::vector<lang::NodeId> ends_of(lang::Tree& tree, const lang::RuleTree& rule);

/// The cells (of the state, by index into Tree::cells) that an answer can depend on: those that guards of the rules in
/// `asked` read, and whatever what they hold can come from by any of `rules`.
std::set<int> answering_cells(const lang::Tree& tree, const std::vector<lang::RuleTree>& rules,
                              const std::set<std::string_view>& asked);

}  // namespace pasid::review
