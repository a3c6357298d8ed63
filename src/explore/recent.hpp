// Keys looked for a moment ago: the same successors come again and again, and most of them soon.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "src/explore/state_set.hpp"

namespace pasid::explore {

/// Of the keys that fall into one place it has the last. It is small enough for the cache next to the processor.
class Recent {
 public:
  /// `known`: a key that need not be looked for.
  explicit Recent(std::span<const Word> known) {
    for (std::size_t n = 0; n < places; ++n) keys_.insert(keys_.end(), known.begin(), known.end());
  }

  /// To be called some time before again(): where it looks is farther away than a guess of its answer can wait for.
  [[gnu::always_inline]] void fetch(std::size_t key_words, std::uint64_t hash) {
    __builtin_prefetch(place(key_words, hash), 1);
  }

  /// Was this key the last one here in its place? It is from now on. `hash` is hash_of(key).
  bool again(std::span<const Word> key, std::uint64_t hash) {
    Word* const at = place(key.size(), hash);
    Word other = 0;
    for (std::size_t w = 0; w < key.size(); ++w) other |= std::exchange(at[w], key[w]) ^ key[w];
    return other == 0;
  }

 private:
  static constexpr std::size_t places = 1 << 14;
  Word* place(std::size_t key_words, std::uint64_t hash) { return keys_.data() + (hash >> 32) % places * key_words; }
  std::vector<Word> keys_;
};

}  // namespace pasid::explore
