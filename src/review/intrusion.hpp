// Intrusion: somebody does something between two sections of a call, to an end to which neither order of the two leads.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "src/review/interleaving.hpp"
#include "src/review/side.hpp"
#include "src/trace/trace.hpp"

namespace pasid::review {

/// Calls told apart from calls that happen at once.
struct Intrusion {
  std::string call;
  std::string after;   ///< the section after which
  std::string by;      ///< what others did there
  trace::Trace trace;  ///< step by step
};

struct Intrusions {
  std::vector<Intrusion> found;  ///< for each call the first that was met, level by level
  std::size_t states = 0;        ///< between calls, that calls were begun in
  std::string scope;             ///< the last one, in words
};

struct IntrusionLimits {
  std::size_t states = 500;  ///< in each scope
  Others others = {};
};

/// Looks in small worlds, in states that whole calls lead to, level by level: each call of `calls`, after each of its
/// sections whatever one transition by others can do, then the rest of the call. States are compared in `cells` (by
/// index into Tree::cells). A way in which the call cannot go on at once is passed over, and so is what changes
/// nothing.
Intrusions intrusions(const Side& side, const std::vector<std::string>& calls, const std::set<int>& cells,
                      const IntrusionLimits& limits = {});

}  // namespace pasid::review
