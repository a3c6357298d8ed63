#include "src/explore/exchange.hpp"

#include <algorithm>
#include <array>

namespace pasid::explore {

Exchange::Exchange(unsigned threads, std::size_t key_words)
    : threads_(threads), key_words_(key_words), boxes_(std::size_t{threads} * threads), orders_(threads) {}

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
  constexpr std::size_t together = 32;
  const std::size_t record = key_words_ + 1;
  set.open_round(part);
  std::vector<Word>& orders = orders_[part].of;
  orders.clear();
  std::array<std::uint64_t, together> hashes{};
  for (std::size_t piece = 0; piece < thread_.size(); ++piece) {
    claimed_[piece * threads_ + part] = orders.size();
    const Word* at = box(thread_[piece], part).records.data() + first_[piece * threads_ + part];
    const Word* const end = box(thread_[piece], part).records.data() + end_[piece * threads_ + part];
    while (at < end) {
      const std::size_t n = std::min(static_cast<std::size_t>(end - at) / record, together);
      const auto key = [&](std::size_t i) { return std::span(at + i * record, key_words_); };
      for (std::size_t i = 0; i < n; ++i) set.fetch_entry(hashes[i] = hash_of(key(i)));
      for (std::size_t i = 0; i < n; ++i) set.fetch_key(hashes[i]);
      for (std::size_t i = 0; i < n; ++i)
        if (set.claim(key(i), hashes[i])) orders.push_back(key(i).data()[key_words_]);
      at += n * record;
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
