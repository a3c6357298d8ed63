#include <doctest/doctest.h>

#include "src/review/markdown.hpp"

using pasid::review::markdown;
using pasid::review::MarkdownLinks;

namespace {

MarkdownLinks links() {
  return {
      [](std::string_view to) { return to == "GUIDE.md#1-x" ? std::string("guide.html#1-x") : std::string(); },
      [](std::string_view code) { return code == "bind.turn" ? std::string("rules.html#bind.turn") : std::string(); }};
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a heading of level 1 is the page's title, the others have GitHub's anchors") {
  const auto page = markdown("# A *title*\n\n## 2. What `pasid diff` says\n", links());
  CHECK(page.title == "A title");
  CHECK(!contains(page.body, "<h1>"));
  CHECK(contains(page.body, "<div id=\"2-what-pasid-diff-says\">"));
  CHECK(contains(page.body, "<h2>2. What <code>pasid diff</code> says</h2>"));
}

TEST_CASE("links lead where they are said to, within the text, or are plain text") {
  const auto page = markdown("[a](GUIDE.md#1-x) [b](#here) [c *d*](../src/x.cpp) [`bind.turn`](x.md)", links());
  CHECK(contains(page.body, "<a href=\"guide.html#1-x\">a</a>"));
  CHECK(contains(page.body, "<a href=\"#here\">b</a>"));
  CHECK(contains(page.body, " c <em>d</em> "));
  CHECK(!contains(page.body, "x.cpp"));
  CHECK(!contains(page.body, "x.md"));
}

TEST_CASE("what stands in backquotes leads to its place, also in a table, and nowhere where it has none") {
  const auto page = markdown("| a | b |\n|---|---|\n| `bind.turn` | `bind.tur` |\n", links());
  CHECK(contains(page.body, "<td><a href=\"rules.html#bind.turn\"><code>bind.turn</code></a></td>"));
  CHECK(contains(page.body, "<td><code>bind.tur</code></td>"));
}

TEST_CASE("HTML in the text is no HTML of the page") {
  CHECK(!contains(markdown("a <script>alert(1)</script>\n\n<script>\nb\n</script>\n", links()).body, "<script>"));
  CHECK(contains(markdown("`<script>`", links()).body, "&lt;script&gt;"));
}
