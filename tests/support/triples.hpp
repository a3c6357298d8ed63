// (state, rule, arguments) for comparing two readings of the rules: states that rules reach and states a few cells
// away, drawn so that every guard is the first to fail now and then and a good part of the rules fire.
#pragma once

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "spec/lang/eval.hpp"
#include "tests/support/outcomes.hpp"
#include "tests/support/worlds.hpp"

namespace pasid::test {

/// (state, rule, arguments), and the facts they live in.
struct Triple {
  const NativeFacts& facts;
  const NativeState& state;
  std::size_t rule;
  Args args;
};

/// For each guard of a rule, then for each update, the cells that it reads or writes, knobs among them.
inline std::vector<std::vector<const lang::CellInfo*>> cells_of(const lang::Tree& tree, const lang::RuleTree& rule) {
  std::vector<std::vector<const lang::CellInfo*>> out;
  for (const lang::Guard& g : rule.guards) out.push_back(cells_read(tree, {g.condition}, true));
  for (const lang::Write& w : rule.writes) {
    std::vector<lang::NodeId> terms = w.index;
    terms.insert(terms.end(), {w.condition, w.value});
    out.push_back(cells_read(tree, terms, true));
    out.back().push_back(&tree.cells[static_cast<std::size_t>(w.cell)]);  // there is something to overwrite
  }
  return out;
}

/// Draws triples, aiming at the outcomes that `seen` has least of.
class Generator {
 public:
  /// Facts within the axioms, a state reached in them, or both a few cells away; and arguments of a rule that was tried
  /// there or near there.
  struct World {
    NativeFacts facts;
    NativeState state;
    Args args{};
  };

  Generator(const Generator&) = delete;  // the evaluator looks at facts_
  Generator& operator=(const Generator&) = delete;
  Generator(Random& random, const lang::Tree& tree, const Outcomes& seen)
      : random_(random), tree_(tree), seen_(seen), tables_(disturbable(tree, false)),
        yes_or_no_(disturbable(tree, true)), steps_(tree.rules.size(), 0), evaluator_(tree, facts_, &facts_) {
    for (const lang::CellInfo& cell : tree.cells)
      if (cell.index.size() == 1 && cell.value->kind == lang::SortKind::entity)
        leading_to_[cell.value].push_back(&cell);
    for (const auto& rule : tree.rules) {
      cells_.push_back(cells_of(tree, rule));
      met_.emplace_back(rule.guards.size() + 1);
      near_.emplace_back(rule.guards.size() + 1);
    }
  }

  /// An update of a rule that should fire: one that makes a difference.
  struct Update {
    std::size_t rule;
    std::size_t write;
  };
  std::vector<Update> favoured;  ///< those that should make a difference more often than others

  /// Reached states in which the rule fires, or does a few cells away.
  const std::vector<World>& fired_near(std::size_t rule) const { return met_[rule].back(); }
  /// States in which it fires: reached, or a few cells away.
  const std::vector<World>& fired_in(std::size_t rule) const { return near_[rule].back(); }

  /// Calls `visit(triple)` until it answers false; `visit` does the counting in `seen`.
  template <class Visit>
  void run(const Visit& visit) {
    while (true) {
      const Aim focus = !favoured.empty() && coin(random_) ? at(favoured[below(random_, favoured.size())])
                                                           : at(seen_.rarest(random_));
      auto start = begin(focus);
      if (!start) continue;
      for (int step = 0; step < 30; ++step) {
        for (int variant = 0; variant < 8; ++variant) {
          const unsigned aim = below(random_, 6);
          const Aim a = aim < 2 ? focus : aim < 4 ? at(seen_.rarest(random_)) : at(below(random_, tree_.rules.size()));
          move_to(start->facts, start->state);
          Args args = draw_args(random_, facts_, params(a.rule));
          const bool reached = variant < 3;
          if (variant >= 5) approach(a, args);
          else if (!reached) disturb(*a.cells, args, params(a.rule));
          for (int i = 0; i < 4; ++i) {
            const Triple t = aimed(a.rule, a.wanted, i == 0 ? args : draw_args(random_, facts_, params(a.rule)));
            if (i == 0) {
              const std::size_t got = outcome(t.rule, t.args);
              remember(met_, t.rule, got, start->facts, start->state, t.args, !reached);
              remember(near_, t.rule, got, facts_, state_, t.args, reached);
            }
            if (!visit(t)) return;
          }
        }
        if (!advance(*start)) break;
      }
    }
  }

