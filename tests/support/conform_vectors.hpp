// Vectors of small worlds of Linux 7.3, for tests of how they are made.
#pragma once

#include <stdexcept>

#include "src/conform/vectors/covering.hpp"
#include "src/conform/vectors/plans.hpp"
#include "tests/support/conform_worlds.hpp"

namespace pasid::test {

/// The world of the plan that is so named.
inline conform::World world_named(std::string_view name) {
  for (const conform::vectors::Plan& plan : conform::vectors::plans())
    if (plan.name == name) return conform::vectors::world_of(conform_model().tree, conform_model().knobs, plan).value();
  throw std::logic_error("no such plan");
}

/// Its covering tests.
inline std::vector<conform::vectors::Test> covering_of(const conform::World& world) {
  conform::vectors::Asking asking(catalogue(), world.facts);
  conform::vectors::Kinds kinds;
  const conform::vectors::Survey survey(conform_model().tree, asking, kinds, {}, 1);
  return covering(survey, asking, kinds);
}

/// Plans whose surveys take a moment.
inline const std::vector<std::string_view> small_worlds{"one shared queue", "kernel DMA", "tables of user space",
                                                        "a device without PASIDs"};

}  // namespace pasid::test
