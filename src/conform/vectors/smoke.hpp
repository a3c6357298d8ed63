// Smoke: few of the covering tests, the plainest first, so that a program with only some calls has tests too.
#pragma once

#include <deque>

#include "src/conform/vectors/generate.hpp"

namespace pasid::conform::vectors {

/// Most tests that smoke picks.
inline constexpr std::size_t most_smoke = 96;

/// What an implementation has that is worth testing at all: processes that begin, bind, unbind and end, on devices of
/// one IOMMU, each in a group of its own. Every world but those with the last of all numbers has devices narrower than
/// 20 bits, and numbers that are reserved.
const Capabilities& basic();

/// How much a test needs beyond what an implementation offers: calls, choices of the environment, and a world.
std::size_t beyond(const Capabilities& offered, const Catalogue& catalogue, const World& world, const Test& test);

/// Marks up to `most` of the tests that together have the most kinds of answers, and then pairs of them: a quarter
/// among those that basic() is enough for, a quarter where one thing more is needed, a quarter where three are, if they
/// have another kind, the rest anywhere.
void pick_smoke(const Catalogue& catalogue, std::deque<WorldTests>& worlds, std::size_t most);

}  // namespace pasid::conform::vectors
