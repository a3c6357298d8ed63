// Which rules speak of a cell.
#pragma once

#include "spec/lang/tree.hpp"

namespace pasid::lang {

/// Does a condition, an index or a value of the rule read the cell (an index into Tree::cells)?
bool mentions(const Tree& tree, const RuleTree& rule, int cell);

}  // namespace pasid::lang
