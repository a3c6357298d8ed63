#include "src/review/intrusion.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <unordered_set>

#include "spec/lang/memory.hpp"
#include "src/check/convert.hpp"
#include "src/check/scopes.hpp"
#include "src/explore/topology.hpp"
#include "src/explore/worlds.hpp"

namespace pasid::review {
namespace {

using explore::Fired;
using explore::Grain;
using explore::PathStep;
using explore::Successor;
using explore::Transition;
using explore::Transitions;
using spec::NativeFacts;
using spec::NativeState;

/// A state between calls, and how it was reached.
struct Arrival {
  const explore::World* world;
  NativeState state;
  std::size_t parent;  ///< the first of a world is its own
  PathStep by;
};

PathStep step_of(const Successor& s) {
  PathStep out{std::string(s.by.label), s.by.call, {s.fired.begin(), s.fired.end()}, s.after(), {}};
  if (s.refused != nullptr) out.refused = *s.refused;
  return out;
}

Transitions kept(Transitions all, const Others& others) {
  std::vector<bool> wanted;
  for (const Transition& t : all.list()) wanted.push_back(others.have(t.label));
  all.keep(wanted);
  return all;
}

class IntrusionSearch {
 public:
  IntrusionSearch(const Side& side, const std::vector<std::string>& calls, const std::set<int>& cells,
                  const Others& others)
      : side_(side), tree_(*side.tree), calls_(calls), cells_(cells),
        transitions_(tree_, side.reading, side.knobs, Grain::call), by_others_(kept(transitions_, others)),
        outer_(transitions_), inner_(by_others_), again_(transitions_), last_(transitions_) {}

  Intrusions run(const IntrusionLimits& limits) {
    for (const check::GrowingScope& g : check::growing_scopes(tree_, side_.knobs)) {
      if (out_.found.size() == calls_.size()) break;
      if (g.extent > check::Extent::medium) continue;
      const auto topologies = explore::topologies(tree_, side_.knobs, g.scope);
      if (topologies.empty()) continue;
      out_.scope = check::describe(tree_, g.scope);
      in_scope(topologies, limits.states);
    }
    return std::move(out_);
  }

 private:
  void in_scope(const std::vector<NativeFacts>& topologies, std::size_t most) {
    const explore::Worlds worlds(tree_, topologies, true);
    nodes_.clear();
    std::unordered_set<std::string> seen;
    std::string key(worlds.key_bytes(), '\0');
    const auto is_new = [&](const explore::World& w, const NativeState& s) {
      worlds.key(w, s, reinterpret_cast<std::uint8_t*>(key.data()));
      return seen.insert(key).second;
    };
    for (std::size_t w = 0; w < worlds.size(); ++w)
      if (is_new(worlds[w], {})) nodes_.push_back({&worlds[w], {}, nodes_.size(), {}});
    for (std::size_t i = 0; i < nodes_.size() && i < most; ++i) {
      if (out_.found.size() == calls_.size()) return;
      ++out_.states;
      const Arrival node = nodes_[i];
      outer_.each(*node.world->facts, node.state, explore::Twins{}, [&](const Successor& s) {
        if (s.by.call && s.refused == nullptr && wanted(s.by.label)) begin(i, s);
        if (nodes_.size() < most && is_new(*node.world, s.after()))
          nodes_.push_back({node.world, s.after(), i, step_of(s)});
      });
    }
  }

  [[nodiscard]] bool wanted(std::string_view call) const {
    return std::ranges::find(calls_, call) != calls_.end() &&
           std::ranges::find(out_.found, call, &Intrusion::call) == out_.found.end();
  }

  /// The call, undisturbed, and what may come after each of its sections but the last.
  void begin(std::size_t from, const Successor& undisturbed) {
    const std::string call(undisturbed.by.label);
    const PathStep whole = step_of(undisturbed);
    const std::vector<NativeState> states(undisturbed.states.begin(), undisturbed.states.end());
    for (std::size_t k = 0; k + 1 < whole.fired.size(); ++k)
      inner_.each(facts(from), states[k], explore::Twins{}, [&](const Successor& other) {
        if (!wanted(call)) return;
        const PathStep theirs = step_of(other);
        if (does_its_work(undisturbed.by, whole, theirs)) return;
        std::vector<PathStep> rest;
        NativeState end = theirs.after;
        for (std::size_t j = k + 1; j < whole.fired.size(); ++j) {
          if (!fire(from, whole.fired[j], end)) return;
          rest.push_back(alone(whole.fired[j], end));
        }
        if (!explained(from, whole, theirs, end)) found(from, whole, states, k, theirs, rest);
      });
  }

