// Words for /bin/sh.
#pragma once

#include <string>
#include <string_view>

namespace pasid {

/// The word as a shell takes it for one, whatever is in it: in single quotes.
inline std::string shell_word(std::string_view word) {
  std::string out = "'";
  for (const char c : word) {
    if (c == '\'') out += "'\\''";
    else out += c;
  }
  return out + '\'';
}

}  // namespace pasid
