// Numbers for people.
#pragma once

#include <cstddef>
#include <string>

namespace pasid {

/// "1,234"
inline std::string count(std::size_t n) {
  std::string s = std::to_string(n);
  for (auto i = static_cast<std::ptrdiff_t>(s.size()) - 3; i > 0; i -= 3) s.insert(static_cast<std::size_t>(i), ",");
  return s;
}

}  // namespace pasid
