// The checker: which states of the model are consistent with all answers so far.
#pragma once

#include <string>
#include <vector>

#include "src/conform/stepper.hpp"
#include "src/trace/trace.hpp"

namespace pasid::conform {

struct CheckerOptions {
  /// Allocators must pick as they do in the design (the lowest free number); else any number they may.
  bool policies = true;
  std::size_t max_states = 4096;
  /// Keep what trace() tells; costs time and memory for each call.
  bool record = false;
  /// Take what happens by itself at once as well as late: slower, and right without the argument at Checker.
  bool eager = false;
};

/// What happens by itself is taken as late as an answer or an observation needs it. It stays possible until then, and
/// what comes in between is the same with or without it, but for one thing: which number an allocator picks, where the
/// answer does not tell. There both are kept. And but for work in flight, where the implementation plays its own
/// device: a later call may take away what it needs to complete, so that it may have completed from the start.
class Checker {
 public:
  /// `catalogue` must outlive it, `world` the next reset.
  Checker(const Catalogue& catalogue, const World& world, const CheckerOptions& options = {});

  /// From the empty state again, or from another.
  void reset(const spec::NativeState& state = {});

  enum class Result : std::uint8_t {
    ok = 1,
    disallowed,  ///< no state gives this answer, or shows this
    not_given,   ///< the call has no meaning in any state: nothing can be said of an answer
    overflow,    ///< more states than max_states
  };

  /// Judges an answer. After anything but ok the states are as before.
  Result step(const Call& call, const Answer& answer);
  /// Judges what is shown of `cells` (indices into Tree::cells).
  Result look(const View& view, const std::vector<int>& cells);

  /// All states open; one where the answers leave no doubt.
  [[nodiscard]] const std::vector<spec::NativeState>& states() const { return states_; }
  [[nodiscard]] std::size_t most_states() const { return most_; }

  /// Has the call a meaning in some state, also after what could happen by itself before?
  bool given(const Call& call);

  /// The ways the call can end in the open states, without what could happen by itself before; each answer once.
  std::vector<Way> ways(const Call& call);

  /// With CheckerOptions::record: the steps to one of the open states.
  [[nodiscard]] std::vector<trace::Step> steps() const;

  [[nodiscard]] Stepper& stepper() { return stepper_; }

 private:
  struct Came {
    std::uint32_t from;  ///< which of the states before
    std::vector<trace::Step> steps;
  };
  struct Lazily {
    spec::NativeState state;
    std::vector<explore::Fired> fired;
  };
  template <class Fits>
  Result by_itself(const spec::NativeState& state, std::uint32_t from, bool all, Fits fits);
  void drop_later();
  bool add(const spec::NativeState& state);
  Result finish(Result result);
  void complete_work();

  Stepper stepper_;
  CheckerOptions options_;
  std::vector<spec::NativeState> states_;
  std::vector<spec::NativeState> next_;
  std::vector<spec::NativeState> found_;
  std::size_t most_ = 1;
  std::vector<std::vector<Came>> history_;  ///< by judgement, by state after it
  std::vector<Came> coming_;
  std::vector<bool> completes_;  ///< by rule: it happens by itself, and ends work
  bool may_complete_ = false;
};

}  // namespace pasid::conform
