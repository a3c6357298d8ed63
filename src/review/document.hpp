// A short document, for a terminal, a mail or a browser.
#pragma once

#include <string>
#include <variant>
#include <vector>

namespace pasid::review {

struct Heading {
  std::string text;
  int level = 2;  ///< 1: of the document
};
struct Paragraph {
  std::string text;
};
/// Columns of text; the last may be long. Without a head where that is empty.
struct Table {
  std::vector<std::string> head;
  std::vector<std::vector<std::string>> rows;
};
/// Lines one below the other, set as they are: calls and their answers, guards. What is too long is wrapped.
struct Listing {
  enum class Is : std::uint8_t { plain = 1, removed, added };
  struct Line {
    std::size_t indent = 0;  ///< in columns
    std::string text;
    Is is = Is::plain;
  };
  std::vector<Line> lines;
};

using Block = std::variant<Heading, Paragraph, Table, Listing>;
using Document = std::vector<Block>;

/// For a terminal. Ends with a newline.
std::string text(const Document& document, std::size_t columns, bool colour);

/// Markdown whose source can be read in a mail: no line is longer than 78 columns, but for tables.
std::string markdown(const Document& document);

/// One file, with nothing from elsewhere; in light or dark, as the reader has it.
std::string html(const Document& document);

}  // namespace pasid::review
