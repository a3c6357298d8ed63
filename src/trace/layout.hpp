// Laying out text for a terminal or a mail: widths are in characters, not bytes.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace pasid::trace {

/// How many columns a UTF-8 text takes (no wide or combining characters).
constexpr std::size_t width(std::string_view text) {
  std::size_t n = 0;
  for (const char c : text) n += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
  return n;
}

inline std::string padded(std::string_view text, std::size_t columns) {
  std::string out(text);
  if (const std::size_t w = width(text); w < columns) out.append(columns - w, ' ');
  return out;
}

inline std::string spaces(std::size_t n) { return std::string(n, ' '); }

inline std::string joined(std::span<const std::string> items, std::string_view separator) {
  std::string out;
  for (const std::string& item : items) {
    if (&item != items.data()) out += separator;
    out += item;
  }
  return out;
}

/// Items in lines of at most `columns`, each line after the first indented; the first starts at column `indent` too.
/// No newline at the end.
std::string wrapped(std::span<const std::string> items, std::string_view separator, std::size_t indent,
                    std::size_t columns);

/// The words of a text, wrapped likewise.
std::string wrapped_words(std::string_view text, std::size_t indent, std::size_t columns);

}  // namespace pasid::trace
