// Drawing calls: what to ask next, so that every kind of call gets its share and most succeed.
#pragma once

#include <random>
#include <vector>

#include "src/conform/stepper.hpp"

namespace pasid::conform {

/// Which calls may be asked, and how often each has been.
class Drawing {
 public:
  using Random = std::mt19937_64;

  /// `kinds`: the numbers of the calls to draw from. Everything must outlive it.
  Drawing(const Catalogue& catalogue, const Capabilities& capabilities, Random& random);

  /// A call that has a meaning in `state`, and the ways it can end there, into `ways`. Calls that have had less than
  /// their share come first. `succeed`: one that ends well, where there is one. Nothing: none was found.
  std::optional<Call> draw(Stepper& stepper, const spec::NativeState& state, bool succeed, std::vector<Way>& ways);

  [[nodiscard]] const std::vector<int>& kinds() const { return kinds_; }
  [[nodiscard]] std::uint64_t asked(int kind) const { return asked_[static_cast<std::size_t>(kind)]; }
  void count(int kind) {
    ++asked_[static_cast<std::size_t>(kind)];
    ++all_asked_;
  }

 private:
  /// How often a parameter was given a name in use, or one that was not, and how often that made sense.
  struct Tried {
    std::array<std::uint32_t, 2> given{};
    std::array<std::uint32_t, 2> meant{};
  };
  [[nodiscard]] bool in_use(const lang::SortInfo* sort, std::uint8_t value, const spec::NativeState& state) const;
  std::uint8_t value(const Parameter& parameter, Tried& tried, const World& world, const spec::NativeState& state);
  std::uint64_t below(std::uint64_t n) { return random_() % n; }

  const Catalogue& catalogue_;
  const Capabilities& capabilities_;
  Random& random_;
  std::vector<int> kinds_;
  std::vector<std::uint64_t> asked_;        ///< by kind
  std::uint64_t all_asked_ = 0;
  std::vector<std::vector<Tried>> tried_;   ///< by kind and parameter
  std::vector<std::vector<const lang::CellInfo*>> uses_;  ///< by entity sort: cells over it that say it is there
};

}  // namespace pasid::conform