  /// Some section of theirs is one of the call's, and about the same things: a rule does not say who fires it.
  bool does_its_work(const Transition& call, const PathStep& whole, const PathStep& theirs) const {
    const auto mine = [&](const Fired& f) {
      return std::ranges::any_of(call.sections, [&](const explore::Section& s) {
        if (s.rule != f.rule) return false;
        return std::ranges::any_of(whole.fired,
                                   [&](const Fired& w) { return w.rule == f.rule && same_things(s, w, f); });
      });
    };
    return std::ranges::any_of(theirs.fired, mine) || (theirs.refused && mine(theirs.refused->section));
  }

  /// But for what a repeated section goes through, and the environment's choices.
  bool same_things(const explore::Section& s, const Fired& a, const Fired& b) const {
    const auto& params = tree_.rules[static_cast<std::size_t>(s.rule)].params;
    for (std::size_t k = 0; k < params.size(); ++k) {
      const bool loop = std::ranges::find(s.loops, s.from[k]) != s.loops.end();
      if (params[k].sort->kind == lang::SortKind::entity && !loop && a.args[k] != b.args[k]) return false;
    }
    return true;
  }

  /// One order of the two leads to the same end: with what fired, or with whatever fires then.
  bool explained(std::size_t from, const PathStep& whole, const PathStep& theirs, const NativeState& end) {
    return leads(from, whole, theirs, end) || leads(from, theirs, whole, end);
  }

  bool leads(std::size_t from, const PathStep& first, const PathStep& second, const NativeState& end) {
    bool out = false;
    again_.each_called(first.label, facts(from), nodes_[from].state, explore::Twins{}, [&](const Successor& a) {
      if (out || !same_call(a, first)) return;
      const NativeState between = a.after();
      last_.each_called(second.label, facts(from), between, explore::Twins{}, [&](const Successor& b) {
        out = out || (same_call(b, second) && alike(from, b.after(), end));
      });
    });
    return out;
  }

  static bool same_call(const Successor& s, const PathStep& step) {
    const bool refused = s.refused != nullptr;
    return s.by.label == step.label && refused == step.refused.has_value() &&
           (!refused || s.refused->guard == step.refused->guard) &&
           (s.fired.empty() || step.fired.empty() || s.fired.front() == step.fired.front());
  }

  [[nodiscard]] bool alike(std::size_t from, const NativeState& a, const NativeState& b) const {
    if (std::memcmp(&a, &b, sizeof a) == 0) return true;
    bool out = true;
    for (const int c : cells_) {
      const lang::CellInfo& cell = tree_.cells[static_cast<std::size_t>(c)];
      lang::each_index(facts(from), cell, [&](std::span<const std::uint8_t> index) {
        const std::size_t at = lang::place(cell, index);
        out = out && reinterpret_cast<const std::uint8_t*>(&a)[at] == reinterpret_cast<const std::uint8_t*>(&b)[at];
      });
    }
    return out;
  }

  [[nodiscard]] const NativeFacts& facts(std::size_t node) const { return *nodes_[node].world->facts; }

  bool fire(std::size_t from, const Fired& f, NativeState& state) const {
    NativeState next = state;
    const auto& rule = side_.reading.rules[static_cast<std::size_t>(f.rule)];
    if (rule.apply(facts(from), state, next, f.args.data(), false).kind != lang::Outcome::Kind::done) return false;
    state = next;
    return true;
  }

  [[nodiscard]] PathStep alone(const Fired& f, const NativeState& after) const {
    return {std::string(tree_.rules[static_cast<std::size_t>(f.rule)].label), false, {f}, after, {}};
  }

  void found(std::size_t from, const PathStep& whole, const std::vector<NativeState>& states, std::size_t k,
             const PathStep& theirs, const std::vector<PathStep>& rest) {
    explore::Path path{facts(from), {}};
    for (std::size_t n = from; nodes_[n].parent != n; n = nodes_[n].parent) path.steps.push_back(nodes_[n].by);
    std::ranges::reverse(path.steps);
    for (std::size_t j = 0; j <= k; ++j) path.steps.push_back(alone(whole.fired[j], states[j]));
    path.steps.push_back(theirs);
    path.steps.insert(path.steps.end(), rest.begin(), rest.end());
    explore::replay(side_.reading, path);
    out_.found.push_back({whole.label, std::string(tree_.rules[static_cast<std::size_t>(whole.fired[k].rule)].label),
                          theirs.label,
                          check::to_trace(explore::named_by_first_use(tree_, path), side_.name, "", "step")});
  }

  const Side& side_;
  const lang::Tree& tree_;
  const std::vector<std::string>& calls_;
  const std::set<int>& cells_;
  Transitions transitions_;
  Transitions by_others_;
  Transitions::Walk outer_;
  Transitions::Walk inner_;
  Transitions::Walk again_;
  Transitions::Walk last_;
  std::vector<Arrival> nodes_;
  Intrusions out_;
};

}  // namespace

Intrusions intrusions(const Side& side, const std::vector<std::string>& calls, const std::set<int>& cells,
                      const IntrusionLimits& limits) {
  return IntrusionSearch(side, calls, cells, limits.others).run(limits);
}

}  // namespace pasid::review
