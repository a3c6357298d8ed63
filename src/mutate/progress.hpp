// Parallel loops that say how far they are.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <string_view>

#include "src/base/parallel.hpp"

namespace pasid::mutate {

using Progress = std::function<void(const std::string&)>;

/// in_parallel(), which says "WHAT, 3 of 7" as each piece begins, from any thread. `progress` may be none.
template <class Work>
void told_in_parallel(std::size_t pieces, unsigned threads, const Progress& progress, std::string_view what,
                      Work work) {
  std::atomic<std::size_t> begun = 0;
  in_parallel(pieces, threads, [&](std::size_t piece, unsigned thread) {
    if (progress) progress(std::string(what) + ", " + std::to_string(++begun) + " of " + std::to_string(pieces));
    work(piece, thread);
  });
}

}  // namespace pasid::mutate
