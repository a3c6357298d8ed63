// Edits of a tree: what a reviewer tries out without touching the text.
#pragma once

#include <string_view>

#include "spec/lang/tree.hpp"

namespace pasid::lang {

/// Removes every guard labelled `label` (as in "stop.portal-unmapped"), or every update of one cell by one rule
/// (as in "unbind.clear/entry"). Throws std::invalid_argument, naming the label, where there is none.
void drop(Tree& tree, std::string_view label);

/// Gives the rule a guard that never holds, and marks it: that it cannot fire is no news. Throws std::invalid_argument
/// where there is no such rule.
void block(Tree& tree, std::string_view rule);

}  // namespace pasid::lang
