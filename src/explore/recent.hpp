// Keys looked for a moment ago: the same successors come again and again, and most of them soon.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
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

  /// Was this key the last one here in its place? If not, it is from now on. `hash` is hash_of(key).
  bool again(std::span<const Word> key, std::uint64_t hash) {
    Word* const at = keys_.data() + (hash >> 32) % places * key.size();
    Word other = 0;
    for (std::size_t w = 0; w < key.size(); ++w) other |= at[w] ^ key[w];
    if (other == 0) return true;
    std::ranges::copy(key, at);
    return false;
  }

 private:
  static constexpr std::size_t places = 1 << 14;
  std::vector<Word> keys_;
};

}  // namespace pasid::explore
