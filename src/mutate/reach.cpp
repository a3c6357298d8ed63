#include "src/mutate/reach.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "spec/lang/memory.hpp"
#include "src/base/parallel.hpp"
#include "src/check/hints.hpp"
#include "src/check/scopes.hpp"
#include "src/check/seek.hpp"
#include "src/explore/topology.hpp"
#include "src/mutate/step.hpp"
#include "src/mutate/variants.hpp"
#include "src/smt/keeping.hpp"

namespace pasid::mutate {

using lang::RuleTree;
using spec::NativeFacts;
using spec::NativeState;

const RuleTree* Original::rule(std::string_view label) const {
  const auto found = std::ranges::find(rules, label, &RuleTree::label);
  return found == rules.end() ? nullptr : &*found;
}

namespace {

/// After so many falls of one mutant, what its others would tell of conjuncts is not asked.
constexpr std::size_t most_falls = 64;

/// Into so many parts mutants are shared out, each with a search of its own, which is little beside what they take.
/// Their number is not that of the threads: what is found does not depend on it.
constexpr std::size_t shares = 8;

/// A property, with its conjuncts where there are several.
struct Judge {
  int property;
  std::vector<lang::NodeId> conjuncts;
};

/// The mutants of one rule.
struct Group {
  const RuleTree* rule;
  int number;
  std::vector<std::size_t> mutants;
};

bool takes_part(const Mutant& mutant, std::size_t share) {
  return mutant.of_a_rule() && static_cast<std::size_t>(mutant.rule) % shares == share;
}

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

/// Tries mutants in the states of one search.
class Probe {
 public:
  Probe(const Original& original, const lang::Tree& tree, std::span<const Judge> judges,
        std::span<const Mutant> mutants, const std::vector<bool>& may_break, std::size_t share)
      : original_(original), tree_(tree), judges_(judges), mutants_(mutants), may_break_(may_break),
        reading_(explore::native_reading()), parted_(mutants.size()), fallen_(mutants.size()),
        parts_here_(mutants.size()), falls_here_(mutants.size()) {
    for (std::size_t m = 0; m < mutants.size(); ++m) {
      if (!takes_part(mutants[m], share)) continue;
      if (groups_.empty() || groups_.back().number != mutants[m].rule)
        groups_.push_back({original.rule(mutants[m].of), mutants[m].rule, {}});
      groups_.back().mutants.push_back(m);
    }
  }
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;

  /// Does the mutant do here what the design does? Looks into a state once for all mutants that are still of interest.
  bool alike(std::size_t mutant, const NativeFacts& facts, const NativeState& state) {
    if (!open(mutant)) return !shown(mutant, facts, state, false);
    look(facts, state);
    return !parts_here_[mutant];
  }
  /// Does no step of it break a property?
  bool keeps(std::size_t mutant, const NativeFacts& facts, const NativeState& state) {
    if (!open(mutant)) return !shown(mutant, facts, state, true);
    look(facts, state);
    return !falls_here_[mutant];
  }

  /// The first step of the mutant from there that does otherwise, or that breaks a property.
  std::optional<Shown> shown(std::size_t mutant, const NativeFacts& facts, const NativeState& state, bool falling) {
    const auto group = std::ranges::find_if(groups_, [&](const Group& g) { return g.number == mutants_[mutant].rule; });
    Stepper step(tree_, facts);
    std::optional<Shown> out;
    const std::size_t only[] = {mutant};
    each(*group, only, step, facts, state, [&](std::size_t, const Tried& tried) {
      if (out) return;
      const int broken = falling && step.fires() ? broken_by(facts, state, step.after()) : -1;
      if (falling && broken < 0) return;
      out = Shown{};
      if (broken >= 0) out->property = reading_.properties[static_cast<std::size_t>(broken)].name;
      out->what = "it " + words(mutants_[mutant].changed, step.outcome()) + " where the design " +
                  words(*group->rule, tried.outcome);
    });
    return out;
  }

  std::map<std::pair<int, std::size_t>, std::size_t> convicts;

 private:
  [[nodiscard]] bool open(std::size_t m) const { return !parted_[m] || (may_break_[m] && fallen_[m] < most_falls); }

  /// Tries the rule with all arguments; visits where one of the mutants parts from it.
  template <class Visit>
  void each(const Group& group, std::span<const std::size_t> mutants, Stepper& step, const NativeFacts& facts,
            const NativeState& state, const Visit& visit) {
    const spec::NativeRule& native = spec::native_rules()[static_cast<std::size_t>(group.number)];
    std::array<std::uint8_t, spec::max_params> args{};
    const std::size_t n = group.rule->params.size();
    const auto last = [&](std::size_t k) { return lang::size_of(facts, group.rule->params[k].sort); };
    for (std::size_t k = 0; k < n; ++k) {
      if (last(k) == 0) return;
      args[k] = 1;
    }
    NativeState after = state;
    while (true) {
      const lang::Outcome outcome = native.apply(facts, state, after, args.data(), false);
      const Tried tried{{args.data(), n}, state, outcome, after};
      const std::size_t ended = end_of(*group.rule, outcome);
      for (const std::size_t m : mutants)
        if (step.parts(*group.rule, tried, ended, mutants_[m])) visit(m, tried);
      if (outcome.kind == lang::Outcome::Kind::done) after = state;
      std::size_t k = n;
      while (k > 0 && args[k - 1] == last(k - 1)) args[--k] = 1;
      if (k == 0) return;
      ++args[k - 1];
    }
  }

