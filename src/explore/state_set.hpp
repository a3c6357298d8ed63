// The states seen: packed keys in the order they were found, with the state each was found from.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "src/base/blocks.hpp"
#include "src/base/huge_pages.hpp"

namespace pasid::explore {

/// Number of a state in the order of discovery.
using StateId = std::uint32_t;
inline constexpr StateId no_state = 0xffffffff;

/// Keys come in words whose bytes are the key's, with zeros after the last.
using Word = std::uint64_t;

/// A 64-bit hash of a key; good in all bits, the same on every machine of one endianness.
inline std::uint64_t hash_of(std::span<const Word> key) {
  // The two halves of the product folded together: every bit of the input reaches every bit of the result.
  const auto mix = [](std::uint64_t a, std::uint64_t b) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  };
  std::uint64_t h = 0x9e3779b97f4a7c15 ^ key.size();
  for (const Word w : key) h = mix(h ^ w, 0xe7037ed1a0b428db);
  return mix(h, 0x8ebc6af09c88c6e3);
}

/// A flat hash set of keys of one length, in as many parts as threads may add to it at a time.
/// Memory for each state: the key, 4 bytes for its parent and 8 to 16 in the table (up to 256 while it is small).
class StateSet {
 public:
  explicit StateSet(std::size_t key_bytes, unsigned parts = 1);

  [[nodiscard]] std::size_t size() const { return states_.size(); }
  /// In words as they go into has(); as many as are written to.
  [[nodiscard]] std::size_t key_words() const { return key_words_; }
  void key(StateId s, Word* out) const {
    for (std::size_t w = 0; w < key_words_; ++w) out[w] = word(s, w);
  }
  /// no_state for an initial one.
  [[nodiscard]] StateId parent(StateId s) const {
    StateId out = 0;
    std::memcpy(&out, states_[s] + key_bytes_, sizeof out);
    return out;
  }

  /// Is there a state with that key? `hash` is hash_of(key).
  [[nodiscard]] bool has(std::span<const Word> key, std::uint64_t hash) const {
    const Part& part = parts_[part_of(hash)];
    return part.table[place(part, key, hash)] != 0;
  }

  /// True if the key is new. Throws std::length_error beyond 2^32 - 2 states.
  bool insert(std::span<const Word> key, std::uint64_t hash, StateId parent) {
    Part& part = parts_[part_of(hash)];
    const std::size_t at = place(part, key, hash);
    if (part.table[at] != 0) return false;
    insert_at(part, at, key, hash, parent);
    return true;
  }

  /// Where many keys are looked for, each wait for memory is the longest part of it. To be called for all of them
  /// before the first has(): this one first, and once it is through, the other. (Where it does not inline them, GCC 12
  /// takes such functions for ones without an effect, and drops the calls.)
  [[gnu::always_inline]] void fetch_entry(std::uint64_t hash) const {
    const Part& part = parts_[part_of(hash)];
    __builtin_prefetch(&part.table[hash & (part.table.size() - 1)]);
  }
  [[gnu::always_inline]] void fetch_key(std::uint64_t hash) const {
    if (small_) return;
    const Part& part = parts_[part_of(hash)];
    if (const Entry e = part.table[hash & (part.table.size() - 1)]; e != 0 && state_of(e) < size())
      __builtin_prefetch(states_[state_of(e)]);
  }

  // Several threads add states in rounds. First each claims those of its own part; then the set gets its new size, and
  // they are settled one by one, each by any thread. Nothing is looked for otherwise.

  [[nodiscard]] unsigned part_of(std::uint64_t hash) const {
    return static_cast<unsigned>((hash >> 40) * parts_.size() >> 24);
  }
  /// Claims of a round that there is room for from the beginning: to move them takes as long as to write them.
  static constexpr std::size_t claims_in_place = 1 << 16;
  /// Before a part's thread claims. What it claimed in the round before is settled.
  void open_round(unsigned part);
  /// True if the key is new. Its part's thread alone may ask.
  bool claim(std::span<const Word> key, std::uint64_t hash) {
    Part& part = parts_[part_of(hash)];
    const std::size_t at = place(part, key, hash);
    if (part.table[at] != 0) return false;
    claim_at(part, at, key, hash);
    return true;
  }
  [[nodiscard]] std::span<const Word> claimed(unsigned part, std::size_t claim) const {
    return claimed(parts_[part], claim);
  }
  /// Throws std::length_error beyond 2^32 - 2 states.
  void resize(std::size_t states);
  /// That claim is a state of this number, which is less than size() and no other's.
  void settle(unsigned part, std::size_t claim, StateId s, StateId parent);

 private:
  /// 0 where free. A key that leaves a byte of a word is in the table itself, plus one. Otherwise the upper half has
  /// bits of the hash, the lower half the number of the state, plus one; claims are numbered from size() on.
  using Entry = std::uint64_t;
  static constexpr Entry low_half = 0xffffffff;
  static StateId state_of(Entry e) { return static_cast<StateId>((e & low_half) - 1); }
  template <class T>
  using Large = std::vector<T, HugePages<T>>;

  /// Far enough from the others that no thread waits for what another writes.
  struct alignas(128) Part {
    Large<Entry> table;  ///< a power of two, at most half full
    std::size_t used = 0;
    std::vector<Word> claims;
    std::vector<std::size_t> places;  ///< of the claims, in the table
    std::vector<StateId> numbers;     ///< theirs, once they are settled
  };

  [[nodiscard]] std::span<const Word> claimed(const Part& part, std::size_t claim) const {
    return std::span(part.claims).subspan(claim * key_words_, key_words_);
  }
  std::size_t enter(Part& part, std::size_t at, std::span<const Word> key, std::uint64_t hash, std::size_t number);
  void claim_at(Part& part, std::size_t at, std::span<const Word> key, std::uint64_t hash);
  void insert_at(Part& part, std::size_t at, std::span<const Word> key, std::uint64_t hash, StateId parent);
  [[nodiscard]] Word word(StateId s, std::size_t w) const;
  [[nodiscard]] bool has_key(const Part& part, StateId s, std::span<const Word> key) const;
  [[nodiscard]] std::size_t place(const Part& part, std::span<const Word> key, std::uint64_t hash) const {
    const std::size_t mask = part.table.size() - 1;
    std::size_t at = hash & mask;
    if (small_) {
      while (part.table[at] != 0 && part.table[at] != key[0] + 1) at = (at + 1) & mask;
      return at;
    }
    for (;; at = (at + 1) & mask) {
      const Entry e = part.table[at];
      if (e == 0 || ((e ^ hash) >> 32 == 0 && has_key(part, state_of(e), key))) return at;
    }
  }
  [[nodiscard]] Entry entry(std::size_t number, std::span<const Word> key, std::uint64_t hash) const {
    return small_ ? key[0] + 1 : (hash & ~low_half) | (number + 1);
  }
  void write(StateId s, std::span<const Word> key, StateId parent);
  void grow(Part& part);

  std::size_t key_bytes_;
  std::size_t key_words_;
  bool small_;      ///< keys are in the table
  Word last_mask_;  ///< which bits of the last word are the key's
  Blocks states_;   ///< of each its key, then its parent
  std::vector<Part> parts_;
};

}  // namespace pasid::explore
