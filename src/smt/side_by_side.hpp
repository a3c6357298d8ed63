// Work on several threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace pasid::smt {

/// Calls `work` with 0 … count - 1 on so many threads; the first exception ends it and is thrown again.
template <class Work>
void side_by_side(std::size_t count, unsigned threads, const Work& work) {
  std::atomic<std::size_t> next{0};
  std::exception_ptr error;
  std::mutex mutex;
  std::vector<std::thread> running;
  for (std::size_t t = 0; t < std::min<std::size_t>(count, std::max(1U, threads)); ++t)
    running.emplace_back([&] {
      for (std::size_t i = next++; i < count; i = next++) {
        try {
          work(i);
        } catch (...) {
          const std::lock_guard lock(mutex);
          if (!error) error = std::current_exception();
          next = count;
        }
      }
    });
  for (std::thread& t : running) t.join();
  if (error) std::rethrow_exception(error);
}

}  // namespace pasid::smt
