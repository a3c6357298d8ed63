// Patches: the key of a successor from that of the state before, by what the transition between them may have changed.
#pragma once

#include <cstdint>
#include <vector>

#include "src/explore/pack.hpp"
#include "src/explore/state_set.hpp"

namespace pasid::explore {

/// What some cells take up of a packed state.
class Patch {
 public:
  Patch() = default;
  /// In keys whose first `first_bit` bits are not of the packed state.
  Patch(const Layout& layout, const Cells& cells, std::size_t first_bit);

  /// Makes the key of `before` that of `after`, which differs in these cells only. False if they do not differ.
  bool key(const spec::NativeState& before, const spec::NativeState& after, Word* key) const {
    const auto* const old = reinterpret_cast<const std::uint8_t*>(&before);
    const auto* const now = reinterpret_cast<const std::uint8_t*>(&after);
    Word any = 0;
    for (const Run& run : runs_) {
      Word changed = 0;
      for (std::uint32_t i = run.first; i < run.end; ++i)
        changed ^= static_cast<Word>(old[bits_[i].offset] ^ now[bits_[i].offset]) << bits_[i].shift;
      key[run.word] ^= changed;
      any |= changed;
    }
    for (const Rest& rest : rests_) {
      const Word changed = static_cast<Word>(old[rest.offset] ^ now[rest.offset]) >> rest.shift;
      key[rest.word] ^= changed;
      any |= changed;
    }
    return any != 0;
  }

  /// The same for a state given a byte a slot.
  bool slots(const spec::NativeState& after, std::uint8_t* slots) const {
    const auto* const now = reinterpret_cast<const std::uint8_t*>(&after);
    unsigned any = 0;
    for (const Slot& s : slots_) {
      any |= static_cast<unsigned>(slots[s.number] ^ now[s.offset]);
      slots[s.number] = now[s.offset];
    }
    return any != 0;
  }

 private:
  struct Slot {
    std::uint16_t number;
    std::uint16_t offset;  ///< in NativeState
  };
  struct Bits {
    std::uint16_t offset;
    std::uint8_t shift;
  };
  /// Those whose lowest bit is in one word of the key.
  struct Run {
    std::uint32_t word, first, end;
  };
  /// A slot that goes on in the next word: that word, and how many of its bits are in the one before.
  struct Rest {
    std::uint32_t word;
    std::uint16_t offset;
    std::uint8_t shift;
  };
  std::vector<Slot> slots_;
  std::vector<Bits> bits_;
  std::vector<Run> runs_;
  std::vector<Rest> rests_;
};

}  // namespace pasid::explore
