// What came of tests, as a test harness reads it: TAP and JUnit.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pasid::conform {

struct TestResult {
  enum class Outcome : std::uint8_t {
    passed = 1,
    failed,   ///< an answer was not allowed, or there was none
    unknown,  ///< the answers leave too many states open
    skipped,  ///< the implementation has not what it takes, or does not take part in what the test is about
  };
  std::string file;
  std::uint64_t id = 0;  ///< tcId; 0: it is about the implementation as such
  std::string comment;
  Outcome outcome = Outcome::passed;
  std::string why;     ///< in one line; empty: passed
  std::string detail;  ///< several lines, each ended; may be empty
  double seconds = 0;
};

std::string_view name_of(TestResult::Outcome outcome);

/// "vectors.json: test 3", or the file alone where it is no test.
std::string title(const TestResult& result);

/// Test Anything Protocol, version 13: a line for each test, details as its diagnostics.
std::string tap(const std::vector<TestResult>& results);

/// JUnit's XML: a suite for each file. Unknown is an error, as opposed to a failure.
std::string junit(const std::vector<TestResult>& results, const std::string& implementation);

}  // namespace pasid::conform
