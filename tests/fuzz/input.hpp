// What libFuzzer gives, as the text or the file that a reader takes; and what a reader may do with it: take it, or
// refuse it in one line.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unistd.h>

#include "src/io/error.hpp"

namespace pasid::fuzz {

inline std::string_view text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// A file with these bytes, the same one every time. Its name ends as the reader wants it.
inline std::string file(std::string_view bytes, const std::string& ending) {
  static const std::string path =
      (std::filesystem::temp_directory_path() / ("pasid-fuzz-" + std::to_string(::getpid()) + ending)).string();
  [[maybe_unused]] static const int removed = std::atexit([] { std::filesystem::remove(path); });
  std::ofstream(path, std::ios::binary | std::ios::trunc)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return path;
}

/// Anything but one line is a crash.
inline void one_line(std::string_view said) {
  if (!said.empty() && said.find('\n') == std::string_view::npos) return;
  std::cerr << "refused, but not in one line: " << said << '\n';
  std::abort();
}

/// Runs a reader. Other exceptions than those that bad input gets are crashes.
template <class Reader>
int read(Reader reader) {
  try {
    reader();
  } catch (const io::InputError& e) {
    one_line(e.what());
  } catch (const std::invalid_argument& e) {
    one_line(e.what());
  }
  return 0;
}

}  // namespace pasid::fuzz
