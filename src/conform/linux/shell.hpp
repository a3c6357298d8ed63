// Programs of the machine: package manager, compiler, make.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/shell.hpp"

namespace pasid::conform::vm {

/// Something that a kernel under test needs cannot be had here: no network, no such package, no compiler. One line.
class Unavailable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A command of these words.
std::string command(const std::vector<std::string>& words);

/// Runs a command by /bin/sh; what it prints goes to the end of `log`. Throws Unavailable: "what:
/// the first line that tells of an error, else the last one (log)".
void run(const std::string& what, const std::string& command, const std::filesystem::path& log);

/// What the command prints, whether or not it fails.
std::string output_of(const std::string& command);
std::vector<std::string> lines_of(const std::string& text);

}  // namespace pasid::conform::vm
