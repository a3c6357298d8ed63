// Asking: what a tester hears when it asks for a call, where the model alone decides; and what the tester cannot know.
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "src/conform/backend.hpp"

namespace pasid::conform::vectors {

/// Where a number lies among those that the device reaches.
enum class Lies : std::uint8_t { anywhere = 1, rid, only, first, last, beyond };

/// What kind of answer a call gives. Two answers of one kind differ in names, and in numbers that are no boundaries.
struct Kind {
  int call = -1;                         ///< in Catalogue::calls()
  Answer::Kind says = Answer::Kind::ok;  ///< ok, error, would_block or gp_fault
  int err = 0;                           ///< error: errno, positive
  std::string_view guard;                ///< what failed; ok: empty
  Lies number = Lies::anywhere;          ///< the number that the caller chose, or with ok the allocator
  friend bool operator==(const Kind&, const Kind&) = default;
};

/// One call asked for, and what the model answers.
struct Asked {
  Kind kind;
  explore::Arguments args{};  ///< inputs, and with ok what the call was found to be about
  friend bool operator==(const Asked&, const Asked&) = default;
};

/// The states that the implementation may be in, for all that the tester has heard: what happens by itself (an mm
/// struct going with its last reference) may have happened or not. In order, each once.
using Belief = std::vector<spec::NativeState>;

/// The inputs in `args`, of a call, for the call of that name of another catalogue: by their names. What `to` alone is
/// told of the environment is the ordinary outcome.
explore::Arguments inputs_for(const CallKind& call, const explore::Arguments& args, const CallKind& to);

/// Asks for calls one after another. The tester plays the device. Not thread-safe: make one for each thread.
class Asking {
 public:
  /// Everything must outlive it. Numbers are picked as the design's policy says.
  Asking(const Catalogue& catalogue, const spec::NativeFacts& facts);

  [[nodiscard]] const Catalogue& catalogue() const { return catalogue_; }
  [[nodiscard]] const spec::NativeFacts& facts() const { return facts_; }

  /// A belief may be of so many states and no more: of what happens by itself again and again there may be no end.
  /// Where there would be more, what is told of it is not all, and overflowed() says so from then on.
  void at_most(std::size_t states) { most_ = states; }
  [[nodiscard]] bool overflowed() const { return overflowed_; }

  /// What is believed before the first call.
  [[nodiscard]] static Belief start() { return {spec::NativeState{}}; }

  /// Visits what may be asked for where the answer is the same in all states of the belief. Of inputs that nothing
  /// tells apart one is asked for; of new names the first. Stops where `visit` answers false. `only`: by
  /// call, whether to ask for it; empty: for all.
  void each(const Belief& belief, const std::function<bool(const Asked&, Belief&& after)>& visit,
            const std::vector<bool>& only = {});

  /// Visits the inputs that may be asked with in some state of the belief, whatever is answered: those with which some
  /// state gives the call a meaning. Of inputs that nothing tells apart there, and of new names, one, as each() does.
  /// `only` as for each().
  void questions(const Belief& belief, const std::function<void(int call, const explore::Arguments&)>& visit,
                 const std::vector<bool>& only = {});

  /// Asks for one call with the inputs in `args`. Nothing: a precondition does not hold in some state, or the answer
  /// depends on what may have happened by itself.
  std::optional<Asked> ask(const Belief& belief, int call, const explore::Arguments& args, Belief& after);

  struct Heard {
    Asked asked;
    Belief after;
  };
  /// What may be heard, each answer once. `meaningless`: in some state a precondition does not hold.
  std::vector<Heard> hear(const Belief& belief, int call, const explore::Arguments& args, bool& meaningless);

 private:
  struct Reply {
    /// In the order of what counts, where runs with other values of what the tester does not say end otherwise.
    enum class Is : std::uint8_t { nothing, meaningless, abandoned, waits, answered } is = Is::nothing;
    const char* label = nullptr;
    Asked asked;
    spec::NativeState after;
  };
  using Depends = explore::CallRunner::Depends;

  bool complete(const CallKind& call, std::size_t other, Reply& reply, Depends& depends);
  void reply_of(int call, const spec::NativeState& state, Reply& reply, Depends& depends);
  const std::vector<spec::NativeState>& entered(int call, const spec::NativeState& state);
  void enter(const CallKind& call, const explore::Transition& t, std::size_t param, explore::Arguments& args);
  bool choose(int call, std::size_t input, Depends& depends, bool& made, bool& stop);
  bool visit_answer(int call);
  void settle(Belief& belief);
  void finish(Asked& asked) const;
  [[nodiscard]] Lies lies(const Asked& asked) const;
  [[nodiscard]] bool looks_alike(const spec::NativeState& a, const spec::NativeState& b) const;

  const Catalogue& catalogue_;
  const spec::NativeFacts& facts_;
  std::vector<explore::GuardReads> reads_;
  std::vector<std::vector<std::string_view>> makes_;  ///< by call and parameter: the guard on a new name, or empty
  std::unordered_set<std::string_view> given_;        ///< labels of preconditions
  std::vector<std::pair<std::size_t, std::size_t>> visible_;  ///< bytes of a state that make a difference to somebody
  explore::CallRunner runner_;
  explore::CallRunner inside_;
  explore::CallRunner::Orders orders_{};
  explore::Arguments args_{};
  std::vector<spec::NativeState> entered_;
  Reply reply_;
  std::size_t most_ = static_cast<std::size_t>(-1);
  bool overflowed_ = false;
  const Belief* belief_ = nullptr;
  const std::function<bool(const Asked&, Belief&&)>* visit_ = nullptr;
  const std::function<void(int, const explore::Arguments&)>* question_ = nullptr;  ///< visited instead of answers
};

}  // namespace pasid::conform::vectors
