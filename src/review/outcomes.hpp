// What becomes of a rule, seen by whoever asked for it; and what that can depend on.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "spec/lang/tree.hpp"

namespace pasid::review {

struct Outcome {
  enum class Is : std::uint8_t { not_asked = 1, refused, waits, faults, not_picked } is;
  int err = 0;  ///< refused: errno, positive
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

/// Of a rule whose first guard to fail is `guard`.
Outcome outcome_of(const lang::Guard& guard);

/// For each guard of the rule what has to hold for it to be the first to fail; last, for the rule to fire.
std::vector<lang::NodeId> first_fails(lang::Tree& tree, const lang::RuleTree& rule);

/// The cells (of the state, by index into Tree::cells) that an answer can depend on: those that guards of the rules in
/// `asked` read, and whatever what they hold can come from by any of `rules`.
std::set<int> answering_cells(const lang::Tree& tree, const std::vector<lang::RuleTree>& rules,
                              const std::set<std::string_view>& asked);

}  // namespace pasid::review
