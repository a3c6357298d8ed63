// Tests that tell a bug from the right rules: the shortest sequences whose answers differ.
#pragma once

#include "src/conform/vectors/bugs.hpp"
#include "src/conform/vectors/covering.hpp"
#include "src/conform/vectors/plans.hpp"

namespace pasid::conform::vectors {

struct Told {
  const Bug* bug;
  bool concerns = true;      ///< the design could have it
  std::optional<Test> test;  ///< in `world`; the last answer is the one that differs
  std::size_t world = 0;
  bool always = true;   ///< the bug always shows; false: it may, depending on what happens by itself
  std::string why_not;  ///< no test: why
  std::string wrong;    ///< what the bug answers instead, or may
};

/// A place to look in: facts, and what the right rules answer there.
struct Ground {
  const World* world;
  Asking* asking;
};

/// For every bug a shortest test over all grounds. `nodes`: beliefs looked at for each bug and ground; where that ends
/// a search, a shorter test elsewhere is still the one given. Sequential, and the same every time.
std::vector<Told> history(const lang::Tree& tree, const std::vector<Ground>& grounds, std::size_t nodes = 3'000);

}  // namespace pasid::conform::vectors
