// Reading and writing a file.
#pragma once

#include <cstddef>
#include <istream>
#include <string>

namespace pasid::io {

/// All of a stream, which messages call `name`; a file may be one that does not end. Throws InputError where it cannot
/// be read, or has more than `most` bytes.
std::string read_all(std::istream& in, const std::string& name, std::size_t most);

/// The same of a file.
std::string read_file(const std::string& path, std::size_t most = std::size_t{64} << 20U);

/// Writes `text` to `path`: all of it or nothing, so that what was there before stays where it fails. A path that names
/// no regular file (a pipe, /dev/stdout) is written to as it is.
/// Throws std::invalid_argument, beginning with `option`, where it cannot be written.
void write_file(const std::string& option, const std::string& path, const std::string& text);

}  // namespace pasid::io
