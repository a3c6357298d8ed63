// Writing a file.
#pragma once

#include <string>

namespace pasid::io {

/// Writes `text` to `path`: all of it or nothing, so that what was there before stays where it fails. A path that names
/// no regular file (a pipe, /dev/stdout) is written to as it is.
/// Throws std::invalid_argument, beginning with `option`, where it cannot be written.
void write_file(const std::string& option, const std::string& path, const std::string& text);

}  // namespace pasid::io
