// What all pages of the report have in common.
#pragma once

#include <string>
#include <string_view>

#include "spec/lang/tree.hpp"
#include "spec/verdict.hpp"
#include "src/trace/trace.hpp"

namespace pasid::review {

/// src/review/page/style.css, which the report has as a file.
std::string_view page_style();
/// The same of page.js.
std::string_view page_script();

inline constexpr std::string_view style_file = "style.css";
inline constexpr std::string_view script_file = "page.js";

/// A whole page around `body`, which is HTML. `up`: the address one level up, where Escape leads; empty: none.
std::string page(std::string_view title, std::string_view up, const std::string& body);

/// "<tag>text</tag>", the text escaped; `attributes` as they stand in the tag, or empty.
std::string element(std::string_view tag, std::string_view text, std::string_view attributes = {});

/// "proved", "holds in scope": a word in its colour.
std::string verdict_element(spec::Verdict verdict);

/// A trace, to be stepped through: its sequence diagram and, after each step, the state as tables. Without scripts it
/// is text.
std::string player(const lang::Tree& tree, const trace::Trace& trace);

}  // namespace pasid::review
