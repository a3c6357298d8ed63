// (state, rule, arguments) for comparing two readings of the rules: states that rules reach and states a few cells
// away, drawn so that every guard is the first to fail now and then and a good part of the rules fire.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "spec/lang/tree.hpp"
#include "tests/support/worlds.hpp"

namespace pasid::test {

using lang::Outcome;

inline std::string_view label_of(const Outcome& o) {
  return o.label == nullptr ? std::string_view{} : std::string_view(o.label);
}

/// (state, rule, arguments), and the facts they live in.
struct Triple {
  const NativeFacts& facts;
  const NativeState& state;
  std::size_t rule;
  Args args;
};

/// An outcome of a rule: the place of the guard that is first to fail, or one past the last guard where the rule fires.
using Goal = std::pair<std::size_t, std::size_t>;

/// How often each outcome of each rule was the first: its guards in order, then "fires".
class Outcomes {
 public:
  explicit Outcomes(const lang::Tree& tree) {
    for (const auto& r : tree.rules) {
      std::vector<std::string_view> labels;
      for (const auto& g : r.guards) labels.push_back(g.label);
      labels_.push_back(std::move(labels));
      count_.emplace_back(r.guards.size() + 1, 0);
    }
  }
  std::size_t place(std::size_t rule, const Outcome& o) const {
    const auto& labels = labels_[rule];
    if (o.label == nullptr) return labels.size();
    return static_cast<std::size_t>(std::ranges::find(labels, label_of(o)) - labels.begin());
  }
  void count(std::size_t rule, const Outcome& o) {
    if (const std::size_t at = place(rule, o); at < count_[rule].size()) ++count_[rule][at];
  }
  /// The outcome met least often, among a few or of all.
  Goal rarest(Random& random) const {
    Goal best{0, 0};
    std::uint64_t least = ~std::uint64_t{0};
    const auto look_at = [&](std::size_t r, std::size_t g) {
      if (count_[r][g] >= least) return;
      least = count_[r][g];
      best = {r, g};
    };
    if (coin(random)) {
      for (std::size_t r = 0; r < count_.size(); ++r)
        for (std::size_t g = 0; g < count_[r].size(); ++g) look_at(r, g);
    } else {
      for (int i = 0; i < 6; ++i) {
        const std::size_t r = below(random, count_.size());
        look_at(r, below(random, count_[r].size()));
      }
    }
    return best;
  }
  /// The guard that was first to fail least often.
  std::pair<std::uint64_t, std::string> rarest_guard(const lang::Tree& tree) const {
    std::pair<std::uint64_t, std::string> out{~std::uint64_t{0}, "none"};
    for (std::size_t r = 0; r < count_.size(); ++r)
      for (std::size_t g = 0; g < labels_[r].size(); ++g)
        if (count_[r][g] < out.first) out = {count_[r][g], fmt::format("{} in {}", labels_[r][g], tree.rules[r].label)};
    return out;
  }
  /// The guards that were first to fail less often than that, one a line.
  std::string rarer_than(const lang::Tree& tree, std::uint64_t times) const {
    std::string out;
    for (std::size_t r = 0; r < count_.size(); ++r)
      for (std::size_t g = 0; g < labels_[r].size(); ++g)
        if (count_[r][g] < times)
          out += fmt::format("\n  {} in {}: {}", labels_[r][g], tree.rules[r].label, count_[r][g]);
    return out;
  }
  std::uint64_t fired() const {
    std::uint64_t out = 0;
    for (const auto& c : count_) out += c.back();
    return out;
  }
  std::uint64_t total() const {
    std::uint64_t out = 0;
    for (const auto& c : count_)
      for (const auto n : c) out += n;
    return out;
  }
  std::size_t guards() const {
    std::size_t out = 0;
    for (const auto& l : labels_) out += l.size();
    return out;
  }

 private:
  std::vector<std::vector<std::string_view>> labels_;
  std::vector<std::vector<std::uint64_t>> count_;
};

/// Draws triples, aiming at the outcomes that `seen` has least of.
class Generator {
 public:
  using World = std::pair<NativeFacts, NativeState>;  ///< facts within the axioms, a state reached in them

