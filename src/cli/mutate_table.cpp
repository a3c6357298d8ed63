#include "src/cli/mutate_table.hpp"

#include <algorithm>
#include <iostream>
#include <stdexcept>

#include "src/cli/text.hpp"

namespace pasid::cli {
namespace {

using mutate::Fate;
using mutate::Judged;
using mutate::Mutation;

constexpr Fate fates[] = {Fate::property,   Fate::vector, Fate::lemma,   Fate::reading,
                          Fate::equivalent, Fate::listed, Fate::survivor};

std::string in_a_line(const Judged& j) {
  const std::string steps =
      j.verdict.steps == 0 ? "" : ", " + std::to_string(j.verdict.steps) + (j.verdict.steps == 1 ? " step" : " steps");
  switch (j.verdict.fate) {
    case Fate::property: return "killed by " + j.verdict.by + steps;
    case Fate::vector: return "killed by " + j.verdict.by;
    case Fate::lemma: return "killed by the lemma " + j.verdict.by + steps;
    case Fate::reading: return "killed by reading" + steps + ": " + j.verdict.by;
    case Fate::equivalent: return "equivalent, proved: " + j.verdict.by;
    case Fate::listed: return "listed: " + j.verdict.by;
    case Fate::survivor: return "survives";
  }
  return "";
}

/// A row for each operator and a column for each verdict.
void print_table(const Mutation& m) {
  std::cout << padded("", 18);
  for (const Fate f : fates) std::cout << padded(std::string(name_of(f)), 12);
  std::cout << "all\n";
  for (const std::string_view name : mutate::operator_names) {
    std::size_t all = 0;
    std::string row;
    for (const Fate f : fates) {
      const auto n = static_cast<std::size_t>(std::ranges::count_if(
          m.mutants, [&](const Judged& j) { return j.verdict.fate == f && name_of(j.mutant.by) == name; }));
      all += n;
      row += padded(n == 0 ? "-" : count(n), 12);
    }
    if (all > 0) std::cout << "  " << padded(std::string(name), 16) << row << count(all) << '\n';
  }
  std::cout << "  " << padded("all", 16);
  for (const Fate f : fates) std::cout << padded(count(m.count(f)), 12);
  std::cout << count(m.mutants.size()) << '\n';
}

}  // namespace

void print_mutation(const Session& session, const std::string& design, const Mutation& m, bool all) {
  const bool nothing = m.mutants.empty() && !m.since.empty();
  std::cout << headline(
      session, design,
      nothing ? "nothing of its rules and formulas is another since " + m.since : count(m.mutants.size()) + " mutants");
  if (nothing) return;
  for (const Judged& j : m.mutants) {
    if (j.verdict.fate != Fate::survivor && !all) continue;
    std::cout << "  " << j.mutant.name() << "\n    "
              << wrapped(session, in_a_line(j) + (j.verdict.taken_over ? " (taken over)" : ""), 4) << '\n';
    for (std::size_t i = 0; i < j.verdict.sequence.size(); ++i)
      std::cout << "      " << i + 1 << ' ' << wrapped(session, j.verdict.sequence[i], 8) << '\n';
  }
  std::cout << '\n';
  print_table(m);
  if (const std::size_t n = m.count(Fate::lemma) + m.count(Fate::reading); n > 0 && !all)
    std::cout
        << "  " << count(n)
        << " of them do otherwise in a state that no property and no test asks about: --all prints the way there\n";
  const auto taken_over = std::ranges::count_if(m.mutants, [](const Judged& j) { return j.verdict.taken_over; });
  if (taken_over > 0)
    std::cout << "  " << count(static_cast<std::size_t>(taken_over)) << " of them taken over from " << m.since << '\n';
  for (const std::string& s : m.stale) std::cout << wrapped(session, "A reason too many: " + s + ".", 0) << '\n';
}

void require_mutants_of(const std::vector<mutate::Mutant>& mutants, const std::vector<std::string>& names) {
  for (const std::string& name : names)
    if (std::ranges::find(mutants, name, &mutate::Mutant::of) == mutants.end())
      throw std::invalid_argument("the design has no rule, call, knob, property or lemma '" + name +
                                  "' that could be another");
}

int exit_code(const Mutation& m) {
  const bool left = m.count(Fate::survivor) + m.count(Fate::lemma) + m.count(Fate::reading) > 0 || !m.stale.empty();
  return left ? code::violated : code::holds;
}

}  // namespace pasid::cli
