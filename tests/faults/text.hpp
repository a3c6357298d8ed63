// C++ text as far as faults need it: where a function's body is, and where a piece of text stands in it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pasid::faults {

/// Offsets into a text, the end not included.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// The text with blanks in place of its comments, of the same length; with `literals` of strings' and characters'
/// insides too.
std::string without_comments(std::string_view text, bool literals);

/// The bodies, with their braces, of the functions defined under this name: "Core::start" or, where there are several
/// of one name, with the beginning of its parameters, "Core::find(Device".
std::vector<Span> bodies(std::string_view text, std::string_view function);

/// Where `piece` stands within `in`. Any blanks and line ends are as good as any other, and comments as blanks, so that
/// a piece is still found when lines are broken elsewhere.
std::vector<Span> places(std::string_view text, Span in, std::string_view piece);

}  // namespace pasid::faults
