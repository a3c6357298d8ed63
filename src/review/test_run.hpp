// What `pasid replay --json` and `pasid fuzz --json` wrote of an implementation.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pasid::review {

struct TestRun {
  struct Guard {
    std::string label;
    std::uint64_t met;
    std::string why_not;  ///< where it was not met
  };
  struct Call {
    std::string name;
    std::uint64_t asked;
    std::uint64_t ok;
    std::vector<Guard> guards;
  };
  struct Wrong {
    std::string what;
    std::string why;
  };

  std::string file;
  std::string implementation;
  std::string figures;       ///< how much was asked, in words
  std::vector<Wrong> wrong;  ///< what failed, or was found
  std::vector<Call> calls;   ///< none: `replay` was not asked for --guards
};

/// Throws io::InputError where the file is not what one of the two writes.
TestRun read_test_run(const std::string& file);

/// Those that come with the program: tests/recorded below the data root, in order; none where there is no such folder.
std::vector<std::string> recorded_test_runs();

}  // namespace pasid::review