 private:
  using Cells = std::vector<const lang::CellInfo*>;
  using Memory = std::vector<std::vector<std::vector<World>>>;  ///< by rule and outcome

  /// What a triple should show: that outcome of a rule; where it is to fire, that one update makes a difference.
  struct Aim {
    std::size_t rule;
    std::size_t wanted;
    std::size_t write;   ///< where it is to fire
    const Cells* cells;  ///< of the guard, or of the update
  };
  Aim at(const Update& u) const {
    const std::size_t guards = tree_.rules[u.rule].guards.size();
    return {u.rule, guards, u.write, &cells_[u.rule][guards + u.write]};
  }
  Aim at(std::size_t rule) { return at(Update{rule, below(random_, tree_.rules[rule].writes.size())}); }
  Aim at(const Goal& g) {
    const auto [rule, wanted] = g;
    if (wanted == tree_.rules[rule].guards.size()) return at(rule);
    return {rule, wanted, 0, &cells_[rule][wanted]};
  }

  static std::span<const lang::SortInfo* const> params(std::size_t rule) { return spec::native_rules()[rule].params; }
  std::size_t fires(std::size_t rule) const { return tree_.rules[rule].guards.size(); }

  /// A world in which the rule had the outcome, or else one beyond it in the order of the rule's guards, or before it.
  const World* known(const std::vector<std::vector<World>>& by_outcome, std::size_t wanted) {
    std::size_t at = wanted;
    while (at + 1 < by_outcome.size() && by_outcome[at].empty()) ++at;
    if (by_outcome[at].empty()) at = wanted;
    while (at > 0 && by_outcome[at].empty()) --at;
    const auto& worlds = by_outcome[at];
    return worlds.empty() ? nullptr : &worlds[below(random_, worlds.size())];
  }

  /// Where a walk starts: where the outcome was met before, in or near a reached state; or the empty state of a new
  /// world.
  std::optional<World> begin(const Aim& focus) {
    if (!coin(random_, 3))
      if (const World* const w = known(met_[focus.rule], focus.wanted)) return *w;
    const auto drawn = draw_facts(random_, tree_);
    if (!drawn) return std::nullopt;
    return World{*drawn, NativeState{}};
  }

  /// `common`: there is no lack of such worlds.
  void remember(Memory& memory, std::size_t rule, std::size_t met, const NativeFacts& facts, const NativeState& state,
                const Args& args, bool common) {
    constexpr std::size_t most = 32;
    auto& worlds = memory[rule][met];
    if (worlds.size() < most) worlds.push_back({facts, state, args});
    else if (coin(random_, common ? 64 : 16)) worlds[below(random_, most)] = {facts, state, args};
  }

  void move_to(const NativeFacts& facts, const NativeState& state) {
    facts_ = facts;
    state_ = scratch_ = state;
  }

  /// Where the walk has got to, or some cells away from there.
  std::size_t outcome(std::size_t rule, const Args& args) {
    const Outcome o = spec::native_rules()[rule].apply(facts_, state_, scratch_, args.data(), false);
    if (o.label == nullptr) scratch_ = state_;
    return seen_.place(rule, o);
  }

