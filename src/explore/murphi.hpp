// A scope as a Murphi program, printed from the tree: for a model checker that shares nothing with the search here.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "spec/lang/tree.hpp"
#include "spec/model.hpp"

namespace pasid::explore {

/// The program of these topologies, in the dialect that Rumur reads: a start state for each, every rule of the design
/// on its own (the grain `step`), and `invariants`, properties of states by name. Every reachable state of the search
/// (without symmetry) is one of the program, and no other. Knobs are folded in; what differs between topologies is a
/// variable that no rule writes. Entities and enumerators are numbers from 1 on, 0 is none.
/// Throws std::invalid_argument where there is no topology, or a name is not one of a property of states that applies.
std::string murphi(const lang::Tree& tree, std::span<const spec::NativeFacts> topologies,
                   const std::vector<std::string>& invariants);

}  // namespace pasid::explore
