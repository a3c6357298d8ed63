// Words and colours of the terminal output.
#pragma once

#include <string>
#include <string_view>

#include "spec/verdict.hpp"
#include "src/cli/commands.hpp"

namespace pasid::cli {

/// "proved", "violated", …, "holds in scope"
std::string words(spec::Verdict verdict);

/// `text` in the colour of a good, bad or undecided verdict, padded to `width` first.
std::string painted(const Session& session, spec::Verdict verdict, std::string_view text, std::size_t width = 0);
std::string good(const Session& session, std::string_view text);
std::string bad(const Session& session, std::string_view text);
std::string dim(const Session& session, std::string_view text);
std::string bold(const Session& session, std::string_view text);

/// `text` filled up with blanks to `width` columns.
/// Room for the longest name of a property, and a gap.
inline constexpr std::size_t property_width = 30;

std::string padded(std::string_view text, std::size_t width);

/// Paragraph text broken at `columns`, every line after the first indented by `indent`.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t columns = 100);

/// "0.83 s", "1,234"
std::string seconds(double s);
std::string count(std::size_t n);

}  // namespace pasid::cli
