#include "src/review/test_run.hpp"

#include <algorithm>
#include <filesystem>
#include <limits>

#include <fmt/format.h>

#include "src/base/count.hpp"
#include "src/io/json.hpp"
#include "src/io/names.hpp"
#include "src/io/shipped.hpp"

namespace pasid::review {
namespace {

using io::Json;

std::uint64_t number(const Json& value) {
  return value.number(0, std::numeric_limits<std::int64_t>::max(), "a number");
}

std::string counted(const Json& root, std::string_view name) {
  return count(number(root.member(name, "a run of tests"))) + " " + std::string(name);
}

TestRun::Call read_call(const Json& json) {
  constexpr auto what = "a call";
  TestRun::Call out{
      json.member("call", what).text(), number(json.member("asked", what)), number(json.member("ok", what)), {}};
  const auto not_met = json.find("not_met");
  for (const Json::Member& g : json.member("guards", what).members()) {
    const auto why = not_met ? not_met->find(g.name) : std::nullopt;
    out.guards.push_back({g.name, number(g.value), why ? why->text() : ""});
  }
  return out;
}

/// {"calls", "succeeded", "sequences", "seed", "coverage", "found": null or {"why"}}
void read_fuzz(const Json& root, TestRun& out) {
  out.figures = fmt::format("random calls from seed {}: {}, {}, {}", number(root.member("seed", "a run of fuzz")),
                            counted(root, "calls"), counted(root, "succeeded"), counted(root, "sequences"));
  const Json found = root.member("found", "a run of fuzz");
  if (!found.is_null()) out.wrong.push_back({"found", found.member("why", "what was found").text()});
}

/// {"passed", "failed", "unknown", "skipped", "tests": [{"comment", "verdict", "why"}], "guards"}
void read_replay(const Json& root, TestRun& out) {
  out.figures = fmt::format("test vectors: {}, {}, {}, {}", counted(root, "passed"), counted(root, "failed"),
                            counted(root, "unknown"), counted(root, "skipped"));
  for (const Json& test : root.member("tests", "a run of tests").elements()) {
    const std::string verdict = test.member("verdict", "a test").text();
    if (verdict == "passed" || verdict == "skipped") continue;
    const Json why = test.member("why", "a test");
    out.wrong.push_back({test.member("comment", "a test").text() + ": " + verdict, why.is_null() ? "" : why.text()});
  }
}

}  // namespace

TestRun read_test_run(const std::string& file) {
  const io::JsonDocument document = io::JsonDocument::read(file);
  const Json root = document.root();
  TestRun out;
  out.file = file;
  out.implementation = root.member("implementation", "a run of tests").text();
  if (root.find("tests")) read_replay(root, out);
  else if (root.find("coverage")) read_fuzz(root, out);
  else root.fail("this is no run of tests", "what `pasid replay --json` or `pasid fuzz --json` writes");
  const auto calls = root.find(root.find("tests") ? "guards" : "coverage");
  if (calls)
    for (const Json& call : calls->elements()) out.calls.push_back(read_call(call));
  return out;
}

std::vector<std::string> recorded_test_runs() {
  std::vector<std::string> out;
  std::error_code error;
  const auto folder = std::filesystem::path(io::data_root()) / "tests" / "recorded";
  for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    if (it->path().extension() == ".json") out.push_back(it->path().string());
  std::ranges::sort(out, io::comes_before);
  return out;
}

}  // namespace pasid::review
