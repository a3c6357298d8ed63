// Vector files as they are written: one line a test.
#pragma once

#include <iosfwd>
#include <string>

#include "src/conform/vectors/generate.hpp"

namespace pasid::conform::vectors {

/// What identifies a file beside its tests.
struct Heading {
  std::string design;  ///< a shipped one's name, or a file's path
  std::string suite;
  std::uint64_t seed = 1;
};

/// Writes what spec/formats/pasid_vectors_v1.schema.json describes. Tests are numbered from 1 in the order in which
/// they stand; those of a group use calls of the same families, and the same choices of the environment. Gives the
/// number of groups.
std::size_t write(std::ostream& out, const Catalogue& catalogue, const Generated& generated, const Heading& heading);

/// A test as the protocol asks for it.
std::vector<Call> calls_of(const Catalogue& catalogue, const Test& test);
std::vector<Answer> answers_of(const Catalogue& catalogue, const World& world, const Test& test);

}  // namespace pasid::conform::vectors
