// Drawing calls: what to ask next, so that every kind of call gets its share and most succeed.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "src/conform/stepper.hpp"

namespace pasid::conform {

/// How many of the calls each of so many kinds is to be, at least: 5 %, or half an equal share where there are more
/// than ten. In the long run, and if the implementation lets it come to that.
constexpr double least_share(std::size_t kinds) { return kinds > 10 ? 0.5 / static_cast<double>(kinds) : 0.05; }

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers everywhere for a seed.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t operator()() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }
  std::uint64_t below(std::uint64_t n) { return (*this)() % n; }
  /// From 0 up to, and without, 1.
  float fraction() { return static_cast<float>((*this)() >> 40U) * 0x1p-24F; }

 private:
  std::uint64_t state_;
};

/// Draws calls that mean something. Which do depends on more than is worth knowing; what it learns is, by call and
/// parameter, what elements look like (which cells say something of them and of those they lead to) for which that was
/// so before.
class Drawing {
 public:
  /// Draws from the calls that are offered. Everything must outlive it.
  Drawing(const Catalogue& catalogue, const Capabilities& capabilities, Random& random);

  /// A call that has a meaning in `state`, and the ways it can end there, into `ways`; likely one that has had less
  /// than its share. `succeed`: likely one that ends well. Nothing: none was found.
  std::optional<Call> draw(Stepper& stepper, const spec::NativeState& state, bool succeed, std::vector<Way>& ways);

  /// Another sequence begins: a third of the calls, drawn anew, is left out of it. What one call would always spoil (no
  /// bind succeeds where every process has tagged pointers) is met without it ("swarm testing", Groce et al. 2012).
  /// Those of `wanted` stay.
  void begin(std::span<const Call> wanted = {});

  [[nodiscard]] const std::vector<int>& kinds() const { return kinds_; }
  [[nodiscard]] std::uint64_t asked(int kind) const { return asked_[static_cast<std::size_t>(kind)]; }
  void count(int kind, bool ok) {
    ++asked_[static_cast<std::size_t>(kind)];
    ++all_asked_;
    if (ok) ++succeeded_[static_cast<std::size_t>(kind)];
    counted_ = true;
  }
  /// It had less than its least share, or not much more.
  [[nodiscard]] bool lags(int kind) const { return share(kind) < 1.5 * least_share(kinds_.size()); }

  /// Which part of all calls asked for was of that kind.
  [[nodiscard]] double share(int kind) const {
    return static_cast<double>(asked(kind)) / static_cast<double>(std::max<std::uint64_t>(all_asked_, 1));
  }

 private:
  static constexpr std::size_t most_elements = 8;
  static constexpr std::size_t looks = 256;
  /// How often an element of that look was tried, and what came of it.
  struct Seen {
    float tried = 0;
    float meant = 0;
    float ok = 0;
    std::array<float, 2> rate{0.5F, 0.5F};  ///< how likely it is to mean something, and to succeed
  };
  struct Input {
    std::uint8_t number;  ///< of the parameter
    const lang::SortInfo* sort;
    std::vector<Seen> seen;  ///< by look; empty: not an entity
  };
  struct Weights {
    std::array<float, most_elements + 1> of{};  ///< by element, from 1
    float sum = 0;
  };

  void look(const World& world, const spec::NativeState& state);
  void take_turns();
  float weigh(std::size_t number, const World& world, bool succeed);
  std::size_t pick_kind(const World& world, bool succeed);
  void less(std::size_t number, float part);
  bool pick_arguments(const CallKind& kind, std::size_t number, const World& world, Call& call);
  bool worn_out(const Way& way);
  void learn(std::size_t number, const Call& call, bool meant, bool ok);

  const Catalogue& catalogue_;
  const Capabilities& capabilities_;
  Random& random_;
  std::vector<int> kinds_;
  std::vector<std::uint64_t> asked_;  ///< by kind
  std::vector<std::uint64_t> succeeded_;
  std::uint64_t all_asked_ = 0;
  /// What a byte of a state or of facts, where it is not 0, says of an element.
  struct Says {
    std::uint8_t sort;
    std::uint8_t element;
    std::uint32_t what;  ///< one bit
  };
  /// A cell that says something of the elements of its indices.
  struct Saying {
    std::size_t offset;
    std::vector<std::array<Says, 2>> by_byte;  ///< from the offset on; what == 0: nothing
  };
  using Own = std::array<std::array<std::uint32_t, most_elements + 1>, lang::max_entity_sorts>;
  static void say(const std::vector<Saying>& sayings, const void* bytes, Own& own);

  std::vector<Saying> facts_say_;
  std::vector<Saying> state_says_;
  const World* world_ = nullptr;  ///< looked at last
  Own world_says_{};
  std::vector<std::vector<const lang::CellInfo*>> leads_;  ///< by entity sort: cells that lead to another element
  std::array<std::array<std::uint8_t, most_elements + 1>, lang::max_entity_sorts> look_{};  ///< by sort and element

  // By number in kinds_:
  std::vector<std::vector<Input>> inputs_;
  std::vector<std::vector<Weights>> weights_;  ///< and by input
  std::vector<Call> last_;                     ///< that succeeded, of this sequence; kind -1: none
  std::vector<float> turns_;                   ///< how much it lags behind its share
  std::vector<float> hoped_;                   ///< how likely it was, and a bit more
  std::vector<float> scores_;                  ///< by turn and likelihood, less what was tried in vain
  float sum_ = 0;                              ///< of the scores
  std::vector<std::uint8_t> weighed_;          ///< its score knows how likely it is
  std::vector<bool> left_out_;
  bool counted_ = true;  ///< since turns were taken

  std::unordered_map<const char*, std::uint64_t> met_;  ///< by guard that decided an answer: how often it was drawn
  std::uint64_t all_met_ = 0;
};

}  // namespace pasid::conform
