#include "src/mutate/probe.hpp"

#include <algorithm>
#include <cstring>

#include "src/mutate/variants.hpp"

namespace pasid::mutate {

using spec::NativeFacts;
using spec::NativeState;

namespace {

/// After so many falls of one mutant, what its others would tell of conjuncts is not asked.
constexpr std::size_t most_falls = 64;

}  // namespace

std::vector<Judge> judges_of(lang::Tree& tree, const Original& original) {
  std::vector<Judge> out;
  int number = 0;
  for (const lang::Formula& f : original.tree.formulas) {
    if (f.kind != lang::FormulaKind::property) continue;
    if (std::ranges::find(original.proved, number) != original.proved.end())
      out.push_back({number, conjuncts_of(tree, f.body, original.knobs)});
    ++number;
  }
  return out;
}

Probe::Probe(const Original& original, const lang::Tree& tree, std::span<const Judge> judges,
             std::span<const Mutant> mutants, const std::vector<bool>& may_break, const std::vector<std::size_t>& mine)
    : original_(original), tree_(tree), judges_(judges), mutants_(mutants), may_break_(may_break),
      reading_(explore::native_reading()), parted_(mutants.size()), fallen_(mutants.size()),
      parts_here_(mutants.size()), falls_here_(mutants.size()) {
  for (const std::size_t m : mine) {
    if (groups_.empty() || groups_.back().number != mutants[m].rule)
      groups_.push_back({original.rule(mutants[m].of), mutants[m].rule, {}});
    groups_.back().mutants.push_back(m);
  }
}

bool Probe::open(std::size_t m) const { return !parted_[m] || (may_break_[m] && fallen_[m] < most_falls); }

/// Tries the rule with all arguments; visits where one of the mutants parts from it.
template <class Visit>
void Probe::each(const Group& group, std::span<const std::size_t> mutants, Stepper& step, const NativeFacts& facts,
                 const NativeState& state, const Visit& visit) {
  const spec::NativeRule& native = spec::native_rules()[static_cast<std::size_t>(group.number)];
  NativeState after = state;
  each_arguments(facts, native, [&](std::span<const std::uint8_t> args) {
    const lang::Outcome outcome = native.apply(facts, state, after, args.data(), false);
    const Tried tried{args, state, outcome, after};
    const std::size_t ended = end_of(*group.rule, outcome);
    for (const std::size_t m : mutants)
      if (const Parting p = step.parting(*group.rule, tried, ended, mutants_[m]); p != Parting::nowhere)
        visit(m, tried, p);
    if (outcome.kind == lang::Outcome::Kind::done) after = state;
    return true;
  });
}

/// The first property that does not hold of the step; -1: all do.
int Probe::broken_by(const NativeFacts& facts, const NativeState& before, const NativeState& after) const {
  for (const int p : original_.proved)
    if (!reading_.properties[static_cast<std::size_t>(p)].holds(facts, before, after)) return p;
  return -1;
}

/// Is there a conjunct which alone convicts the mutant of this step?
void Probe::convict(std::size_t mutant, const NativeState& after) {
  lang::Evaluator evaluate(tree_, facts_, &facts_);
  std::size_t broken = 0;
  std::pair<int, std::size_t> which;
  for (const Judge& j : judges_) {
    if (reading_.properties[static_cast<std::size_t>(j.property)].holds(facts_, state_, after)) continue;
    for (std::size_t c = 0; c < j.conjuncts.size(); ++c)
      if (evaluate.value(j.conjuncts[c], &after, &state_) == 0) {
        ++broken;
        which = {j.property, c};
      }
  }
  if (broken == 1) convicts.try_emplace(which, mutant);
}

void Probe::look(const NativeFacts& facts, const NativeState& state) {
  if (looked_ && std::memcmp(&facts, &facts_, sizeof facts) == 0 && std::memcmp(&state, &state_, sizeof state) == 0)
    return;
  looked_ = true;
  facts_ = facts;
  state_ = state;
  parts_here_.assign(mutants_.size(), false);
  falls_here_.assign(mutants_.size(), false);
  Stepper step(tree_, facts_);
  for (const Group& g : groups_) {
    std::vector<std::size_t> some;
    for (const std::size_t m : g.mutants)
      if (open(m)) some.push_back(m);
    if (some.empty()) continue;
    each(g, some, step, facts_, state_, [&](std::size_t m, const Tried&, Parting parting) {
      if (parting == Parting::asked) parts_here_[m] = true;
      if (!step.fires() || broken_by(facts_, state_, step.after()) < 0) return;
      falls_here_[m] = true;
      convict(m, step.after());
    });
  }
  for (std::size_t m = 0; m < mutants_.size(); ++m) {
    parted_[m] = parted_[m] || parts_here_[m];
    if (falls_here_[m]) ++fallen_[m];
  }
}

bool Probe::alike(std::size_t mutant, const NativeFacts& facts, const NativeState& state) {
  if (!open(mutant)) return !shown(mutant, facts, state, false);
  look(facts, state);
  return !parts_here_[mutant];
}

bool Probe::keeps(std::size_t mutant, const NativeFacts& facts, const NativeState& state) {
  if (!open(mutant)) return !shown(mutant, facts, state, true);
  look(facts, state);
  return !falls_here_[mutant];
}

std::optional<Shown> Probe::shown(std::size_t mutant, const NativeFacts& facts, const NativeState& state,
                                  bool falling) {
  const auto group = std::ranges::find_if(groups_, [&](const Group& g) { return g.number == mutants_[mutant].rule; });
  Stepper step(tree_, facts);
  std::optional<Shown> out;
  const std::size_t only[] = {mutant};
  each(*group, only, step, facts, state, [&](std::size_t, const Tried& tried, Parting parting) {
    if (out || (!falling && parting != Parting::asked)) return;
    const int broken = falling && step.fires() ? broken_by(facts, state, step.after()) : -1;
    if (falling && broken < 0) return;
    out = Shown{};
    if (broken >= 0) out->property = reading_.properties[static_cast<std::size_t>(broken)].name;
    out->what = "it " + words(mutants_[mutant].changed, step.outcome()) + " where the design " +
                words(*group->rule, tried.outcome);
  });
  return out;
}

}  // namespace pasid::mutate
