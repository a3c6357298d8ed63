#include "src/explore/state_set.hpp"

#include <algorithm>
#include <stdexcept>

namespace pasid::explore {
namespace {

void check(std::size_t states) {
  if (states >= no_state) throw std::length_error("more than 2^32 - 2 states");
}

}  // namespace

StateSet::StateSet(std::size_t key_bytes, unsigned parts)
    : key_bytes_(key_bytes), key_words_((key_bytes + sizeof(Word) - 1) / sizeof(Word)),
      small_(key_bytes > 0 && key_bytes < sizeof(Word)),
      last_mask_(~Word{0} >> 8 * (sizeof(Word) * key_words_ - key_bytes)), states_(key_bytes + sizeof(StateId)),
      parts_(parts) {
  for (Part& part : parts_) {
    part.table = Large<Entry>(1024);
    if (parts == 1) continue;
    part.claims.reserve(claims_in_place * key_words_);
    part.places.reserve(claims_in_place);
    part.numbers.reserve(claims_in_place);
  }
}

Word StateSet::word(StateId s, std::size_t w) const {
  Word out = 0;
  std::memcpy(&out, states_[s] + w * sizeof out, sizeof out);
  return w + 1 == key_words_ ? out & last_mask_ : out;
}

bool StateSet::has_key(const Part& part, StateId s, std::span<const Word> key) const {
  if (s >= size())
    return std::ranges::equal(key, std::span(part.claims).subspan((s - size()) * key_words_, key_words_));
  for (std::size_t w = 0; w < key.size(); ++w)
    if (word(s, w) != key[w]) return false;
  return true;
}

/// A key of that number goes where place() says; gives where it then is.
std::size_t StateSet::enter(Part& part, std::size_t at, std::span<const Word> key, std::uint64_t hash,
                            std::size_t number) {
  check(number + 1);
  if (2 * (part.used + 1) > part.table.size()) {
    grow(part);
    at = place(part, key, hash);
  }
  part.table[at] = entry(number, key, hash);
  ++part.used;
  return at;
}

void StateSet::insert_at(Part& part, std::size_t at, std::span<const Word> key, std::uint64_t hash, StateId parent) {
  enter(part, at, key, hash, size());
  states_.resize(size() + 1);
  write(static_cast<StateId>(size() - 1), key, parent);
}

void StateSet::write(StateId s, std::span<const Word> key, StateId parent) {
  // The key of no bytes is a null pointer.
  if (key_bytes_ > 0) std::memcpy(states_[s], key.data(), key_bytes_);
  std::memcpy(states_[s] + key_bytes_, &parent, sizeof parent);
}

void StateSet::open_round(unsigned part) {
  Part& p = parts_[part];
  for (std::size_t i = 0; i < p.numbers.size() && !small_; ++i)
    p.table[p.places[i]] = (p.table[p.places[i]] & ~low_half) | (p.numbers[i] + Entry{1});
  p.claims.clear();
  p.places.clear();
  p.numbers.clear();
  // All parts have as many, but for chance: they grow in one round, and no thread waits for another that does.
  if (201 * (size() / parts_.size()) > 100 * p.table.size()) grow(p);
}

void StateSet::claim_at(Part& part, std::size_t at, std::span<const Word> key, std::uint64_t hash) {
  part.places.push_back(enter(part, at, key, hash, size() + part.numbers.size()));
  for (const Word w : key) part.claims.push_back(w);
  part.numbers.push_back(no_state);
}

void StateSet::resize(std::size_t states) {
  check(states);
  states_.resize(states);
}

void StateSet::settle(unsigned part, std::size_t claim, StateId s, StateId parent) {
  write(s, claimed(part, claim), parent);
  parts_[part].numbers[claim] = s;
}

void StateSet::grow(Part& part) {
  // While it is small, most of what growing takes is the new memory.
  constexpr std::size_t small = 1 << 17;
  Large<Entry> bigger(part.table.size() * (part.table.size() < small ? 16 : 2));
  const std::size_t mask = bigger.size() - 1;
  std::vector<Word> key(key_words_);
  for (const Entry e : part.table) {
    if (e == 0) continue;
    const bool claim = !small_ && state_of(e) >= size();
    if (small_) key[0] = e - 1;
    else if (claim) std::ranges::copy(claimed(part, state_of(e) - size()), key.begin());
    else this->key(state_of(e), key.data());
    std::size_t at = hash_of(key) & mask;
    while (bigger[at] != 0) at = (at + 1) & mask;
    bigger[at] = e;
    if (claim) part.places[state_of(e) - size()] = at;
  }
  part.table = std::move(bigger);
}

}  // namespace pasid::explore
