#include "src/review/document.hpp"

#include <algorithm>

#include "src/trace/layout.hpp"

namespace pasid::review {
namespace {

std::string escaped(std::string_view text, std::string_view code, bool colour) {
  return colour ? "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m" : std::string(text);
}

/// A line of a listing; what is too long goes on four columns further in.
std::string wrapped_line(const Listing::Line& line, std::size_t columns) {
  const std::string sign = line.is == Listing::Is::removed ? "- " : line.is == Listing::Is::added ? "+ " : "";
  const std::size_t at = line.indent + sign.size();
  std::string out = trace::spaces(line.indent) + sign + trace::wrapped_words(line.text, at + 4, columns);
  return out + '\n';
}

class Text {
 public:
  Text(std::size_t columns, bool colour) : columns_(columns), colour_(colour) {}

  std::string operator()(const Heading& h) const { return escaped(h.text, "1", colour_) + '\n'; }
  std::string operator()(const Paragraph& p) const { return "  " + trace::wrapped_words(p.text, 2, columns_) + '\n'; }
  std::string operator()(const Table& t) const {
    std::vector<std::size_t> widths;
    const auto measure = [&](const std::vector<std::string>& row) {
      widths.resize(std::max(widths.size(), row.size()));
      for (std::size_t k = 0; k < row.size(); ++k) widths[k] = std::max(widths[k], trace::width(row[k]));
    };
    measure(t.head);
    std::ranges::for_each(t.rows, measure);
    const auto line = [&](const std::vector<std::string>& row) {
      std::string out = "  ";
      std::size_t at = 2;
      for (std::size_t k = 0; k + 1 < row.size(); ++k) {
        out += trace::padded(row[k], widths[k] + 2);
        at += widths[k] + 2;
      }
      // Where the last column has no room beside the others it stands below.
      constexpr std::size_t least = 24;
      const bool below = at + std::min(least, trace::width(row.back())) > columns_;
      if (below) out = out.substr(0, out.find_last_not_of(' ') + 1) + "\n      ";
      out += trace::wrapped_words(row.back(), below ? 6 : at, columns_);
      return out.substr(0, out.find_last_not_of(' ') + 1) + '\n';
    };
    std::string out = t.head.empty() ? "" : escaped(line(t.head), "2", colour_);
    for (const auto& row : t.rows) out += line(row);
    return out;
  }
  std::string operator()(const Listing& l) const {
    std::string out;
    for (Listing::Line line : l.lines) {
      line.indent += 2;
      const std::string_view code = line.is == Listing::Is::removed ? "31" : line.is == Listing::Is::added ? "32" : "";
      out += escaped(wrapped_line(line, columns_), code, colour_ && !code.empty());
    }
    return out;
  }

 private:
  std::size_t columns_;
  bool colour_;
};

class Markdown {
 public:
  std::string operator()(const Heading& h) const {
    return std::string(static_cast<std::size_t>(h.level), '#') + ' ' + h.text + '\n';
  }
  std::string operator()(const Paragraph& p) const { return trace::wrapped_words(p.text, 0, columns) + '\n'; }
  std::string operator()(const Table& t) const {
    const auto line = [](const std::vector<std::string>& row) {
      std::string out = "|";
      for (std::string cell : row) {
        for (std::size_t at = 0; (at = cell.find('|', at)) != std::string::npos; at += 2) cell.replace(at, 1, "\\|");
        out += ' ' + cell + " |";
      }
      return out + '\n';
    };
    const std::size_t n = t.head.empty() ? t.rows.front().size() : t.head.size();
    std::string out = line(t.head.empty() ? std::vector<std::string>(n) : t.head) + "|";
    for (std::size_t k = 0; k < n; ++k) out += "---|";
    out += '\n';
    for (const auto& row : t.rows) out += line(row);
    return out;
  }
  std::string operator()(const Listing& l) const {
    const bool changes = std::ranges::any_of(l.lines, [](const auto& x) { return x.is != Listing::Is::plain; });
    std::string out = changes ? "```diff\n" : "```\n";
    // What is added or removed must begin its line to be shown so.
    for (Listing::Line line : l.lines) {
      if (line.is != Listing::Is::plain) line.indent = 0;
      out += wrapped_line(line, columns);
    }
    return out + "```\n";
  }

 private:
  static constexpr std::size_t columns = 78;
};

}  // namespace

std::string text(const Document& document, std::size_t columns, bool colour) {
  std::string out;
  for (const Block& b : document) {
    const bool new_part = std::holds_alternative<Heading>(b);
    if (new_part && !out.empty()) out += '\n';
    out += std::visit(Text(columns, colour), b);
  }
  return out;
}

std::string markdown(const Document& document) {
  std::string out;
  for (const Block& b : document) out += (out.empty() ? "" : "\n") + std::visit(Markdown(), b);
  return out;
}

}  // namespace pasid::review
