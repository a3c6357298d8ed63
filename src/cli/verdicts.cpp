#include "src/cli/verdicts.hpp"

#include <algorithm>

#include <fmt/ranges.h>

#include "src/cli/text.hpp"
#include "src/conform/words.hpp"

namespace pasid::cli {

using conform::Verdict;
using Outcome = conform::TestResult::Outcome;

namespace {

/// "ENOSPC (bind.pasid-free)", or with several "one of …".
std::string right(const Verdict& verdict, const conform::World& world, const conform::CallKind& kind) {
  std::string out = verdict.expected.size() > 1 ? "one of " : "";
  for (const conform::Allowed& a : verdict.expected) {
    if (&a != &verdict.expected.front()) out += ", ";
    out += conform::words(world, kind, a.answer);
    if (!a.guard.empty()) out += " (" + a.guard + ")";
  }
  return out;
}

/// The guards of the call that answer so, whether they hold, come too late, or are decided by the design's knobs: an
/// implementation may be of another. "bind.pasid-fits-device, …". Empty: none.
std::string guards_of(const conform::Catalogue& catalogue, const conform::CallKind& kind,
                      const conform::Answer& answer) {
  std::vector<std::string_view> labels;
  if (answer.kind == conform::Answer::Kind::error)
    for (const explore::Section& s : kind.transition.sections)
      for (const lang::Guard& g : catalogue.tree().rules[static_cast<std::size_t>(s.rule)].guards)
        if (g.kind == lang::GuardKind::require && g.err == answer.err &&
            std::ranges::find(labels, g.label) == labels.end())
          labels.push_back(g.label);
  return fmt::format("{}", fmt::join(labels, ", "));
}

Outcome outcome_of(Verdict::Kind kind) {
  switch (kind) {
    case Verdict::Kind::ok: return Outcome::passed;
    case Verdict::Kind::unknown: return Outcome::unknown;
    case Verdict::Kind::not_asked: return Outcome::skipped;
    default: return Outcome::failed;
  }
}

}  // namespace

Telling tell(const Verdict& verdict, const conform::Catalogue& catalogue, const conform::World& world,
             std::span<const conform::Call> calls) {
  Telling out{outcome_of(verdict.kind), {}, {}};
  if (verdict.kind == Verdict::Kind::ok) return out;
  const bool of_a_call = verdict.where == Verdict::Where::call;
  const bool wrong_answer = of_a_call && verdict.kind == Verdict::Kind::disallowed && !verdict.expected.empty();
  const std::string number = of_a_call ? "call " + std::to_string(verdict.at + 1) + ", " : "";
  if (wrong_answer) {
    const conform::CallKind& kind = catalogue[calls[verdict.at].kind];
    out.why = number + std::string(kind.name) + ", answered " +
              conform::words(world, kind, verdict.answers[verdict.at]) + "; expected " + right(verdict, world, kind) +
              (verdict.pick.empty() ? "" : "; " + verdict.pick);
  } else {
    out.why = number + verdict.what;
  }

  std::vector<std::pair<std::string, std::string>> lines;
  for (std::size_t i = 0; i < verdict.at + (of_a_call ? 1 : 0); ++i)
    lines.emplace_back(conform::words(catalogue, world, calls[i]),
                       conform::words(world, catalogue[calls[i].kind], verdict.answers[i]));
  std::size_t column = 0;
  for (const auto& [call, answer] : lines) column = std::max(column, call.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string n = std::to_string(i + 1);
    out.detail += std::string(n.size() < 4 ? 4 - n.size() : 0, ' ') + n + "  " + padded(lines[i].first, column + 2) +
                  lines[i].second + '\n';
  }
  if (!verdict.trace.steps.empty()) out.detail += "      PASIDs in traces: " + conform::legend(catalogue, world) + '\n';
  if (!wrong_answer) return out;
  const conform::CallKind& kind = catalogue[calls[verdict.at].kind];
  const conform::Answer& answer = verdict.answers[verdict.at];
  for (const conform::Allowed& a : verdict.expected)
    out.detail += "      expected " + conform::words(world, kind, a.answer) +
                  (a.guard.empty() ? "" : " (" + a.guard + ")") + (a.cites.empty() ? "" : ": " + a.cites) + '\n';
  if (const std::string guards = guards_of(catalogue, kind, answer); !guards.empty())
    out.detail += "      " + conform::words(world, kind, answer) + " is of " + guards + '\n';
  return out;
}

}  // namespace pasid::cli
