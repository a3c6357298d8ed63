#include "src/conform/deciding.hpp"

#include <algorithm>

#include "src/conform/checker.hpp"

namespace pasid::conform {
namespace {

/// Of the ways a call can end, the guard of those that give this answer; empty where they have not one in common.
std::string_view decides(Checker& checker, const Call& call, const Answer& answer) {
  const Stepper& stepper = checker.stepper();
  std::string_view out;
  for (const Way& way : checker.ways(call)) {
    if (way.guard == nullptr || stepper.answer(way, stepper.catalogue()[call.kind]) != answer) continue;
    if (!out.empty() && out != way.guard) return {};
    out = way.guard;
  }
  return out;
}

}  // namespace

std::vector<std::string_view> deciding_guards(const Catalogue& catalogue, const World& world,
                                              std::span<const Call> calls, std::span<const Answer> answers) {
  std::vector<std::string_view> out(calls.size());
  Checker checker(catalogue, world);
  for (std::size_t i = 0; i < std::min(calls.size(), answers.size()); ++i) {
    const std::string_view guard =
        answers[i].kind == Answer::Kind::ok ? std::string_view() : decides(checker, calls[i], answers[i]);
    if (checker.step(calls[i], answers[i]) != Checker::Result::ok) break;
    out[i] = guard;
  }
  return out;
}

}  // namespace pasid::conform
