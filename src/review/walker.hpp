// The walker: goes through the states of a design in many worlds, and counts how its rules fare there.
#pragma once

#include <deque>
#include <random>
#include <vector>

#include "src/explore/path.hpp"
#include "src/explore/reading.hpp"
#include "src/explore/transitions.hpp"
#include "src/review/any_world.hpp"
#include "src/review/coverage.hpp"
#include "src/review/novelty.hpp"

namespace pasid::review {

/// Looks at everything that can happen in a state, by calls and by single steps, before it goes on to some of it. Each
/// rule that is tried on the way, with whatever arguments, is counted in the coverage.
class Walker {
 public:
  /// `tree` and `coverage`, which has the rules of the design, must outlive it. `attempts` is the most it counts.
  Walker(const lang::Tree& tree, const spec::NativeFacts& knobs, explore::Reading reading, Coverage& coverage,
         std::uint64_t seed, std::uint64_t attempts);
  Walker(const Walker&) = delete;
  Walker& operator=(const Walker&) = delete;

  /// Starts in one world after another, and from where something was new, until nothing is open or so many attempts
  /// more were made.
  void wander(std::uint64_t attempts);

  /// From now on starts in states on these paths, too.
  void go_beyond(const std::vector<explore::Path>& paths);

 private:
  struct Place {
    spec::NativeFacts facts;
    spec::NativeState state;
  };

  /// Where something was new, in walks that started from one of these places or from what it began with.
  struct Trail {
    std::vector<Place> places;
    std::size_t followed = 0;  ///< so many of them were
  };

  std::size_t below(std::size_t n) { return static_cast<std::size_t>(random_() % n); }
  [[nodiscard]] bool goes_on(std::uint64_t attempts) const;
  spec::NativeFacts with_all_kinds(spec::NativeFacts f) const;
  void count_attempts();
  void follow(Trail& trail);
  void start_along(const explore::Path& path, const spec::NativeFacts& world);
  void spread(const spec::NativeFacts& world);
  void walk(Place at);
  bool step(Place& at, bool only_calls);
  void remember(const Place& place);

  const lang::Tree& tree_;
  Coverage& out_;
  std::uint64_t attempts_;
  std::mt19937_64 random_;
  AnyWorld worlds_;
  explore::Reading reading_;
  std::deque<explore::Transitions> grains_;
  std::deque<explore::Transitions::Walk> looks_;  ///< by grain
  Novelty novelty_;
  Trail from_nothing_;
  Trail beyond_;
  std::uint64_t rounds_ = 0;
  Trail* trail_ = &from_nothing_;  ///< of the walk under way
};

}  // namespace pasid::review
