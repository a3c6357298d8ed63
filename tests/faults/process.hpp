// Runs a command with a time limit.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace pasid::faults {

enum class End { passed, failed, crashed, hung };
std::string_view name(End e);

struct Outcome {
  End end = End::passed;
  int code = 0;  ///< its exit status, or the signal that ended it
  std::string output;
};

/// Runs `command` by /bin/sh with that fault switched on (none: ""), and ends it and its children after `limit`. What
/// it prints is kept, the last part of it. Its memory is bounded. std::runtime_error where no process can be made.
Outcome run(const std::string& command, const std::string& fault, std::chrono::duration<double> limit);

}  // namespace pasid::faults
