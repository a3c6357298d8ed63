// Coverage: does the exploration of a design fire every rule the design has, and is every guard the first to fail, or
// is it shown that it never can be?
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "src/explore/reading.hpp"
#include "src/io/design.hpp"

namespace pasid::review {

/// How a guard was met.
struct GuardCoverage {
  std::string_view label;
  std::uint64_t failed_first = 0;  ///< attempts in which it was the first guard to fail
  bool decided = false;            ///< the design's knobs alone make it hold or fail
  bool never = false;              ///< proved: the guards before it and the invariants imply it
  [[nodiscard]] bool open() const { return failed_first == 0 && !decided && !never; }
};

struct RuleCoverage {
  std::string_view label;
  std::uint64_t fired = 0;
  bool refuses = false;  ///< by the design's knobs alone it is always refused
  std::vector<GuardCoverage> guards;
};

struct Coverage {
  std::string design;
  std::vector<RuleCoverage> rules;  ///< those the design has, in the tree's order
  std::size_t topologies = 0;
  std::uint64_t attempts = 0;
  /// Rules that never fired.
  [[nodiscard]] std::vector<std::string_view> unfired() const;
  /// Guards that were never the first to fail, though nothing shows that they cannot be.
  [[nodiscard]] std::vector<std::string_view> unmet() const;
};

/// Walks through the default scope in topologies where devices may lack what SVA asks for or have room for some PASIDs
/// only; again and again from where something was new. Of guards that no walk met as the first to fail the solver is
/// asked whether they can be. What is proved does not rule the rest out, so that it lies beyond where a property falls:
/// shortest paths there are looked for, and walks go on from them. Ends when nothing is open, or after so many attempts
/// to fire a rule. The same for the same seed. `reading` is what walks run; it has the rules of `tree`.
/// Throws std::runtime_error where the solver itself fails.
Coverage cover(const lang::Tree& tree, const io::Design& design, std::uint64_t seed = 1,
               std::uint64_t attempts = 400'000'000, const explore::Reading& reading = explore::native_reading());

}  // namespace pasid::review
