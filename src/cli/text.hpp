// Words and colours of the terminal output.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>

#include "spec/verdict.hpp"
#include "src/base/count.hpp"
#include "src/cli/commands.hpp"
#include "src/trace/layout.hpp"

namespace pasid::cli {

/// "proved", "violated", …, "holds in scope"
std::string words(spec::Verdict verdict);

/// `text` in the colour of a good, bad or undecided verdict, padded to `width` first.
std::string painted(const Session& session, spec::Verdict verdict, std::string_view text, std::size_t width = 0);
std::string good(const Session& session, std::string_view text);
std::string bad(const Session& session, std::string_view text);
std::string dim(const Session& session, std::string_view text);
std::string bold(const Session& session, std::string_view text);

using trace::padded;

/// The width of a column: room for the longest of the names, and a gap.
template <class Range, class Name>
std::size_t column_of(const Range& range, Name name) {
  std::size_t widest = 0;
  for (const auto& item : range) widest = std::max(widest, trace::width(std::invoke(name, item)));
  return widest + 2;
}

/// Paragraph text in the session's columns; it starts at column `indent`, and so does every further line.
std::string wrapped(const Session& session, std::string_view text, std::size_t indent);

/// The name in bold, then the title, indented. Ends with a newline.
std::string headline(const Session& session, const std::string& name, const std::string& title);

/// "0.83 s"
std::string seconds(double s);

}  // namespace pasid::cli
