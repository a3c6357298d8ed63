#include "src/trace/layout.hpp"

#include <vector>

namespace pasid::trace {

std::string wrapped(std::span<const std::string> items, std::string_view separator, std::size_t indent,
                    std::size_t columns) {
  std::string_view at_line_end = separator;
  while (!at_line_end.empty() && at_line_end.back() == ' ') at_line_end.remove_suffix(1);
  std::string out;
  std::size_t at = indent;
  for (const std::string& item : items) {
    if (&item != items.data()) {
      if (at + width(separator) + width(item) <= columns) {
        out += separator;
        at += width(separator);
      } else {
        out.erase(out.find_last_not_of(' ') + 1);
        out.append(at_line_end).append("\n").append(indent, ' ');
        at = indent;
      }
    }
    out += item;
    at += width(item);
  }
  return out;
}

std::string wrapped_words(std::string_view text, std::size_t indent, std::size_t columns) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto end = text.find(' ');
    if (end != 0) words.emplace_back(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
  return wrapped(words, " ", indent, columns);
}

}  // namespace pasid::trace
