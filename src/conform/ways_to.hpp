// Ways to calls that chance seldom comes by: short sequences, from the empty state, at whose end they succeed.
#pragma once

#include <span>
#include <vector>

#include "src/conform/driver.hpp"

namespace pasid::conform {

class WaysTo {
 public:
  /// Everything must outlive it.
  WaysTo(const Catalogue& catalogue, const std::vector<World>& worlds);

  /// The calls that lead to one of this kind, and it; empty: no way is known. `world`: by number.
  [[nodiscard]] std::span<const Call> to(std::size_t world, int kind) const {
    return ways_[world][static_cast<std::size_t>(kind)];
  }

  /// The last of these calls succeeded: what it took of the others to get there is the way to its kind from now on.
  /// Nothing changes where the model does not see it so.
  void learn(std::size_t world, std::vector<Call> calls);

 private:
  const Catalogue& catalogue_;
  const std::vector<World>& worlds_;
  std::vector<std::vector<std::vector<Call>>> ways_;  ///< by world and kind
};

}  // namespace pasid::conform
