#include "src/explore/exchange.hpp"

#include <algorithm>
#include <array>

namespace pasid::explore {

Exchange::Exchange(unsigned threads, std::size_t key_words)
    : threads_(threads), key_words_(key_words), boxes_(std::size_t{threads} * threads), orders_(threads) {
  // To move what is in a box takes as long as to fill it. Memory that is not written to costs nothing.
  constexpr std::size_t words = 1 << 20;
  for (Box& b : boxes_) b.records.reserve(words / boxes_.size());
  for (Orders& o : orders_) o.of.reserve(StateSet::claims_in_place);
}

void Exchange::clear(std::size_t pieces) {
  for (Box& b : boxes_) b.records.clear();
  thread_.assign(pieces, 0);
  first_.assign(pieces * threads_, 0);
  end_.assign(pieces * threads_, 0);
  claimed_.assign((pieces + 1) * threads_, 0);
  place_.assign(pieces + 1, 0);
}

void Exchange::begin(std::size_t piece, unsigned thread) {
  thread_[piece] = thread;
  box(thread, 0).nth = 0;
  for (unsigned part = 0; part < threads_; ++part) first_[piece * threads_ + part] = box(thread, part).records.size();
}

void Exchange::end(std::size_t piece) {
  for (unsigned part = 0; part < threads_; ++part)
    end_[piece * threads_ + part] = box(thread_[piece], part).records.size();
}

void Exchange::claim(StateSet& set, unsigned part) {
  // What is read for a record is fetched before: its entry so many records earlier, the key there half as many.
  constexpr std::size_t ahead = 32;
  const std::size_t record = key_words_ + 1;
  set.open_round(part);
  std::vector<Word>& orders = orders_[part].of;
  orders.clear();
  std::array<std::uint64_t, 2 * ahead> hashes{};
  for (std::size_t piece = 0; piece < thread_.size(); ++piece) {
    claimed_[piece * threads_ + part] = orders.size();
    const std::size_t begin = first_[piece * threads_ + part];
    const std::size_t many = (end_[piece * threads_ + part] - begin) / record;
    const Word* const records = box(thread_[piece], part).records.data() + begin;
    const auto key = [&](std::size_t i) { return std::span(records + i * record, key_words_); };
    const auto hash = [&](std::size_t i) -> std::uint64_t& { return hashes[i % hashes.size()]; };
    for (std::size_t i = 0; i < many + ahead; ++i) {
      if (i < many) set.fetch_entry(hash(i) = hash_of(key(i)));
      if (i >= ahead / 2 && i < many + ahead / 2) set.fetch_key(hash(i - ahead / 2));
      if (i < ahead) continue;
      const std::size_t next = i - ahead;
      if (set.claim(key(next), hash(next))) orders.push_back(records[next * record + key_words_]);
    }
  }
  claimed_[thread_.size() * threads_ + part] = orders.size();
}

bool Exchange::make_room(StateSet& set, std::size_t max_states) {
  place_[0] = set.size();
  for (std::size_t piece = 0; piece < thread_.size(); ++piece) {
    place_[piece + 1] = place_[piece];
    for (unsigned part = 0; part < threads_; ++part)
      place_[piece + 1] += begin(piece + 1, claimed_)[part] - begin(piece, claimed_)[part];
  }
  const std::size_t room = std::max(max_states, set.size());
  set.resize(std::min(place_.back(), room));
  return place_.back() <= room;
}

}  // namespace pasid::explore
