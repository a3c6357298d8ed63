// What tests a design gives: its vectors by the answers that they end in, and which guards walks meet.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "src/review/coverage.hpp"

namespace pasid::review {

/// Calls, each with its answer in words, in a world of that name; without calls there is no test.
struct ShownTest {
  std::string world;
  std::vector<std::string> calls;
};

/// An answer that a call of the design could give as far as its rules' text goes.
struct TestedAnswer {
  std::string call;
  std::string answer;       ///< "ok", "ENOSPC", "would_block", "gp_fault"
  std::string guard;        ///< whose it is; "ok" has none
  std::size_t tests = 0;    ///< that have it anywhere
  bool never = false;       ///< no test, and none can be: proved
  ShownTest shortest = {};  ///< of those that end in it
};

/// A test that tells a bug of spec/history from the right rules.
struct TestedBug {
  std::string bug;      ///< its id
  ShownTest test = {};  ///< its last answer is the right one
  std::string wrong;    ///< what the bug answers instead, or may
  std::string why_not;  ///< no test: why
};

struct DesignTests {
  std::string design;
  std::size_t tests = 0;
  std::size_t worlds = 0;
  std::vector<TestedAnswer> answers;  ///< by call, in the order in which guards are asked
  std::vector<TestedBug> bugs;
  Coverage coverage;
};

/// Makes the vectors of `design`, all suites of them, and covers it (coverage.hpp). Some seconds. The same every
/// time. Throws std::runtime_error where the solver itself fails.
DesignTests tests_of(const lang::Tree& tree, const io::Design& design, unsigned threads,
                     const std::function<void(const std::string&)>& progress);

}  // namespace pasid::review
