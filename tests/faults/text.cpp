#include "tests/faults/text.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

namespace pasid::faults {
namespace {

bool blank(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }
bool of_a_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// One past what closes the bracket at `open`; none where nothing does.
std::optional<std::size_t> past(std::string_view code, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < code.size(); ++i) {
    if (code[i] == '(' || code[i] == '{' || code[i] == '[') ++depth;
    if ((code[i] == ')' || code[i] == '}' || code[i] == ']') && --depth == 0) return i + 1;
  }
  return std::nullopt;
}

std::size_t skip_blanks(std::string_view code, std::size_t i) {
  while (i < code.size() && blank(code[i])) ++i;
  return i;
}

/// From the colon of a constructor's initialisers to the brace of its body.
std::optional<std::size_t> after_initialisers(std::string_view code, std::size_t i) {
  do {
    i = skip_blanks(code, i + 1);
    while (i < code.size() && code[i] != '(' && code[i] != '{') ++i;
    const auto next = past(code, i);
    if (!next) return std::nullopt;
    i = skip_blanks(code, *next);
  } while (i < code.size() && code[i] == ',');
  return i;
}

/// The brace that begins a body after a list of parameters that ends before `i`; none where this is no definition.
std::optional<std::size_t> body_after(std::string_view code, std::size_t i) {
  for (; i < code.size(); ++i) {
    const char c = code[i];
    if (c == '{') return i;
    if (c == ':' && code.substr(i, 2) != "::") return after_initialisers(code, i);
    if (c == ':') ++i;
    else if (!blank(c) && !of_a_word(c) && std::string_view("<>-*&").find(c) == std::string_view::npos)
      return std::nullopt;
  }
  return std::nullopt;
}

/// Every run of blanks as one, and where each character comes from.
struct Condensed {
  std::string text;
  std::vector<std::size_t> from;
};

Condensed condensed(std::string_view text, Span in) {
  Condensed c;
  for (std::size_t i = in.begin; i < in.end; ++i) {
    if (blank(text[i]) && !c.text.empty() && c.text.back() == ' ') continue;
    c.text += blank(text[i]) ? ' ' : text[i];
    c.from.push_back(i);
  }
  return c;
}

}  // namespace

std::string without_comments(std::string_view text, bool literals) {
  std::string out(text);
  const auto clear = [&out](std::size_t i) {
    if (!blank(out[i])) out[i] = ' ';
  };
  for (std::size_t i = 0; i < text.size();) {
    const std::string_view two = text.substr(i, 2);
    if (two == "//" || two == "/*") {
      const std::size_t end = two == "//" ? text.find('\n', i) : text.find("*/", i + 2);
      const std::size_t stop = end == std::string_view::npos ? text.size() : end + (two == "//" ? 0 : 2);
      for (; i < stop; ++i) clear(i);
    } else if (text[i] == '"' || (text[i] == '\'' && (i == 0 || !of_a_word(text[i - 1])))) {
      const char quote = text[i++];
      for (; i < text.size() && text[i] != quote; ++i) {
        const bool escape = text[i] == '\\';
        if (literals) clear(i);
        if (escape && ++i < text.size() && literals) clear(i);
      }
      ++i;
    } else {
      ++i;
    }
  }
  return out;
}

std::vector<Span> bodies(std::string_view text, std::string_view function) {
  const std::string code = without_comments(text, true);
  const std::size_t name = std::min(function.find('('), function.size());
  std::vector<Span> found;
  for (std::size_t at = code.find(function); at != std::string::npos; at = code.find(function, at + 1)) {
    const char before = at == 0 ? ' ' : code[at - 1];
    if (of_a_word(before) || before == ':' || before == '.' || before == '>') continue;
    const std::size_t open = at + name;
    if (open >= code.size() || code[open] != '(') continue;
    const auto parameters = past(code, open);
    const auto begin = parameters ? body_after(code, *parameters) : std::nullopt;
    const auto end = begin ? past(code, *begin) : std::nullopt;
    if (end) found.push_back({*begin, *end});
  }
  return found;
}

std::vector<Span> places(std::string_view text, Span in, std::string_view piece) {
  const std::string code = without_comments(text, false);
  const Condensed body = condensed(code, in);
  std::string wanted = condensed(piece, {0, piece.size()}).text;
  if (wanted.starts_with(' ')) wanted.erase(0, 1);
  if (wanted.ends_with(' ')) wanted.pop_back();
  std::vector<Span> found;
  if (wanted.empty()) return found;
  for (std::size_t at = body.text.find(wanted); at != std::string::npos; at = body.text.find(wanted, at + 1))
    found.push_back({body.from[at], body.from[at + wanted.size() - 1] + 1});
  return found;
}

}  // namespace pasid::faults
