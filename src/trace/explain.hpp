// Why a formula is false in a state: the elements for which it fails, what makes it apply to them, what it asks, and
// what is there instead. Worked out from the tree alone, so that it serves every property.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/trace/names.hpp"

namespace pasid::trace {

struct Explanation {
  std::vector<std::string> instance;  ///< elements, outermost quantifier first: "file1", "file2"
  std::vector<std::string> since;     ///< values of cells that make it apply: "bond_mm(file1) = A"
  std::vector<std::string> expected;  ///< any one of these would do: "bond_pasid(file1) == bond_pasid(file2)"
  std::vector<std::string> found;     ///< the values of the cells they speak of: "bond_pasid(file1) = p1"
};

/// Nothing where the formula is true.
std::optional<Explanation> explain(const lang::Tree& tree, const spec::NativeFacts& facts,
                                   const spec::NativeState& state, lang::NodeId formula);

/// The same for a property of a step or a call, which speaks of the state before it too.
std::optional<Explanation> explain(const lang::Tree& tree, const spec::NativeFacts& facts,
                                   const spec::NativeState& before, const spec::NativeState& after,
                                   lang::NodeId formula);

}  // namespace pasid::trace
