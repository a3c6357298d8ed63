#include "src/explore/state_set.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace pasid::explore {

StateSet::StateSet(std::size_t key_bytes)
    : key_bytes_(key_bytes), key_words_((key_bytes + sizeof(Word) - 1) / sizeof(Word)),
      small_(key_bytes > 0 && key_bytes < sizeof(Word)),
      last_mask_(~Word{0} >> 8 * (sizeof(Word) * key_words_ - key_bytes)), keys_(sizeof(Word)), table_(1024) {}

Word StateSet::word(StateId s, std::size_t w) const {
  Word out = 0;
  std::memcpy(&out, keys_.data() + s * key_bytes_ + w * sizeof out, sizeof out);
  return w + 1 == key_words_ ? out & last_mask_ : out;
}

bool StateSet::has_key(StateId s, std::span<const Word> key) const {
  for (std::size_t w = 0; w < key.size(); ++w)
    if (word(s, w) != key[w]) return false;
  return true;
}

std::size_t StateSet::place(std::span<const Word> key, std::uint64_t hash) const {
  const std::size_t mask = table_.size() - 1;
  std::size_t at = hash & mask;
  if (small_) {
    while (table_[at] != 0 && table_[at] != key[0] + 1) at = (at + 1) & mask;
    return at;
  }
  for (;; at = (at + 1) & mask) {
    const Entry e = table_[at];
    if (e == 0 || ((e ^ hash) >> 32 == 0 && has_key(state_of(e), key))) return at;
  }
}

bool StateSet::insert(std::span<const Word> key, std::uint64_t hash, StateId parent) {
  std::size_t at = place(key, hash);
  if (table_[at] != 0) return false;
  if (size() >= no_state - 1) throw std::length_error("more than 2^32 - 2 states");
  if (2 * (size() + 1) > table_.size()) {
    grow();
    at = place(key, hash);
  }
  keys_.resize(keys_.size() + key_bytes_);
  std::memcpy(keys_.data() + size() * key_bytes_, key.data(), key_bytes_);
  parents_.push_back(parent);
  table_[at] = small_ ? key[0] + 1 : (hash & ~low_half) | size();
  return true;
}

void StateSet::clear() {
  keys_.resize(sizeof(Word));
  parents_.clear();
  std::ranges::fill(table_, 0);
}

void StateSet::grow() {
  Large<Entry> bigger(table_.size() * 2);
  const std::size_t mask = bigger.size() - 1;
  std::vector<Word> key(key_words_);
  for (const Entry e : table_) {
    if (e == 0) continue;
    if (small_) key[0] = e - 1;
    else this->key(state_of(e), key.data());
    std::size_t at = hash_of(key) & mask;
    while (bigger[at] != 0) at = (at + 1) & mask;
    bigger[at] = e;
  }
  table_ = std::move(bigger);
}

}  // namespace pasid::explore
