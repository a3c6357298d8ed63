// Successors of several threads, each of which looks for those in its own part of the set.
#pragma once

#include <limits>
#include <vector>

#include "src/explore/state_set.hpp"

namespace pasid::explore {

/// A round goes through pieces of work in three steps, and every thread has to be through with one before the next:
/// send() what a piece leads to, claim() what is new of it, and settle() that where it belongs: in the order of the
/// pieces, and within a piece in that of sending. What several pieces lead to is of the first of them.
class Exchange {
 public:
  /// As many threads as the set has parts.
  Exchange(unsigned threads, std::size_t key_words);

  /// Before the first piece of a round.
  void clear(std::size_t pieces);

  /// A thread's pieces come in order.
  void begin(std::size_t piece, unsigned thread);
  void send(unsigned thread, unsigned part, std::span<const Word> key, StateId parent) {
    Records& out = box(thread, part).records;
    for (const Word w : key) out.push_back(w);
    out.push_back(Word{parent} << 32 | boxes_[thread * threads_].nth++);
  }
  void end(std::size_t piece);

  /// To be done by the part's thread, or while no other does it.
  void claim(StateSet& set, unsigned part);

  /// Makes room for what is claimed, but for no more than so many states. False if that is not enough for all.
  bool make_room(StateSet& set, std::size_t max_states);

  /// Calls `added(key, parent)` for each new state of the piece, whether or not there is room for it.
  template <class Added>
  void settle(StateSet& set, std::size_t piece, Added added) const {
    std::vector<std::size_t> at(begin(piece, claimed_), begin(piece, claimed_) + threads_);
    for (std::size_t s = place_[piece]; s < place_[piece + 1]; ++s) {
      unsigned first = 0;
      Word least = std::numeric_limits<Word>::max();
      for (unsigned part = 0; part < threads_; ++part)
        if (at[part] < begin(piece + 1, claimed_)[part] && orders_[part].of[at[part]] < least) {
          first = part;
          least = orders_[part].of[at[part]];
        }
      const auto parent = static_cast<StateId>(least >> 32);
      if (s < set.size()) set.settle(first, at[first], static_cast<StateId>(s), parent);
      added(set.claimed(first, at[first]++), parent);
    }
  }

 private:
  using Records = std::vector<Word, HugePages<Word>>;
  /// What one thread sends to one part. A record is a key, and its order: the parent, and which of the piece it is.
  struct alignas(128) Box {
    Records records;
    std::uint32_t nth = 0;  ///< in the thread's first box: how many its piece has sent
  };
  struct alignas(128) Orders {
    std::vector<Word> of;  ///< by claim
  };
  using Places = std::vector<std::size_t>;  ///< by piece, then by part
  Box& box(unsigned thread, unsigned part) { return boxes_[thread * threads_ + part]; }
  [[nodiscard]] Places::const_iterator begin(std::size_t piece, const Places& of) const {
    return of.begin() + static_cast<std::ptrdiff_t>(piece * threads_);
  }

  unsigned threads_;
  std::size_t key_words_;
  std::vector<Box> boxes_;        ///< by thread, then by part
  std::vector<unsigned> thread_;  ///< by piece
  Places first_, end_;            ///< of its words in the boxes of its thread
  std::vector<Orders> orders_;    ///< by part
  Places claimed_;                ///< the first claim that is of this piece or a later one
  Places place_;                  ///< by piece: of its first new state in the set
};

}  // namespace pasid::explore
