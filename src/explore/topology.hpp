// Topologies: every way to choose the facts that a design leaves open, up to the names of the entities.
#pragma once

#include <vector>

#include "spec/lang/tree.hpp"
#include "spec/model.hpp"
#include "src/explore/scope.hpp"

namespace pasid::explore {

/// One of each isomorphism class of the facts that satisfy spec::native_axioms() under the knobs in `knobs`, with the
/// sizes and pins of `scope`; entity- and enumeration-valued facts are never none. In an order that depends on nothing
/// else: fewer elements in the classifying sorts first, then lexicographic by cell.
/// Empty where the axioms cannot be met in this scope.
/// Throws std::invalid_argument where a pin names no fact of the topology, has a value too many or out of range, or
/// does not number a classifying sort by first use; std::logic_error where the two readings of the axioms disagree.
std::vector<spec::NativeFacts> topologies(const lang::Tree& tree, const spec::NativeFacts& knobs, const Scope& scope);

}  // namespace pasid::explore
