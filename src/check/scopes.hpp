// Scopes: which worlds a search goes through unless the user names others.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "spec/model.hpp"
#include "src/explore/scope.hpp"

namespace pasid::check {

/// How many of each sort; those left out are as in default_sizes().
using Sizes = std::map<std::string, int>;

/// Two of what can be confused, one piece of work, and an address space of every kind that the design attaches.
Sizes default_sizes(const spec::NativeFacts& knobs);

/// Which PASIDs a device has room for.
enum class Widths : std::uint8_t {
  wide = 1,  ///< every PASID fits every device
  any,       ///< every choice
};

/// The first PASID is the RID's index, and devices can do what SVA asks for. Of the address spaces the last are those
/// that the design attaches beside mms, as many as there is room for beside one mm.
/// Throws std::invalid_argument, naming the sort, where there is none of that name or no room for as many.
explore::Scope scope_of(const lang::Tree& tree, const spec::NativeFacts& knobs, const Sizes& sizes,
                        Widths widths = Widths::wide);

/// One or two of each of mms, threads, devices, open files and users' PASIDs, in all combinations, fewest first; the
/// last is the largest. With one process also devices of any width.
std::vector<explore::Scope> growing_scopes(const lang::Tree& tree, const spec::NativeFacts& knobs);

/// A scope in words: its sizes, and what is said of its facts.
std::string describe(const lang::Tree& tree, const explore::Scope& scope);

}  // namespace pasid::check
