// Which calls make sense next: the model foretells what an implementation does that lets go of things at once.
#pragma once

#include <functional>
#include <vector>

#include "src/conform/stepper.hpp"

namespace pasid::conform {

/// A state of the model in which everything that happens by itself has happened: mms that have ended are dropped, and
/// their names can be used again. Allocators pick as the design says, so that it is one state. Where an implementation
/// takes its time, it is a guess that the answers must correct: see Foresight::follow().
class Foresight {
 public:
  /// `catalogue` and `world` must outlive it.
  Foresight(const Catalogue& catalogue, const World& world);

  [[nodiscard]] const spec::NativeState& state() const { return state_; }
  void reset(const spec::NativeState& state = {});

  /// How the call would end; nothing where it has no meaning now.
  std::optional<Answer> foretell(const Call& call);
  /// Takes the call. False, and nothing changes, where it has no meaning now.
  bool take(const Call& call);
  /// Goes on from what the answers so far say, where that is another state.
  void follow(const spec::NativeState& state);

  /// A call that has a meaning now, of this kind, with other inputs drawn by `below(n)` (0 to n - 1); nothing where
  /// `tries` draws found none.
  std::optional<Call> draw(int kind, const std::function<int(int)>& below, int tries = 20);

 private:
  void settle();

  Stepper stepper_;
  spec::NativeState state_{};
  std::vector<Way> ways_;
};

}  // namespace pasid::conform
