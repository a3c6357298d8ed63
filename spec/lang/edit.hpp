// Edits of a tree: what a reviewer tries out without touching the text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "spec/lang/tree.hpp"

namespace pasid::lang {

/// Takes from a rule of `tree` its guards labelled so ("stop.portal-unmapped"), one operand of their conjunction,
/// counted from 1 ("stop.portal-unmapped#2"), or all updates of one cell ("unbind.clear/entry"). False: it has none.
bool take_away(Tree& tree, RuleTree& rule, std::string_view label);

/// Takes it from every rule that has it; or takes the lemma of that name from the tree. Throws std::invalid_argument,
/// naming the label, where there is none.
void drop(Tree& tree, std::string_view label);

/// Everything that take_away() can take from the rule: in its order each guard, then its operands where there are
/// several; then each cell that it updates.
std::vector<std::string> parts(const Tree& tree, const RuleTree& rule);

/// Gives the rule a guard that never holds, and marks it: that it cannot fire is no news. Throws std::invalid_argument
/// where there is no such rule.
void block(Tree& tree, std::string_view rule);

/// Two rules of one tree, or of a tree and an edit of it, where the same terms have the same number: they have the same
/// guards and updates.
bool same(const RuleTree& a, const RuleTree& b);

}  // namespace pasid::lang