  void look(const NativeFacts& facts, const NativeState& state) {
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
      each(g, some, step, facts_, state_, [&](std::size_t m, const Tried&) {
        parts_here_[m] = true;
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

  /// The first property that does not hold of the step; -1: all do.
  [[nodiscard]] int broken_by(const NativeFacts& facts, const NativeState& before, const NativeState& after) const {
    for (const int p : original_.proved)
      if (!reading_.properties[static_cast<std::size_t>(p)].holds(facts, before, after)) return p;
    return -1;
  }

  /// Is there a conjunct which alone convicts the mutant of this step?
  void convict(std::size_t mutant, const NativeState& after) {
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

  const Original& original_;
  const lang::Tree& tree_;
  std::span<const Judge> judges_;
  std::span<const Mutant> mutants_;
  const std::vector<bool>& may_break_;
  explore::Reading reading_;
  std::vector<Group> groups_;
  std::vector<bool> parted_;
  std::vector<std::size_t> fallen_;  ///< in how many states a property fell
  bool looked_ = false;              ///< into
  NativeFacts facts_;                ///< these facts and
  NativeState state_;                ///< this state; and found
  std::vector<bool> parts_here_;
  std::vector<bool> falls_here_;
};

/// What one scope shows.
Reached reach_in(const Original& original, const lang::Tree& tree, std::span<const Judge> judges,
                 std::span<const Mutant> mutants, const std::vector<bool>& may_break, const explore::Scope& scope,
                 std::size_t share, std::size_t max_states) {
  Probe probe(original, tree, judges, mutants, may_break, share);
  explore::Options options;
  options.grain = explore::Grain::step;
  options.slice = false;
  options.max_states = max_states;
  options.reading = check::search_reading();
  for (const bool falling : {false, true})
    for (std::size_t m = 0; m < mutants.size(); ++m) {
      if (!takes_part(mutants[m], share) || (falling && !may_break[m])) continue;
      options.properties.push_back(static_cast<int>(options.reading.properties.size()));
      options.reading.properties.push_back(
          {"mutant", lang::PropertyKind::state, [](const NativeFacts&) { return true; },
           [&probe, m, falling](const NativeFacts& facts, const NativeState&, const NativeState& after) {
             return falling ? probe.keeps(m, facts, after) : probe.alike(m, facts, after);
           }});
    }
  Reached out;
  out.parts.resize(mutants.size());
  out.falls.resize(mutants.size());
  if (options.properties.empty()) return out;
  explore::Result found =
      explore::search(original.tree, explore::topologies(original.tree, original.knobs, scope), options);
  out.states = found.states;
  std::size_t i = 0;
  for (const bool falling : {false, true})
    for (std::size_t m = 0; m < mutants.size(); ++m) {
      if (!takes_part(mutants[m], share) || (falling && !may_break[m])) continue;
      auto& path = found.paths[i++];
      if (!path) continue;
      auto shown = probe.shown(m, path->facts, path->last(), falling);
      if (!shown) throw std::logic_error("mutate: " + mutants[m].name() + ": what a search found is not found again");
      shown->path = std::move(*path);
      (falling ? out.falls : out.parts)[m] = std::move(shown);
    }
  out.convicts = std::move(probe.convicts);
  return out;
}

void keep_shorter(std::vector<std::optional<Shown>>& all, std::vector<std::optional<Shown>>& more) {
  for (std::size_t m = 0; m < all.size(); ++m)
    if (more[m] && (!all[m] || more[m]->steps() < all[m]->steps())) all[m] = std::move(more[m]);
}

}  // namespace

std::vector<bool> may_break(const Original& original, const smt::Proof& proof, std::span<const Mutant> mutants,
                            unsigned threads, const std::function<void(const std::string&)>& progress) {
  std::vector<char> out(mutants.size());
  std::vector<std::optional<smt::Keeping>> solvers(std::max(1U, threads));
  std::atomic<std::size_t> done = 0;
  in_parallel(mutants.size(), threads, [&](std::size_t m, unsigned thread) {
    if (progress) progress("steps, " + std::to_string(done++) + " of " + std::to_string(mutants.size()));
    if (!solvers[thread]) solvers[thread].emplace(original.tree, original.knobs, proof, check::proof_hints());
    out[m] = solvers[thread]->keeps(mutants[m].changed) ? 0 : 1;
  });
  return {out.begin(), out.end()};
}

Reached reach(const Original& original, std::span<const Mutant> mutants, const std::vector<bool>& may_break,
              const ReachOptions& options) {
  lang::Tree tree = original.tree;
  const std::vector<Judge> judges = judges_of(tree, original);
  const auto scopes = check::growing_scopes(original.tree, original.knobs);
  const std::size_t n = std::min(options.scopes, scopes.size());
  std::vector<Reached> found(n * shares);
  std::atomic<std::size_t> done = 0;
  in_parallel(found.size(), options.threads, [&](std::size_t i, unsigned) {
    if (options.progress)
      options.progress("reachable states, " + std::to_string(++done) + " of " + std::to_string(found.size()));
    found[i] =
        reach_in(original, tree, judges, mutants, may_break, scopes[i / shares].scope, i % shares, options.max_states);
  });
  Reached out;
  out.parts.resize(mutants.size());
  out.falls.resize(mutants.size());
  for (std::size_t scope = 0; scope < n; ++scope) {
    std::size_t states = 0;  // each search stops once it has nothing left to find
    for (Reached& r : std::span(found).subspan(scope * shares, shares)) {
      keep_shorter(out.parts, r.parts);
      keep_shorter(out.falls, r.falls);
      out.convicts.merge(r.convicts);
      states = std::max(states, r.states);
    }
    out.states += states;
  }
  return out;
}

}  // namespace pasid::mutate
