#include "src/io/error.hpp"

namespace pasid::io {
namespace {

std::string message(std::string_view file, Position at, std::string_view wrong, std::string_view expected) {
  std::string out(file);
  if (at.line != 0) out += ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
  out.append(": ").append(wrong).append("; expected ").append(expected);
  return on_one_line(out);
}

}  // namespace

InputError::InputError(std::string_view file, Position at, std::string_view wrong, std::string_view expected)
    : std::runtime_error(message(file, at, wrong, expected)) {}

InputError InputError::with(std::string_view note) const {
  return InputError(note.empty() ? std::string(what()) : std::string(what()) + " (" + on_one_line(note) + ")");
}

std::string on_one_line(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f) out += c;
    else out.append("\\x").append(1, digits[byte / 16]).append(1, digits[byte % 16]);
  }
  return out;
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t most = 60;
  if (text.size() <= most) return "'" + on_one_line(text) + "'";
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;  // between two characters of UTF-8
  return "'" + on_one_line(text.substr(0, end)) + "...'";
}

}  // namespace pasid::io
