// A machine that has started, kept in a file: going on from there takes a moment, and every time it is the same kernel
// with nothing done to it yet.
#pragma once

#include <filesystem>
#include <string>

namespace pasid::conform::vm {

/// Runs `command` (an emulator's, which speaks pasid-conform on its standard input and output) until it says hello, and
/// keeps the machine in `file`. Empty, or why not: there is no file then.
std::string take_snapshot(const std::string& command, const std::filesystem::path& file);

/// What to add to the command to go on from there.
std::string resume(const std::filesystem::path& file);

}  // namespace pasid::conform::vm