  Generator(Random& random, const lang::Tree& tree, const Outcomes& seen)
      : random_(random), tree_(tree), seen_(seen), tables_(disturbable(tree, false)),
        yes_or_no_(disturbable(tree, true)), steps_(tree.rules.size(), 0) {
    for (const auto& rule : tree.rules) {
      auto& guards = read_by_.emplace_back();
      std::vector<lang::NodeId> so_far;
      for (const auto& g : rule.guards) {
        so_far.push_back(g.condition);
        for (const auto& w : rule.writes) {
          so_far.insert(so_far.end(), w.index.begin(), w.index.end());
          so_far.push_back(w.condition);
          so_far.push_back(w.value);
        }
        guards.push_back(cells_read(tree, so_far));
        const auto add = [&](const lang::CellInfo& cell) {
          if (std::ranges::find(guards.back(), &cell) == guards.back().end()) guards.back().push_back(&cell);
        };
        for (const auto& w : rule.writes) {
          add(tree.cells[static_cast<std::size_t>(w.cell)]);    // there is something to overwrite
          lang::walk(tree, w.condition, [&](lang::NodeId id) {  // knobs that choose among updates
            if (tree[id].op != lang::Op::read) return;
            const lang::CellInfo& cell = tree.cells[static_cast<std::size_t>(tree[id].ref)];
            if (lang::is_knob(cell) && cell.index.empty()) add(cell);
          });
        }
      }
      for (const auto& w : rule.writes) {
        so_far.insert(so_far.end(), w.index.begin(), w.index.end());
        so_far.push_back(w.condition);
        so_far.push_back(w.value);
      }
      guards.push_back(cells_read(tree, so_far));
      const auto add = [&](const lang::CellInfo& cell) {
        if (std::ranges::find(guards.back(), &cell) == guards.back().end()) guards.back().push_back(&cell);
      };
      for (const auto& w : rule.writes) {
        add(tree.cells[static_cast<std::size_t>(w.cell)]);    // there is something to overwrite
        lang::walk(tree, w.condition, [&](lang::NodeId id) {  // knobs that choose among updates
          if (tree[id].op != lang::Op::read) return;
          const lang::CellInfo& cell = tree.cells[static_cast<std::size_t>(tree[id].ref)];
          if (lang::is_knob(cell) && cell.index.empty()) add(cell);
        });
      }
      met_.emplace_back(rule.guards.size() + 1);
      near_.emplace_back(rule.guards.size() + 1);
    }
  }

  std::vector<std::size_t> favoured;  ///< rules that should fire more often than others

  /// Reached states in which the rule fires, or does a few cells away.
  const std::vector<World>& fired_near(std::size_t rule) const { return met_[rule].back(); }
  /// States in which it fires: reached, or a few cells away.
  const std::vector<World>& fired_in(std::size_t rule) const { return near_[rule].back(); }

  /// Calls `visit(triple)` until it answers false; `visit` does the counting in `seen`.
  template <class Visit>
  void run(const Visit& visit) {
    while (true) {
      const Goal focus =
          !favoured.empty() && coin(random_) ? fires(favoured[below(random_, favoured.size())]) : seen_.rarest(random_);
      const auto start = begin(focus);
      if (!start) continue;
      const NativeFacts& drawn = start->first;
      NativeState state = start->second;
      for (int step = 0; step < 30; ++step) {
        for (int variant = 0; variant < 8; ++variant) {
          const unsigned aim = below(random_, 6);
          const auto [rule, wanted] = aim < 2   ? focus
                                      : aim < 4 ? seen_.rarest(random_)
                                                : fires(below(random_, tree_.rules.size()));
          facts_ = drawn;
          state_ = state;
          if (variant >= 6) approach(rule, wanted);
          else if (variant >= 3) disturb(read_by_[rule][wanted]);
          for (int i = 0; i < 4; ++i) {
            const Triple t = aimed(rule, wanted);
            if (i == 0) remember(met_, t.rule, outcome(t.rule, t.args), {drawn, state}, variant >= 3);
            if (i == 0) remember(near_, t.rule, outcome(t.rule, t.args), {facts_, state_}, variant < 6);
            if (!visit(t)) return;
          }
        }
        if (!advance(drawn, state)) break;
      }
    }
  }

 private:
  using Cells = std::vector<const lang::CellInfo*>;

  /// Where a walk starts: the empty state of a new world, or a state in or near which the outcome was met before, or
  /// the one nearest to it in the order of the rule's guards.
  std::optional<World> begin(const Goal& focus) {
    if (!coin(random_, 3)) {
      const auto& met = met_[focus.first];
      std::size_t at = focus.second;
      while (at > 0 && met[at].empty()) --at;
      if (met[at].empty()) at = focus.second;
      while (at + 1 < met.size() && met[at].empty()) ++at;
      if (!met[at].empty()) return met[at][below(random_, met[at].size())];
    }
    const auto drawn = draw_facts(random_, tree_);
    if (!drawn) return std::nullopt;
    return World{*drawn, NativeState{}};
  }

  using Memory = std::vector<std::vector<std::vector<World>>>;  ///< by rule and outcome

  /// `common`: there is no lack of such worlds.
  void remember(Memory& memory, std::size_t rule, std::size_t met, const World& world, bool common) {
    constexpr std::size_t most = 32;
    auto& known = memory[rule][met];
    if (known.size() < most) known.push_back(world);
    else if (coin(random_, common ? 64 : 16)) known[below(random_, most)] = world;
  }

