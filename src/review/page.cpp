#include "src/review/page.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "src/io/names.hpp"
#include "src/review/addresses.hpp"
#include "src/review/shell_tables.hpp"
#include "src/trace/markup.hpp"
#include "src/trace/sequence.hpp"
#include "src/trace/text.hpp"

namespace pasid::review {
namespace {

/// How wide the tables of a state are, in columns: what the half of a page has room for.
constexpr std::size_t state_columns = 72;

nlohmann::json for_player(const lang::Tree& tree, const trace::Trace& trace) {
  const trace::Sequence drawn = trace::sequence(tree, trace);
  nlohmann::json out{{"lanes", nlohmann::json::array()},
                     {"messages", nlohmann::json::array()},
                     {"verdict", drawn.verdict},
                     {"states", nlohmann::json::array()}};
  for (const auto& lane : drawn.lanes) out["lanes"].push_back({{"name", lane.name}, {"title", lane.title}});
  for (const auto& m : drawn.messages)
    out["messages"].push_back({{"from", m.from}, {"to", m.to}, {"label", m.label}, {"changed", m.changed}});
  for (std::size_t i = 0; i <= trace.steps.size(); ++i)
    out["states"].push_back(state_tables(tree, trace.facts, trace.before(i), state_columns));
  return out;
}

/// What each page leads to.
constexpr std::pair<std::string_view, std::string_view> parts[] = {{"index.html#claims", "Claims"},
                                                                   {"index.html#matrix", "Designs and properties"},
                                                                   {address::rules, "Rules"},
                                                                   {address::formulas, "Properties"},
                                                                   {address::bugs, "Bugs"},
                                                                   {address::vectors, "Vectors"},
                                                                   {address::conformance, "Conformance"},
                                                                   {address::figures, "Figures"},
                                                                   {address::assumptions, "Assumptions"},
                                                                   {address::guide, "Guide"}};

/// JSON inside an element of script, which nothing in it may end.
std::string in_script(const nlohmann::json& json) {
  std::string out;
  for (const char c : json.dump())
    if (c == '<') out += "\\u003c";
    else out += c;
  return out;
}

}  // namespace

std::string element(std::string_view tag, std::string_view text, std::string_view attributes) {
  return "<" + std::string(tag) + (attributes.empty() ? "" : " ") + std::string(attributes) + ">" +
         trace::markup(text) + "</" + std::string(tag) + ">";
}

std::string verdict_element(spec::Verdict verdict) {
  return element("strong", io::verdict_words(verdict), "class=\"" + std::string(io::name_of(verdict)) + "\"");
}

std::string page(std::string_view title, std::string_view up, const std::string& body) {
  std::string out =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n" +
      element("title", title) + "\n<link rel=\"stylesheet\" href=\"" + std::string(style_file) +
      "\">\n<link rel=\"icon\" href=\"data:,\">\n<script src=\"" + std::string(script_file) +
      "\" defer></script>\n</head>\n<body>\n<nav aria-label=\"report\">";
  for (const auto& [to, name] : parts) out += link(to, name) + ' ';
  if (!up.empty()) out += element("a", "Back (Esc)", "rel=\"up\" href=\"" + trace::markup(up) + "\"");
  return out + "<button type=\"button\" id=\"theme\">Dark</button></nav>\n<main>\n" + element("h1", title) + '\n' +
         body + "</main>\n</body>\n</html>\n";
}

std::string player(const lang::Tree& tree, const trace::Trace& trace) {
  return "<figure class=\"player\"><script type=\"application/json\">" + in_script(for_player(tree, trace)) +
         "</script></figure>\n<details><summary>the trace as text</summary>" +
         element("pre", trace::text(tree, trace), "tabindex=\"0\"") + "</details>\n";
}

}  // namespace pasid::review