  /// A byte that was changed, and how to change it back.
  struct Change {
    bool in_facts;
    std::size_t at;
    std::uint8_t was;
  };
  std::uint8_t put(bool in_facts, std::size_t at, std::uint8_t value) {
    const std::uint8_t was = std::exchange((in_facts ? bytes_of(facts_) : bytes_of(state_))[at], value);
    if (!in_facts) bytes_of(scratch_)[at] = value;
    return was;
  }

  /// An element: any, an argument, or what tables of one index lead to from there (the device of a file's queue).
  std::uint8_t element(const lang::SortInfo* sort, const Args& args, std::span<const lang::SortInfo* const> params,
                       int steps = 3) {
    const unsigned how = below(random_, 4);
    if (how == 1) {
      const std::size_t first = params.empty() ? 0 : below(random_, params.size());
      for (std::size_t k = 0; k < params.size(); ++k)
        if (const std::size_t p = (first + k) % params.size(); params[p] == sort) return args[p];
    } else if (how >= 2 && steps > 0) {
      if (const auto to = leading_to_.find(sort); to != leading_to_.end()) {
        const lang::CellInfo& cell = *to->second[below(random_, to->second.size())];
        const std::uint8_t from = element(cell.index[0], args, params, steps - 1);
        const std::size_t at = lang::place(cell, std::span(&from, 1));
        const std::uint8_t found = (cell.rigid ? bytes_of(facts_) : bytes_of(state_))[at];
        if (found != 0) return found;
      }
    }
    return static_cast<std::uint8_t>(1 + below(random_, static_cast<std::size_t>(lang::size_of(facts_, sort))));
  }

  /// One cell away: mostly one of those `near`, at what the arguments lead to.
  Change disturb(const Cells& near, const Args& args, std::span<const lang::SortInfo* const> params) {
    const auto& cells = !coin(random_, 6) && !near.empty() ? near : coin(random_, 5) ? yes_or_no_ : tables_;
    const lang::CellInfo& cell = *cells[below(random_, cells.size())];
    std::array<std::uint8_t, 4> index{};
    for (std::size_t k = 0; k < cell.index.size(); ++k) index[k] = element(cell.index[k], args, params);
    const std::size_t at = lang::place(cell, std::span(index.data(), cell.index.size()));
    const auto values = static_cast<std::size_t>(lang::size_of(facts_, cell.value)) + 1;
    return {cell.rigid, at, put(cell.rigid, at, static_cast<std::uint8_t>(below(random_, values)))};
  }

  /// Does the update alone change anything?
  bool matters(const Aim& a, const Args& args) {
    const lang::RuleTree& rule = tree_.rules[a.rule];
    one_update_.params = rule.params;
    one_update_.writes = {rule.writes[a.write]};
    (void)evaluator_.apply(one_update_, &state_, &scratch_, args);
    const bool out = std::memcmp(&state_, &scratch_, sizeof state_) != 0;
    if (out) scratch_ = state_;
    return out;
  }

  /// How far an outcome is from the one wanted. Beyond it one guard has to fail; before it one after the other to hold.
  static std::size_t distance(std::size_t got, std::size_t wanted) {
    return got == wanted ? 0 : got > wanted ? 1 : 1 + wanted - got;
  }

