// The states seen: packed keys in the order they were found, with the state each was found from.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace pasid::explore {

/// Number of a state in the order of discovery.
using StateId = std::uint32_t;
inline constexpr StateId no_state = 0xffffffff;

/// A 64-bit hash of a key; good in all bits, the same on every machine of one endianness.
std::uint64_t hash_of(std::span<const std::uint8_t> key);

/// A flat hash set of keys of one length. Finding may go on in several threads while nothing is added.
/// Memory for each state: the key, 4 bytes for its parent and 8 to 16 in the table.
class StateSet {
 public:
  explicit StateSet(std::size_t key_bytes) : key_bytes_(key_bytes), table_(1024) {}

  [[nodiscard]] std::size_t size() const { return parents_.size(); }
  [[nodiscard]] std::span<const std::uint8_t> key(StateId s) const {
    return {keys_.data() + s * key_bytes_, key_bytes_};
  }
  /// no_state for an initial one.
  [[nodiscard]] StateId parent(StateId s) const { return parents_[s]; }

  /// The state with that key; no_state where there is none. `hash` is hash_of(key).
  [[nodiscard]] StateId find(std::span<const std::uint8_t> key, std::uint64_t hash) const;

  /// True if the key is new. Throws std::length_error beyond 2^32 - 2 states.
  bool insert(std::span<const std::uint8_t> key, std::uint64_t hash, StateId parent);

 private:
  /// Upper half: bits of the hash; lower half: number of the state plus one, 0 where free.
  using Entry = std::uint64_t;
  [[nodiscard]] std::size_t place(std::span<const std::uint8_t> key, std::uint64_t hash) const;
  void grow();

  std::size_t key_bytes_;
  std::vector<std::uint8_t> keys_;
  std::vector<StateId> parents_;
  std::vector<Entry> table_;  ///< a power of two, at most half full
};

}  // namespace pasid::explore
