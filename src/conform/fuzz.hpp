// Fuzz: endless sequences of calls that the model leads, until an answer is wrong. At least half of the calls succeed,
// and each kind of call has its share: see least_share().
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "src/conform/checker.hpp"
#include "src/conform/drawing.hpp"
#include "src/conform/replay.hpp"
#include "src/conform/ways_to.hpp"

namespace pasid::conform {

struct FuzzOptions {
  std::uint64_t seed = 1;
  double seconds = 10;
  std::uint64_t calls = 0;    ///< 0: no limit; else it ends after so many, whatever the time
  std::size_t longest = 200;  ///< calls between two resets
  std::size_t batch = 64;     ///< calls put to the implementation at once
  std::size_t max_states = 4096;
  bool aims = true;  ///< sets out for calls that lag; else what chance makes possible is asked for
};

struct FuzzCounts {
  std::uint64_t calls = 0;      ///< asked and judged
  std::uint64_t succeeded = 0;  ///< answered ok
  std::uint64_t sequences = 0;
  std::uint64_t searched = 0;  ///< answers that the most likely state did not give, but another
  std::size_t most_states = 1;
  double seconds = 0;
  struct Outcome {
    int kind;
    std::string_view guard;  ///< that decided it; empty: ok
    auto operator<=>(const Outcome&) const = default;
  };
  std::map<Outcome, std::uint64_t> outcomes;
  std::map<std::string, std::size_t> unsupported;  ///< by what the implementation says: worlds it cannot be reset to
  std::uint64_t not_again = 0;  ///< failures of many calls at once that did not come again call by call
};

/// A sequence that went wrong.
struct Found {
  const World* world;
  std::vector<Call> calls;  ///< none: the reset to the world alone fails
  std::string what;         ///< it was, in words
};

/// Everything must outlive it. `worlds`: those that the backend can be configured as, not none.
class Fuzz {
 public:
  Fuzz(const Catalogue& catalogue, const std::vector<World>& worlds, Backend& backend, const FuzzOptions& options);

  /// Goes on until something is found, the limits are reached, or no world is left. `going` hears of it now and then;
  /// false: it is to end.
  std::optional<Found> run(const std::function<bool(const FuzzCounts&)>& going);

  [[nodiscard]] const FuzzCounts& counts() const { return counts_; }
  [[nodiscard]] const Drawing& drawing() const { return drawing_; }
  /// Set where the set of states grew too large, and nothing could be said of the rest of a sequence.
  [[nodiscard]] bool gave_up() const { return gave_up_; }

 private:
  enum class End : std::uint8_t { fine = 1, wrong };
  End sequence(std::size_t world);
  /// Asks for up to a batch of calls from where the model most likely is; the calls' own answers lead on.
  End batch(std::size_t world, std::size_t most);
  std::optional<Call> next(Stepper& stepper, const spec::NativeState& state, bool succeed);
  void aim(std::size_t world);
  End judge(std::size_t from);
  bool start(std::size_t world);
  void settle(const World& world, spec::NativeState& state) const;
  bool try_rule(int rule, std::initializer_list<std::uint8_t> arguments, const World& world,
                spec::NativeState& state) const;
  End repeat();

  const Catalogue& catalogue_;
  const std::vector<World>& worlds_;
  Backend& backend_;
  FuzzOptions options_;
  Random random_;
  Drawing drawing_;
  WaysTo ways_to_;
  std::vector<std::unique_ptr<Stepper>> steppers_;  ///< by world; null: not needed so far
  std::vector<bool> left_out_;                      ///< by world: the implementation cannot be reset to it
  FuzzCounts counts_;
  std::vector<std::map<const char*, std::uint64_t>> outcomes_;  ///< by kind and guard
  std::vector<int> shown_;                                      ///< cells that the backend shows
  int drop_, recycle_, complete_, abort_;                       ///< rules, by number in the tree
  bool gave_up_ = false;
  bool over_ = false;  ///< of this sequence nothing more can be said

  // Of the sequence.
  const World* world_ = nullptr;
  std::string wrong_;          ///< what is, in words
  std::span<const Call> aim_;  ///< what is asked for first
  std::vector<Call> calls_;
  std::vector<Answer> answers_;
  spec::NativeState state_;         ///< one of those the answers leave open
  std::optional<Checker> checker_;  ///< has judged the first judged_ calls
  std::size_t judged_ = 0;

  // Of the batch.
  struct Likely {
    Answer answer;
    const char* guard;
  };
  std::vector<Likely> likely_;  ///< by call
  std::vector<Way> ways_;       ///< of the call just drawn
};

/// The sequence made as short and plain as it can be while it still fails: calls are left out, arguments become the
/// first of their sort. Ends with the call that fails. `seconds`: when to stop trying.
Found shrink(const Catalogue& catalogue, const Found& found, Backend& backend, double seconds);

}  // namespace pasid::conform
