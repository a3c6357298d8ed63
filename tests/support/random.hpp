// Randomness for tests: a seed that is printed and can be given, and draws that are the same on every machine.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>

#include "tests/support/sanitized.hpp"

namespace pasid::test {

/// An unsigned number from the environment, or `otherwise`.
inline std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr || *text == '\0' ? otherwise : std::stoull(text);
}

inline std::uint64_t seed() { return from_environment("PASID_SEED", 1); }

/// A number that depends on all bits of `key` (the finaliser of splitmix64).
inline std::uint64_t mixed(std::uint64_t key) {
  key = (key ^ (key >> 30)) * 0xbf58476d1ce4e5b9U;
  key = (key ^ (key >> 27)) * 0x94d049bb133111ebU;
  return key ^ (key >> 31);
}

/// splitmix64: tests spend much of their time drawing.
class Random {
 public:
  explicit Random(std::uint64_t seed) : at_(seed) {}
  std::uint64_t operator()() { return mixed(at_ += 0x9e3779b97f4a7c15U); }

 private:
  std::uint64_t at_;
};

/// From 0 to n - 1. (The standard distributions differ between libraries.)
inline unsigned below(Random& random, std::size_t n) { return static_cast<unsigned>(((random() >> 32) * n) >> 32); }
inline bool coin(Random& random, unsigned one_in = 2) { return below(random, one_in) == 0; }

template <class List>
void shuffle(Random& random, List& list) {
  for (std::size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[below(random, i)]);
}

}  // namespace pasid::test
