#include "src/conform/report.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <sstream>

#include <fmt/format.h>

#include "src/io/error.hpp"
#include "src/trace/markup.hpp"

namespace pasid::conform {
namespace {

using Outcome = TestResult::Outcome;

/// A description in TAP ends at '#', and stands on one line.
std::string described(const TestResult& r) {
  std::string out = io::on_one_line(title(r) + ": " + r.comment);
  std::ranges::replace(out, '#', ' ');
  return out;
}

}  // namespace

std::string_view name_of(Outcome outcome) {
  constexpr std::array<std::string_view, 4> names{"passed", "failed", "unknown", "skipped"};
  return names[static_cast<std::size_t>(outcome) - 1];
}

std::string title(const TestResult& result) {
  return result.file + (result.id == 0 ? "" : ": test " + std::to_string(result.id));
}

std::string tap(const std::vector<TestResult>& results) {
  std::string out = fmt::format("TAP version 13\n1..{}\n", results.size());
  std::size_t number = 0;
  for (const TestResult& r : results) {
    const bool ok = r.outcome == Outcome::passed || r.outcome == Outcome::skipped;
    out += fmt::format("{} {} - {}", ok ? "ok" : "not ok", ++number, described(r));
    if (r.outcome == Outcome::skipped) out += " # SKIP " + io::on_one_line(r.why);
    out += '\n';
    if (ok) continue;
    out += fmt::format("  ---\n  verdict: {}\n  why: >\n    {}\n  detail: |\n", name_of(r.outcome),
                       io::on_one_line(r.why));
    std::istringstream lines(r.detail);
    for (std::string line; std::getline(lines, line);) out += "    " + line + '\n';
    out += "  ...\n";
  }
  return out;
}

std::string junit(const std::vector<TestResult>& results, const std::string& implementation) {
  std::map<std::string, std::vector<const TestResult*>> files;
  for (const TestResult& r : results) files[r.file].push_back(&r);
  std::string out =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"" + trace::markup(implementation) + "\">\n";
  for (const auto& [file, tests] : files) {
    const auto count = [&, &tests = tests](Outcome o) { return std::ranges::count(tests, o, &TestResult::outcome); };
    double seconds = 0;
    for (const TestResult* r : tests) seconds += r->seconds;
    out += fmt::format(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{:.3f}\">\n",
        trace::markup(file), tests.size(), count(Outcome::failed), count(Outcome::unknown), count(Outcome::skipped),
        seconds);
    for (const TestResult* r : tests) {
      out += fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{:.6f}\"", trace::markup(file),
                         trace::markup((r->id == 0 ? "" : std::to_string(r->id) + ": ") + r->comment), r->seconds);
      const std::string why = trace::markup(io::on_one_line(r->why));
      switch (r->outcome) {
        case Outcome::passed: out += "/>\n"; break;
        case Outcome::skipped: out += ">\n      <skipped message=\"" + why + "\"/>\n    </testcase>\n"; break;
        default: {
          const std::string tag = r->outcome == Outcome::failed ? "failure" : "error";
          out += fmt::format(">\n      <{0} message=\"{1}\">{2}</{0}>\n    </testcase>\n", tag, why,
                             trace::markup(r->detail));
        }
      }
    }
    out += "  </testsuite>\n";
  }
  return out + "</testsuites>\n";
}

}  // namespace pasid::conform
