// Threads that stay: for work that comes in many small rounds, each of which waits for the one before.
#pragma once

#include <algorithm>
#include <atomic>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace pasid {

/// Opens when all have come. Who waits looks for a while before it sleeps, for to be woken takes longer than most
/// rounds.
class Gate {
 public:
  explicit Gate(unsigned threads) : threads_(threads) {}
  /// `as`: how many of them this is.
  void arrive_and_wait(unsigned as = 1) {
    const unsigned round = round_.load();
    if ((arrived_ += as) == threads_) {
      arrived_ = 0;
      ++round_;
      round_.notify_all();
      return;
    }
    for (int i = 1; i <= looks; ++i) {
      if (round_.load(std::memory_order_acquire) != round) return;
      if (i % looks_between_yields == 0) std::this_thread::yield();
    }
    round_.wait(round);
  }

 private:
  /// Those it waits for may be at the same processor.
  static constexpr int looks_between_yields = 1 << 6;
  static constexpr int looks = 1 << 16;  ///< some tenths of a millisecond
  const unsigned threads_;
  std::atomic<unsigned> arrived_ = 0;
  std::atomic<unsigned> round_ = 0;
};

/// So many threads, one of which is the caller's; the others begin when there is something for them. What a thread had
/// before it mostly finds in its own cache again.
class Team {
 public:
  explicit Team(unsigned threads) : threads_(threads), start_(threads), end_(threads) {}
  ~Team() {
    work_ = nullptr;
    // Also for those that could not be begun.
    if (!others_.empty()) start_.arrive_and_wait(threads_ - static_cast<unsigned>(others_.size()));
  }
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  [[nodiscard]] unsigned size() const { return threads_; }

  /// Calls `work(thread)` in every thread, 0 being the caller's, and returns when all have. The first exception is
  /// thrown again then. What is too little to wake the others for the caller does alone, for one after the other.
  void each(const std::function<void(unsigned)>& work, bool much = true) {
    if (!much || threads_ == 1) {
      for (unsigned t = 0; t < size(); ++t) work(t);
      return;
    }
    for (auto t = static_cast<unsigned>(others_.size()) + 1; t < threads_; ++t)
      others_.emplace_back([this, t] { serve(t); });
    work_ = &work;
    start_.arrive_and_wait();
    run(0);
    end_.arrive_and_wait();
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
  }

  /// Calls `work(piece, thread)` for every piece from 0 to `pieces`, each once; a thread's pieces come in order. It
  /// takes several that follow one another at a time, for what one needs the next often needs, too: fewer and fewer, so
  /// that all threads end together.
  template <class Work>
  void pieces(std::size_t pieces, Work work) {
    std::atomic<std::size_t> next = 0;
    const auto take = [&](unsigned thread) {
      for (std::size_t i = next; i < pieces;) {
        const std::size_t end = i + std::max<std::size_t>(1, (pieces - i) / (2 * std::size_t{threads_}));
        if (!next.compare_exchange_weak(i, end)) continue;
        for (; i < end; ++i) work(i, thread);
        i = next;
      }
    };
    if (pieces > 1) each(take);
    else take(0);
  }

 private:
  void serve(unsigned thread) {
    for (;;) {
      start_.arrive_and_wait();
      if (work_ == nullptr) return;
      run(thread);
      end_.arrive_and_wait();
    }
  }
  void run(unsigned thread) {
    try {
      (*work_)(thread);
    } catch (...) {
      const std::scoped_lock lock(failing_);
      if (!failure_) failure_ = std::current_exception();
    }
  }

  const unsigned threads_;
  const std::function<void(unsigned)>* work_ = nullptr;
  std::mutex failing_;
  std::exception_ptr failure_;
  Gate start_;
  Gate end_;
  std::vector<std::jthread> others_;
};

}  // namespace pasid
