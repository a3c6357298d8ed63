// What the model makes of one call in one state: the ways it can end.
#pragma once

#include <array>
#include <cstring>
#include <utility>
#include <vector>

#include "spec/lang/eval.hpp"
#include "src/conform/backend.hpp"

namespace pasid::conform {

inline bool equal(const spec::NativeState& a, const spec::NativeState& b) { return std::memcmp(&a, &b, sizeof a) == 0; }

/// How a call ends, and the state it leaves.
struct Way {
  Answer::Kind kind = Answer::Kind::ok;  ///< ok, error, would_block or gp_fault
  int err = 0;
  std::array<std::uint8_t, max_results> results{};  ///< ok: by CallKind::results, as model values
  const char* guard = nullptr;                      ///< what decided it; null: ok
  spec::NativeState after{};

  // How it came about, for traces; filled where Stepper::tell() was called.
  std::vector<explore::Fired> before;  ///< what happened inside the call before its first section
  std::vector<explore::Fired> fired;   ///< its sections, then what undid them
  std::optional<explore::Refusal> refused;
  std::optional<explore::Fired> waits;  ///< would_block, gp_fault: the section that cannot fire
};

/// Takes calls in one world. Not thread-safe. `catalogue` and `world` must outlive it.
class Stepper {
 public:
  /// With `policies` allocators pick as they do in the design; else any number they may.
  Stepper(const Catalogue& catalogue, const World& world, bool policies);

  /// Fills in how each way came about from now on, which costs time.
  void tell() { telling_ = true; }

  enum class Meaning : std::uint8_t { given = 1, not_given };

  /// All ways the call can end in `state`, into `out`. not_given: a GIVEN fails, or a name is in use; `out` is empty.
  Meaning ways(const spec::NativeState& state, const Call& call, std::vector<Way>& out);
  /// The same in the state, wholly unchanged, that the call before was tried in: saves a copy of it.
  Meaning ways_too(const spec::NativeState& state, const Call& call, std::vector<Way>& out) {
    unchanged_ = &state;
    const Meaning meaning = ways(state, call, out);
    unchanged_ = nullptr;
    return meaning;
  }

  enum class Match : std::uint8_t { matched = 1, differs, not_given };

  /// Adds to `out` the states after the call for every way that gives this answer.
  Match match(const spec::NativeState& state, const Call& call, const Answer& answer,
              std::vector<spec::NativeState>& out);

  /// The states one hidden step away.
  struct HiddenStep {
    explore::Fired fired;
    spec::NativeState after;
  };
  void hidden(const spec::NativeState& state, std::vector<HiddenStep>& out);
  /// Those among them that are about what the call names.
  void hidden(const spec::NativeState& state, const Call& call, std::vector<HiddenStep>& out);
  /// The last call tried has no meaning because a name that it gives is in use.
  [[nodiscard]] bool name_in_use() const { return last_stop_ == Stop::name_in_use; }

  /// Does this way give that answer?
  [[nodiscard]] bool same(const Way& way, const CallKind& kind, const Answer& answer) const;
  /// The answer a way gives.
  [[nodiscard]] Answer answer(const Way& way, const CallKind& kind) const;

  [[nodiscard]] const Catalogue& catalogue() const { return catalogue_; }
  [[nodiscard]] const World& world() const { return world_; }

 private:
  enum class Stop : std::uint8_t { nothing, not_given, name_in_use, pick, waits, faults };
  /// A transition inside a call or hidden, with the call's parameter for each of its own; -1: any value.
  struct Beside {
    const explore::Transition* transition;
    std::vector<int> from;
  };
  template <class Found>
  Meaning from_start(const spec::NativeState& start, const CallKind& kind, const explore::Arguments& args,
                     bool results_known, Found found);
  template <class Found>
  Meaning each_way(const spec::NativeState& state, const Call& call, const explore::Arguments& args, bool results_known,
                   Found found);
  template <class Found>
  void all_values(const spec::NativeState& state, const Beside& beside, const explore::Arguments* args, Found found);
  bool derive(const spec::NativeState& state, const CallKind& kind, explore::Arguments& args);
  Stop stop(const explore::CallOutcome& outcome);
  [[nodiscard]] std::optional<explore::Fired> waiting(const CallKind& kind, const char* guard,
                                                      const explore::Arguments& args) const;

  const Catalogue& catalogue_;
  const World& world_;
  bool telling_ = false;
  const spec::NativeState* unchanged_ = nullptr;  ///< ways_too(): the state
  const spec::NativeState* at_ = nullptr;         ///< from which calls were run since ways()
  explore::CallRunner runner_;
  explore::CallRunner beside_runner_;
  lang::Evaluator evaluator_;
  explore::CallRunner::Orders orders_{};
  std::vector<std::vector<Beside>> inside_;  ///< by call
  std::vector<Beside> hidden_;
  std::vector<std::array<std::uint8_t, explore::max_transition_params>> last_derived_;  ///< by call: tried first
  /// By label of a guard, where nothing else has taken its place since.
  std::array<std::pair<const char*, Stop>, 256> stops_{};
  Stop last_stop_ = Stop::nothing;  ///< why the last call tried has no meaning
};

}  // namespace pasid::conform
