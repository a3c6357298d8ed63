// A difference of two designs in words, once both have been run to it again.
#pragma once

#include "src/review/behaviours.hpp"
#include "src/review/lockstep.hpp"

namespace pasid::review {

/// The devices, as each design has them.
struct Shared {
  std::string name;
  conform::World a;
  conform::World b;
  bool same_numbers;  ///< they share out the numbers alike
};

/// Tells the difference, and puts both sequences to the checker of answers, which finds its way by other means: it must
/// allow each in the design that it is of, and not in the other. Where it does not, a line is added to `disagreed`.
Behaviour retold(const Difference& difference, const Shared& world, const Side& a,
                 const conform::Catalogue& catalogue_a, const Side& b, const conform::Catalogue& catalogue_b,
                 std::vector<std::string>& disagreed);

}  // namespace pasid::review
