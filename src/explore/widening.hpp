// Widening: the same question in one scope after another, the smallest first, with ever more states to each.
#pragma once

#include <functional>

#include "src/explore/search.hpp"

namespace pasid::explore {

/// An answer, and the scope it is of: the first, in the order described, with a violation; else the last.
struct Widened {
  std::size_t scope;
  Result result;
};

/// Looks for a violation of the one property of `options` in scopes 0 to `scopes` - 1, of which `topologies` gives the
/// worlds: in each of them among 1,000 states, then in each that had more among ten times as many, and so on up to
/// options.max_states. What is wrong with a design mostly shows with one or two of what it takes, wherever that is in a
/// list of scopes that differ in what they have two of; such a scope is gone through long before a larger one has
/// been. A path is a shortest one of its scope: in a larger one there may be a shorter. A property without a violation
/// is judged by the last scope, which should be the largest: where that one is exhausted there is none in it.
/// Throws std::invalid_argument unless there is a scope and one property, and whatever search() and `topologies` throw.
Widened search_widening(const lang::Tree& tree, std::size_t scopes,
                        const std::function<std::vector<spec::NativeFacts>(std::size_t scope)>& topologies,
                        const Options& options);

}  // namespace pasid::explore
