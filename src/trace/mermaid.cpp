#include "src/trace/mermaid.hpp"

#include <fmt/format.h>

#include "src/trace/layout.hpp"
#include "src/trace/sequence.hpp"

namespace pasid::trace {
namespace {

/// Text after a colon: Mermaid ends it at ';' and reads '#' as the start of an entity; '<' would start a tag.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '#': out += "#35;"; break;
      case ';': out += "#59;"; break;
      case '<': out += "#lt;"; break;
      case '>': out += "#gt;"; break;
      case '"': out += "#quot;"; break;
      case '\n': out += "<br/>"; break;
      default: out += c;
    }
  }
  return out;
}

std::string note(const std::string& from, const std::string& to, const std::vector<std::string>& lines) {
  std::vector<std::string> out;
  out.reserve(lines.size());
  for (const std::string& l : lines) out.push_back(escaped(l));
  return fmt::format("  Note over {}: {}\n", from == to ? from : from + "," + to, joined(out, "<br/>"));
}

/// Over all that is there, the kernel apart, which has no part in what is wrong unless it is alone.
std::string verdict(const Sequence& s) {
  if (s.verdict.empty()) return "";
  const bool skip = s.lanes.size() > 1 && s.lanes.front().name == Sequence::kernel;
  return "  rect rgb(255, 205, 205)\n  " + note(s.lanes[skip ? 1 : 0].name, s.lanes.back().name, s.verdict) + "  end\n";
}

}  // namespace

std::string mermaid(const lang::Tree& tree, const Trace& trace) {
  const Sequence s = sequence(tree, trace);
  std::string out = "sequenceDiagram\n  autonumber\n";
  for (const auto& lane : s.lanes)
    out += lane.name == Sequence::kernel ? fmt::format("  participant {}\n", lane.name)
                                         : fmt::format("  participant {} as {}\n", lane.name, escaped(lane.title));
  for (const auto& m : s.messages) {
    out += fmt::format("  {}->>{}: {}\n", m.from, m.to, escaped(m.label));
    if (!m.changed.empty()) out += note(m.from, m.to, m.changed);
  }
  return out + verdict(s);
}

}  // namespace pasid::trace
