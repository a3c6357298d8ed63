// Parallel loops: work in numbered pieces, so that what comes of it does not depend on who did it.
#pragma once

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace pasid {

/// Calls `work(piece, thread)` for every piece from 0 to `pieces`, each once, in `threads` threads (numbered from 0) or
/// fewer. One thread works in order, in the caller's. The first exception is thrown again once all threads have ended.
template <class Work>
void in_parallel(std::size_t pieces, unsigned threads, Work work) {
  const auto n = static_cast<unsigned>(std::min<std::size_t>(threads, pieces));
  if (n <= 1) {
    for (std::size_t i = 0; i < pieces; ++i) work(i, 0U);
    return;
  }
  std::atomic<std::size_t> next = 0;
  std::mutex failing;
  std::exception_ptr failure;
  {
    std::vector<std::jthread> pool;
    for (unsigned t = 0; t < n; ++t) {
      pool.emplace_back([&, t] {
        try {
          for (std::size_t i = next++; i < pieces; i = next++) work(i, t);
        } catch (...) {
          const std::scoped_lock lock(failing);
          if (!failure) failure = std::current_exception();
          next = pieces;
        }
      });
    }
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace pasid
