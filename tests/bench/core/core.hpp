// The core model at a scope, and what a search of it finds.
#pragma once

#include <string>
#include <vector>

#include "src/explore/search.hpp"

namespace pasid::core {

/// How many processes, tasks, devices and values of a PASID; of these, 0 is none's and 1 the kernel's.
struct Scope {
  int mms;
  int tasks;
  int devices;
  int pasids;
};

/// The rules and properties as a tree.
lang::Tree model();

/// The facts of a scope. Throws std::invalid_argument where there is no room for as many, naming the sort.
spec::NativeFacts facts(const lang::Tree& tree, const Scope& scope);

/// A search of everything, that judges all properties in each state. `reading`: the rules of `tree`.
struct Ways {
  bool symmetry = false;
  unsigned threads = 1;
  explore::Reading reading = explore::native_reading();
  std::vector<std::string> properties{};  ///< empty: all
};
explore::Result search(const lang::Tree& tree, const Scope& scope, const Ways& ways);

}  // namespace pasid::core
