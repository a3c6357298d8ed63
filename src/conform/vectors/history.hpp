// Tests that tell a bug from the right rules: the shortest sequences whose answers differ.
#pragma once

#include "src/conform/vectors/covering.hpp"
#include "src/conform/vectors/plans.hpp"
#include "src/io/bug.hpp"

namespace pasid::conform::vectors {

struct Told {
  io::Bug bug;
  bool concerns = true;      ///< the design could have it
  std::optional<Test> test;  ///< in `world`; the last answer is the one that differs
  std::size_t world = 0;
  bool always = true;   ///< the bug always shows; false: it may, depending on what happens by itself
  std::string why_not;  ///< no test: why
  std::string wrong;    ///< what the bug answers instead, or may
};

/// A shortest test over all worlds. `nodes`: beliefs looked at in each world; where that ends a search, what is found
/// elsewhere is still given. The same every time.
Told told(const Catalogue& catalogue, const std::vector<const World*>& worlds, const io::Bug& bug,
          std::size_t nodes = 1'500);

}  // namespace pasid::conform::vectors
