// A document for a browser.
#include <algorithm>

#include "src/review/document.hpp"
#include "src/review/page.hpp"
#include "src/trace/markup.hpp"

namespace pasid::review {
namespace {

constexpr std::string_view style =
    R"(:root{color-scheme:light dark;--ink:#1c1e21;--paper:#fff;--dim:#6b7280;--line:#d8dce2;
--box:#f5f6f8;--red:#b42318;--green:#146c2e}
@media(prefers-color-scheme:dark){:root{--ink:#e3e6ea;--paper:#15171a;--dim:#969da8;--line:#343a42;
--box:#1d2024;--red:#f2837b;--green:#76c98a}}
body{margin:2rem auto;max-width:60rem;padding:0 1rem;color:var(--ink);background:var(--paper);
font:16px/1.5 system-ui,sans-serif}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem;border-bottom:1px solid var(--line)}h3{font-size:1rem}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0;border-bottom:1px solid var(--line)}
th{color:var(--dim);font-weight:normal}
pre{background:var(--box);padding:.75rem;white-space:pre-wrap;overflow-wrap:anywhere;font-size:.85rem}
pre span{display:block}
.removed{color:var(--red)}.added{color:var(--green)}
)";

class Html {
 public:
  std::string operator()(const Heading& h) const { return element("h" + std::to_string(h.level), h.text) + '\n'; }
  std::string operator()(const Paragraph& p) const { return element("p", p.text) + '\n'; }
  std::string operator()(const Table& t) const {
    const auto line = [](const std::vector<std::string>& row, std::string_view cell) {
      std::string out = "<tr>";
      for (const std::string& text : row) out += element(cell, text);
      return out + "</tr>\n";
    };
    std::string out = "<table>\n" + (t.head.empty() ? "" : line(t.head, "th"));
    for (const auto& row : t.rows) out += line(row, "td");
    return out + "</table>\n";
  }
  std::string operator()(const Listing& l) const {
    std::string out = "<pre>";
    for (const Listing::Line& line : l.lines) {
      const bool removed = line.is == Listing::Is::removed;
      const bool plain = line.is == Listing::Is::plain;
      out += plain ? "<span" : removed ? R"(<span class="removed")" : R"(<span class="added")";
      out += " style=\"padding-left:" + std::to_string(line.indent) + "ch\">" +
             (plain     ? ""
              : removed ? "- "
                        : "+ ") +
             trace::markup(line.text) + "</span>";
    }
    return out + "</pre>\n";
  }
};

}  // namespace

std::string html(const Document& document) {
  std::string title = "pasid diff";
  if (!document.empty())
    if (const auto* h = std::get_if<Heading>(&document.front())) title = h->text;
  std::string out =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n" +
      element("title", title) + "\n<style>\n" + std::string(style) + "</style>\n</head>\n<body>\n";
  for (const Block& b : document) out += std::visit(Html(), b);
  return out + "</body>\n</html>\n";
}

}  // namespace pasid::review
