// A state as compact tables: one for all cells of the same indices, a row for each element of which something is said.
#pragma once

#include <string>

#include "spec/lang/tree.hpp"
#include "spec/model.hpp"

namespace pasid::review {

/// The cells of the state that are not none or false, by the cells that the tree declares. Columns that say nothing are
/// left out; a table that is wider than `columns` goes on below. Ends with a newline.
std::string state_tables(const lang::Tree& tree, const spec::NativeFacts& facts, const spec::NativeState& state,
                         std::size_t columns);

/// The same of the facts that the topology chooses.
std::string fact_tables(const lang::Tree& tree, const spec::NativeFacts& facts, std::size_t columns);

}  // namespace pasid::review
