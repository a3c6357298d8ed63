#include "src/explore/state_set.hpp"

#include <cstring>
#include <stdexcept>

namespace pasid::explore {
namespace {

constexpr std::uint64_t low_half = 0xffffffff;

/// The two halves of the product folded together: every bit of the input reaches every bit of the result.
std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

}  // namespace

std::uint64_t hash_of(std::span<const std::uint8_t> key) {
  std::uint64_t h = 0x9e3779b97f4a7c15 ^ key.size();
  for (std::size_t i = 0; i < key.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, key.data() + i, key.size() - i < 8 ? key.size() - i : 8);
    h = mix(h ^ word, 0xe7037ed1a0b428db);
  }
  return mix(h, 0x8ebc6af09c88c6e3);
}

std::size_t StateSet::place(std::span<const std::uint8_t> key, std::uint64_t hash) const {
  const std::size_t mask = table_.size() - 1;
  for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
    const Entry e = table_[at];
    if (e == 0) return at;
    if ((e ^ hash) >> 32 == 0 &&
        std::memcmp(this->key(static_cast<StateId>((e & low_half) - 1)).data(), key.data(), key_bytes_) == 0)
      return at;
  }
}

StateId StateSet::find(std::span<const std::uint8_t> key, std::uint64_t hash) const {
  const Entry e = table_[place(key, hash)];
  return e == 0 ? no_state : static_cast<StateId>((e & low_half) - 1);
}

bool StateSet::insert(std::span<const std::uint8_t> key, std::uint64_t hash, StateId parent) {
  std::size_t at = place(key, hash);
  if (table_[at] != 0) return false;
  if (size() >= no_state - 1) throw std::length_error("more than 2^32 - 2 states");
  if (2 * (size() + 1) > table_.size()) {
    grow();
    at = place(key, hash);
  }
  keys_.insert(keys_.end(), key.begin(), key.end());
  parents_.push_back(parent);
  table_[at] = (hash & ~low_half) | size();
  return true;
}

void StateSet::grow() {
  std::vector<Entry> bigger(table_.size() * 2);
  const std::size_t mask = bigger.size() - 1;
  for (const Entry e : table_) {
    if (e == 0) continue;
    std::size_t at = hash_of(key(static_cast<StateId>((e & low_half) - 1))) & mask;
    while (bigger[at] != 0) at = (at + 1) & mask;
    bigger[at] = e;
  }
  table_ = std::move(bigger);
}

}  // namespace pasid::explore
