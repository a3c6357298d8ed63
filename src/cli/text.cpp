#include "src/cli/text.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "src/io/names.hpp"

namespace pasid::cli {
namespace {

std::string in_colour(const Session& session, std::string_view code, std::string_view text) {
  if (!session.colour) return std::string(text);
  return fmt::format("\033[{}m{}\033[0m", code, text);
}

std::string_view colour_of(spec::Verdict v) {
  using spec::Verdict;
  switch (v) {
    case Verdict::proved: return "32";
    case Verdict::violated: return "31";
    case Verdict::not_applicable: return "2";
    case Verdict::holds_in_scope:
    case Verdict::vacuous:
    case Verdict::unknown: return "33";
  }
  return "0";
}

}  // namespace

std::string words(spec::Verdict verdict) { return io::verdict_words(verdict); }

std::string painted(const Session& session, spec::Verdict verdict, std::string_view text, std::size_t width) {
  return in_colour(session, colour_of(verdict), padded(text, width));
}
std::string good(const Session& session, std::string_view text) { return in_colour(session, "32", text); }
std::string bad(const Session& session, std::string_view text) { return in_colour(session, "31", text); }
std::string dim(const Session& session, std::string_view text) { return in_colour(session, "2", text); }
std::string bold(const Session& session, std::string_view text) { return in_colour(session, "1", text); }

std::string wrapped(const Session& session, std::string_view text, std::size_t indent) {
  return trace::wrapped_words(text, indent, session.columns);
}

std::string headline(const Session& session, const std::string& name, const std::string& title) {
  std::string out = bold(session, name) + '\n';
  if (!title.empty()) out += "  " + wrapped(session, title, 2) + '\n';
  return out;
}

std::string seconds(double s) { return fmt::format("{:.2f} s", s); }

}  // namespace pasid::cli
