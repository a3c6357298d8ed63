// The project's texts, which are Markdown, as HTML.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace pasid::review {

struct MarkdownPage {
  std::string title;  ///< the heading of level 1, which is not in the body
  std::string body;   ///< HTML. Each heading has an anchor: GitHub's, which links in the text are written for.
};

/// Where something leads in the report; empty: nowhere, and it is plain text there.
struct MarkdownLinks {
  /// Of a link's address as it stands in the text. Those that begin with '#' are not asked for.
  std::function<std::string(std::string_view)> address;
  /// Of what stands in backquotes.
  std::function<std::string(std::string_view)> code;
};

/// GitHub's Markdown with tables. HTML in the text is left out.
MarkdownPage markdown(std::string_view text, const MarkdownLinks& links);

}  // namespace pasid::review
