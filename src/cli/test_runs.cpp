#include "src/cli/test_runs.hpp"

#include <algorithm>
#include <chrono>

#include "src/base/parallel.hpp"
#include "src/cli/text.hpp"
#include "src/cli/verdicts.hpp"
#include "src/conform/replay.hpp"

namespace pasid::cli {
namespace {

using conform::TestResult;
using Outcome = TestResult::Outcome;

/// As many tests go to one implementation in a row: most have the world of those before, and need no new one.
constexpr std::size_t in_a_row = 16;

/// Empty, or what the implementation has not that the test needs.
std::string lacking(const conform::Capabilities& capabilities, const conform::VectorGroup& group,
                    const conform::VectorTest& test) {
  if (!test.lacks.empty()) return "its device is its own: no " + test.lacks;
  for (const auto& cell : group.observes)
    if (!capabilities.shows(cell)) return "it does not show " + cell;
  for (const conform::Call& call : test.calls) {
    const conform::CallKind& kind = (*group.catalogue)[call.kind];
    if (!capabilities.offers(kind.name)) return "it has no " + std::string(kind.name);
    for (const std::uint8_t k : kind.inputs)
      if (!capabilities.can_tell(kind.params[k], call.args[k]))
        return "it cannot be told " + conform::choice_name(kind.params[k], call.args[k]);
  }
  return capabilities.lacks(group.world);
}

}  // namespace

TestRuns::TestRuns(const std::vector<std::unique_ptr<conform::VectorFile>>& files) {
  for (const auto& file : files)
    for (const conform::VectorGroup& group : file->groups())
      for (const conform::VectorTest& test : group.tests)
        places_.push_back({file.get(), &group, &test, {}, std::nullopt, {}});
}

void TestRuns::run(const std::vector<std::unique_ptr<Implementation>>& implementations, bool fail_fast,
                   bool keep_answers, Progress& progress) {
  const auto all = implementations.size();
  in_parallel(all, static_cast<unsigned>(all), [&](std::size_t i, unsigned) {
    try {
      work(*implementations[i], fail_fast, keep_answers, progress);
    } catch (...) {
      next_ = places_.size();
      throw;
    }
  });
  if (!fail_fast || first_failed_ >= places_.size()) return;
  for (std::size_t i = first_failed_ + 1; i < places_.size(); ++i) places_[i].result.reset();
}

void TestRuns::work(Implementation& implementation, bool fail_fast, bool keep_answers, Progress& progress) {
  const bool alone = places_.size() < in_a_row * 4;
  while (true) {
    const std::size_t row = alone ? 1 : in_a_row;
    const std::size_t first = next_.fetch_add(row);
    if (first >= places_.size()) return;
    for (std::size_t i = first; i < std::min(first + row, places_.size()); ++i) {
      if (fail_fast && i > first_failed_) return;
      one(places_[i], implementation, keep_answers);
      progress.say(count(++done_) + " of " + count(places_.size()) + " tests");
    }
  }
}

void TestRuns::failed(const Place& place, trace::Trace trace) {
  const auto number = static_cast<std::size_t>(&place - places_.data());
  const std::scoped_lock lock(mutex_);
  if (number > first_failed_) return;
  first_failed_ = number;
  first_trace_ = std::move(trace);
}

void TestRuns::one(Place& place, Implementation& implementation, bool keep_answers) {
  const conform::VectorGroup& group = *place.group;
  const conform::VectorTest& test = *place.test;
  implementation.speak(*group.catalogue);
  TestResult out{place.file->path(), test.id, test.comment, Outcome::passed, {}, {}, 0};
  place.lacks = out.why = lacking(implementation->capabilities(), group, test);
  if (!out.why.empty()) {
    out.outcome = Outcome::skipped;
    place.result = std::move(out);
    return;
  }
  const auto start = std::chrono::steady_clock::now();
  conform::ReplayOptions options;
  options.design = place.file->design();
  conform::Verdict verdict = conform::replay(*group.catalogue, group.world, test.calls, *implementation, options);
  if (verdict.kind == conform::Verdict::Kind::backend_failed && verdict.where == conform::Verdict::Where::call &&
      test.calls.size() > 1) {
    options.batch = 1;  // which call was it?
    auto again = conform::replay(*group.catalogue, group.world, test.calls, *implementation, options);
    if (again.kind == conform::Verdict::Kind::ok) verdict.what += " (but not when it was asked again, call by call)";
    else verdict = std::move(again);
  }
  Telling telling = tell(verdict, *group.catalogue, group.world, test.calls);
  out.outcome = telling.outcome;
  out.why = std::move(telling.why);
  out.detail = std::move(telling.detail);
  if (out.outcome == Outcome::failed) failed(place, std::move(verdict.trace));
  if (keep_answers && out.outcome == Outcome::passed) place.answers = std::move(verdict.answers);
  out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  place.result = std::move(out);
}

std::vector<TestResult> TestRuns::results() const {
  std::vector<TestResult> out;
  for (const Place& place : places_)
    if (place.result) out.push_back(*place.result);
  return out;
}

}  // namespace pasid::cli
