// Asking: what a tester hears when it asks for a call, where the model alone decides; and what the tester cannot know.
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "src/explore/transitions.hpp"

namespace pasid::conform::vectors {

enum class Says : std::uint8_t { ok = 1, error, would_block, gp_fault };

/// Where a number lies among those that the device reaches.
enum class Lies : std::uint8_t { anywhere = 1, rid, only, first, last, beyond };

/// What kind of answer a call gives. Two answers of one kind differ in names, and in numbers that are no boundaries.
struct Kind {
  int call = -1;  ///< in Asking::calls()
  Says says = Says::ok;
  int err = 0;             ///< error: errno, positive
  std::string_view guard;  ///< what failed; ok: empty
  Lies number = Lies::anywhere;  ///< the number that the caller chose, or with ok the allocator
  friend bool operator==(const Kind&, const Kind&) = default;
};

/// A call that a tester may ask for.
struct AskedCall {
  explore::Transition transition;
  std::vector<std::string_view> names;  ///< of the transition's parameters
  std::vector<std::uint8_t> inputs;     ///< parameters that the tester says
  std::vector<std::uint8_t> results;    ///< those that the allocator picks
  std::vector<std::uint8_t> others;     ///< results, and what the call's preconditions leave one value for
  std::vector<std::string_view> makes;  ///< by parameter: the guard that says that the name is a new one; else empty
};

/// One call asked for, and what the model answers.
struct Asked {
  Kind kind;
  explore::Arguments args{};  ///< inputs, and with ok what the call was found to be about
  friend bool operator==(const Asked&, const Asked&) = default;
};

/// The states that the implementation may be in, for all that the tester has heard: what happens by itself (an mm struct
/// going with its last reference) may have happened or not. In order, each once.
using Belief = std::vector<spec::NativeState>;

/// Not thread-safe: make one for each thread.
class Asking {
 public:
  /// Everything must outlive it. Numbers are picked as the design's policy says.
  Asking(const lang::Tree& tree, const explore::Reading& reading, const spec::NativeFacts& facts);

  [[nodiscard]] std::span<const AskedCall> calls() const { return calls_; }
  [[nodiscard]] const spec::NativeFacts& facts() const { return facts_; }

  /// What is believed before the first call.
  [[nodiscard]] Belief start() const { return {spec::NativeState{}}; }

  /// Visits what may be asked for where the answer is the same in all states of the belief. Of inputs that nothing tells
  /// apart one is asked for; of new names the first. Stops where `visit` answers false.
  void each(const Belief& belief, const std::function<bool(const Asked&, Belief&& after)>& visit);

  /// Asks for one call with the inputs in `args`. Nothing: a precondition does not hold in some state, or the answer
  /// depends on what may have happened by itself; `heard` gets the answers then, where all may be asked.
  std::optional<Asked> ask(const Belief& belief, int call, const explore::Arguments& args, Belief& after,
                           std::vector<Asked>* heard = nullptr);

 private:
  struct Reply {
    enum class Is : std::uint8_t { nothing, abandoned, blocked, answered } is = Is::nothing;
    const char* label = nullptr;
    Asked asked;
    spec::NativeState after;
  };
  using Depends = explore::CallRunner::Depends;

  bool complete(std::size_t call, std::size_t other, Reply& reply, Depends& depends);
  void reply_of(std::size_t call, const spec::NativeState& state, Reply& reply, Depends& depends);
  bool fill(std::size_t call, const spec::NativeState& state, spec::NativeState& filled);
  bool choose(std::size_t call, std::size_t input, Depends& depends, bool& made, bool& stop);
  void settle(Belief& belief);
  void finish(std::size_t call, Asked& asked) const;
  [[nodiscard]] Lies lies(std::size_t call, const explore::Arguments& args) const;
  [[nodiscard]] bool looks_alike(const spec::NativeState& a, const spec::NativeState& b) const;

  const lang::Tree& tree_;
  const explore::Reading& reading_;
  const spec::NativeFacts& facts_;
  std::vector<explore::GuardReads> reads_;
  std::vector<AskedCall> calls_;
  std::vector<std::size_t> by_themselves_;  ///< rules
  std::vector<std::size_t> fills_;          ///< rules that answer a fault of ENQCMD
  std::vector<std::pair<std::size_t, std::size_t>> visible_;  ///< bytes of a state that make a difference to somebody
  explore::CallRunner runner_;
  explore::CallRunner::Orders orders_{};
  explore::Arguments args_{};
  const Belief* belief_ = nullptr;
  const std::function<bool(const Asked&, Belief&&)>* visit_ = nullptr;
};

}  // namespace pasid::conform::vectors
