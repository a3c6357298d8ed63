// What is said of bad input: one line that names the file, the place in it and what was expected.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace pasid::io {

/// Line and column count from 1, columns in characters. Line 0: the file as a whole.
struct Position {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  friend bool operator==(Position, Position) = default;
};

/// Bad input. The message is `file:line:column: what is wrong; expected ...`, without the position where there is none.
class InputError : public std::runtime_error {
 public:
  InputError(std::string_view file, Position at, std::string_view wrong, std::string_view expected);

  /// The same, with a note in brackets at the end; the note may be empty.
  [[nodiscard]] InputError with(std::string_view note) const;

 private:
  explicit InputError(const std::string& message) : std::runtime_error(message) {}
};

/// `text` on one line, without control characters.
std::string on_one_line(std::string_view text);

/// `text` in quotes, on one line, cut short where it is long.
std::string in_quotes(std::string_view text);

}  // namespace pasid::io