  Goal fires(std::size_t rule) { return {rule, tree_.rules[rule].guards.size()}; }

  /// One cell away: any cell, or one that the outcome aimed at depends on.
  void disturb(const Cells& near) {
    const auto& cells = !coin(random_, 3) && !near.empty() ? near : coin(random_, 5) ? yes_or_no_ : tables_;
    const lang::CellInfo& cell = *cells[below(random_, cells.size())];
    perturb(random_, cell, facts_, cell.rigid ? bytes_of(facts_) : bytes_of(state_));
  }

  std::size_t outcome(std::size_t rule, const Args& args) {
    scratch_ = state_;
    return seen_.place(rule, spec::native_rules()[rule].apply(facts_, state_, scratch_, args.data(), false));
  }

  /// Several cells away: each change leads to the outcome aimed at, or not away from it; then some more that leave it.
  /// From where the walk is, or near where the outcome was met before.
  void approach(std::size_t rule, std::size_t wanted) {
    if (const auto& known = near_[rule][wanted]; !known.empty() && coin(random_)) {
      std::tie(facts_, state_) = known[below(random_, known.size())];
      disturb(read_by_[rule][wanted]);
    }
    Args args = draw_args(random_, facts_, spec::native_rules()[rule].params);
    std::size_t furthest = climb(rule, wanted, args);
    unsigned more = below(random_, 6);
    for (int tries = 0; tries < 16 && (furthest != wanted || more-- > 0); ++tries) {
      const World before{facts_, state_};
      Args changed = args;
      disturb(read_by_[rule][wanted]);
      const std::size_t got = climb(rule, wanted, changed);
      if (got == wanted || (furthest < wanted ? got >= furthest : furthest > wanted && got > wanted)) {
        furthest = got;
        args = changed;
      } else {
        std::tie(facts_, state_) = before;
      }
    }
  }

  /// Changes arguments one at a time until they have the outcome or get as near to it as was met; which they do.
  std::size_t climb(std::size_t rule, std::size_t wanted, Args& best) {
    const auto params = spec::native_rules()[rule].params;
    std::size_t furthest = outcome(rule, best);
    for (std::size_t tries = 0; tries < 8 * params.size() && furthest != wanted; ++tries) {
      Args args = draw_args(random_, facts_, params);
      if (furthest < wanted) {
        const std::size_t changed = below(random_, params.size());
        for (std::size_t k = 0; k < params.size(); ++k)
          if (k != changed) args[k] = best[k];
      }
      const std::size_t got = outcome(rule, args);
      if (got == wanted || (furthest < wanted ? got >= furthest : got < wanted)) {
        best = args;
        furthest = got;
      }
    }
    return furthest;
  }

  /// A rule that should fire and cannot gives way to others.
  Triple aimed(std::size_t rule, std::size_t wanted) {
    const bool any_rule = wanted == tree_.rules[rule].guards.size();
    for (int others = any_rule ? 12 : 1;; --others) {
      Args args = draw_args(random_, facts_, spec::native_rules()[rule].params);
      const std::size_t got = climb(rule, wanted, args);
      if (got == wanted || others == 1) return {facts_, state_, rule, args};
      std::tie(rule, wanted) = fires(below(random_, tree_.rules.size()));
    }
  }

  /// A step of the walk, by the rule that walks took least often among some that the design has.
  bool advance(const NativeFacts& f, NativeState& s) {
    const auto rules = spec::native_rules();
    facts_ = f;
    state_ = s;
    for (int round = 0; round < 10; ++round) {
      std::vector<std::size_t> some;
      for (std::size_t n = 1 + below(random_, 16); n > 0; --n)
        if (const std::size_t r = below(random_, rules.size()); rules[r].only_if(f)) some.push_back(r);
      std::ranges::sort(some, {}, [&](std::size_t r) { return steps_[r]; });
      for (const std::size_t r : some) {
        Args args = draw_args(random_, f, rules[r].params);
        const std::size_t got = climb(r, fires(r).second, args);
        remember(met_, r, got, {f, s}, false);
        if (got != fires(r).second) continue;
        ++steps_[r];
        rules[r].apply(f, state_, s, args.data(), false);
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
  std::vector<std::vector<Cells>>
      read_by_;  ///< rule, then what the guards up to this one read (last: all, and the updates read and write)
  Memory met_;   ///< reached: the outcome was met there, or a few cells away
  Memory near_;  ///< reached, or a few cells away: the outcome was met there
  std::vector<std::uint64_t> steps_;  ///< rule: how often walks took it
  NativeFacts facts_;
  NativeState state_;
  NativeState scratch_;
};

}  // namespace pasid::test