  /// Several cells away, from where the walk is or where the rule had an outcome like this before: changes that do not
  /// lead away from the outcome wanted, of what stands in its way; then some more that leave it.
  void approach(const Aim& a, Args& args) {
    if (!coin(random_, 4)) {
      if (const World* const w = known(near_[a.rule], a.wanted)) {
        move_to(w->facts, w->state);
        args = w->args;
      }
    }
    const bool to_fire = a.wanted == fires(a.rule);
    std::size_t at = outcome(a.rule, args);
    unsigned more = below(random_, 6);
    for (int tries = 0; tries < 40; ++tries) {
      if (at == a.wanted && (!to_fire || matters(a, args)) && more-- == 0) return;
      std::optional<Change> changed;
      Args now = args;
      if (coin(random_, 3) && !params(a.rule).empty()) {
        const std::size_t k = below(random_, params(a.rule).size());
        now[k] = draw_args(random_, facts_, params(a.rule))[k];
      } else {
        // What fails too early; or what should fail; or, once it does, what comes after, so that both fail.
        const bool beyond = at == a.wanted && !to_fire && coin(random_);
        const Cells& cells = at < a.wanted ? cells_[a.rule][at] : beyond ? cells_[a.rule][at + 1] : *a.cells;
        changed = disturb(cells, args, params(a.rule));
      }
      const std::size_t got = outcome(a.rule, now);
      if (distance(got, a.wanted) <= distance(at, a.wanted)) {
        at = got;
        args = now;
      } else if (changed) {
        put(changed->in_facts, changed->at, changed->was);
      }
    }
  }

  /// Changes arguments one at a time until they have the outcome or get as near to it as was met; which they do.
  std::size_t climb(std::size_t rule, std::size_t wanted, Args& best) {
    std::size_t at = outcome(rule, best);
    for (std::size_t tries = 0; tries < 8 * params(rule).size() && at != wanted; ++tries) {
      Args args = draw_args(random_, facts_, params(rule));
      if (at < wanted) {
        const std::size_t changed = below(random_, params(rule).size());
        for (std::size_t k = 0; k < params(rule).size(); ++k)
          if (k != changed) args[k] = best[k];
      }
      const std::size_t got = outcome(rule, args);
      if (distance(got, wanted) <= distance(at, wanted)) {
        best = args;
        at = got;
      }
    }
    return at;
  }

  /// A rule that should fire and cannot gives way to others.
  Triple aimed(std::size_t rule, std::size_t wanted, Args args) {
    const bool any_rule = wanted == fires(rule);
    for (int others = any_rule ? 12 : 1;; --others) {
      const std::size_t got = climb(rule, wanted, args);
      if (got == wanted || others == 1) return {facts_, state_, rule, args};
      rule = below(random_, tree_.rules.size());
      wanted = fires(rule);
      args = draw_args(random_, facts_, params(rule));
    }
  }

  /// A step of the walk, by the rule that walks took least often among some that the design has.
  bool advance(World& at) {
    const auto rules = spec::native_rules();
    move_to(at.facts, at.state);
    for (int round = 0; round < 10; ++round) {
      std::vector<std::size_t> some;
      for (std::size_t n = 1 + below(random_, 16); n > 0; --n)
        if (const std::size_t r = below(random_, rules.size()); rules[r].only_if(facts_)) some.push_back(r);
      std::ranges::sort(some, {}, [&](std::size_t r) { return steps_[r]; });
      for (const std::size_t r : some) {
        Args args = draw_args(random_, facts_, params(r));
        const std::size_t got = climb(r, fires(r), args);
        remember(met_, r, got, facts_, state_, args, false);
        if (got != fires(r)) continue;
        ++steps_[r];
        rules[r].apply(facts_, state_, at.state, args.data(), false);
        return true;
      }
    }
    return false;
  }

  Random& random_;
  const lang::Tree& tree_;
  const Outcomes& seen_;
  Cells tables_;
  Cells yes_or_no_;
  std::map<const lang::SortInfo*, Cells> leading_to_;  ///< by sort: tables of one index with such elements
  std::vector<std::vector<Cells>> cells_;              ///< by rule: see cells_of()
  Memory met_;                                         ///< reached: the outcome was met there, or a few cells away
  Memory near_;                                        ///< reached, or a few cells away: the outcome was met there
  std::vector<std::uint64_t> steps_;                   ///< by rule: how often walks took it
  NativeFacts facts_;
  NativeState state_;
  NativeState scratch_;        ///< equals state_ between attempts
  lang::RuleTree one_update_;  ///< without guards
  lang::Evaluator evaluator_;  ///< of facts_
};

}  // namespace pasid::test
