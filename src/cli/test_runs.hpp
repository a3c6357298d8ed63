// The tests of vector files, put to an implementation.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "src/cli/backends.hpp"
#include "src/cli/progress.hpp"
#include "src/conform/report.hpp"
#include "src/conform/vector_file.hpp"
#include "src/trace/trace.hpp"

namespace pasid::cli {

/// Runs tests, several at once, and keeps what came of them in the order of the files.
class TestRuns {
 public:
  /// The files must outlive it.
  explicit TestRuns(const std::vector<std::unique_ptr<conform::VectorFile>>& files);

  /// How many tests there are.
  [[nodiscard]] std::size_t size() const { return places_.size(); }
  /// Runs all of them, each on one of the implementations: one thread for each of those. `fail_fast`: those behind the
  /// first that fails do not count, and as few of them as possible are run. `keep_answers`: to the
  /// tests that pass.
  void run(const std::vector<std::unique_ptr<Implementation>>& implementations, bool fail_fast, bool keep_answers,
           Progress& progress);

  /// A test, and what came of it.
  struct Place {
    const conform::VectorFile* file;
    const conform::VectorGroup* group;
    const conform::VectorTest* test;
    std::string lacks;  ///< not empty: what the implementation has not that the test needs
    std::optional<conform::TestResult> result;
    std::vector<conform::Answer> answers;  ///< where they are kept
  };
  [[nodiscard]] const std::vector<Place>& places() const { return places_; }
  [[nodiscard]] std::vector<conform::TestResult> results() const;
  /// Of the first test that failed.
  [[nodiscard]] const std::optional<trace::Trace>& first_trace() const { return first_trace_; }

 private:
  void work(Implementation& implementation, bool fail_fast, bool keep_answers, Progress& progress);
  void one(Place& place, Implementation& implementation, bool keep_answers);
  void failed(const Place& place, trace::Trace trace);

  std::vector<Place> places_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<std::size_t> done_ = 0;
  std::atomic<std::size_t> first_failed_ = SIZE_MAX;  ///< by number of the place
  std::mutex mutex_;                                  ///< of what follows
  std::optional<trace::Trace> first_trace_;
};

}  // namespace pasid::cli
