#include "src/explore/slice.hpp"

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "spec/lang/memory.hpp"
#include "spec/lang/rewrite.hpp"

namespace pasid::explore {
namespace {

using lang::Node;
using lang::NodeId;
using lang::Op;
using lang::SortKind;

/// Which way round a truth value can help; of other values both.
enum : unsigned { when_true = 1, when_false = 2, both = 3 };

unsigned flipped(unsigned need) {
  return (need & when_true ? when_false : 0U) | (need & when_false ? when_true : 0U);
}

/// Truth values among the facts that are the same for every index in all topologies.
class Uniform {
 public:
  Uniform(lang::Tree& tree, std::span<const spec::NativeFacts> topologies) : tree_(tree), value_(tree.cells.size()) {
    for (std::size_t c = 0; c < tree.cells.size(); ++c) {
      const lang::CellInfo& cell = tree.cells[c];
      if (!cell.rigid || cell.value->kind != SortKind::boolean) continue;
      std::optional<std::uint8_t>& value = value_[c];
      bool one = true;
      for (const spec::NativeFacts& f : topologies)
        lang::each_index(f, cell, [&](std::span<const std::uint8_t> index) {
          const std::uint8_t v = reinterpret_cast<const std::uint8_t*>(&f)[lang::place(cell, index)];
          one = one && value.value_or(v) == v;
          value = v;
        });
      if (!one) value.reset();
    }
  }

  /// `root` with these values put in where the indices cannot be none: there everything reads as false.
  NodeId fold(NodeId root) {
    lang::Substitution known;
    lang::walk(tree_, root, [&](NodeId id) {
      const Node& n = tree_[id];
      if (n.op != Op::read || !value_[static_cast<std::size_t>(n.ref)]) return;
      if (*value_[static_cast<std::size_t>(n.ref)] != 0 && !std::ranges::all_of(n.args, [&](NodeId a) { return some(a); }))
        return;
      known.emplace(id, tree_.truth(*value_[static_cast<std::size_t>(n.ref)] != 0));
    });
    return lang::substitute(tree_, root, known);
  }

 private:
  /// A variable, or a fact of one: of the topology's facts only truth values are ever none.
  [[nodiscard]] bool some(NodeId id) const {
    const Node& n = tree_[id];
    if (n.op == Op::variable) return true;
    return n.op == Op::read && tree_.cells[static_cast<std::size_t>(n.ref)].rigid &&
           !lang::is_knob(tree_.cells[static_cast<std::size_t>(n.ref)]) &&
           std::ranges::all_of(n.args, [&](NodeId a) { return some(a); });
  }

  lang::Tree& tree_;
  std::vector<std::optional<std::uint8_t>> value_;
};

class Cone {
 public:
  Cone(const lang::Tree& tree, std::span<const spec::NativeFacts> topologies, const Transitions& transitions)
      : tree_(tree), uniform_(tree_, topologies), facts_(topologies.front()), transitions_(transitions),
        rules_(tree.rules.size()), need_(tree.cells.size()), kept_(transitions.list().size()) {}

  Slice run(std::span<const int> properties) {
    int number = 0;
    for (const lang::Formula& f : tree_.formulas) {
      if (f.kind != lang::FormulaKind::property) continue;
      if (std::ranges::find(properties, number++) == properties.end()) continue;
      need(folded(f.applies), both);
      need(folded(f.body), f.judges == lang::PropertyKind::state ? when_false : both);
    }
    do {
      changed_ = false;
      for (std::size_t i = 0; i < kept_.size(); ++i) {
        const Transition& t = transitions_.list()[i];
        if (!kept_[i] && !helps(t)) continue;
        kept_[i] = true;
        take(t);
      }
    } while (changed_);
    Slice out{std::vector<bool>(need_.size()), kept_};
    for (std::size_t c = 0; c < need_.size(); ++c) out.cells[c] = need_[c] != 0;
    return out;
  }

 private:
  NodeId folded(NodeId id) { return uniform_.fold(lang::fold(tree_, id, &facts_)); }

  const lang::RuleTree& rule(int number) {
    auto& known = rules_[static_cast<std::size_t>(number)];
    if (!known) {
      known = tree_.rules[static_cast<std::size_t>(number)];
      for (lang::Guard& g : known->guards) g.condition = folded(g.condition);
      for (lang::Write& w : known->writes) {
        for (NodeId& i : w.index) i = folded(i);
        w.condition = folded(w.condition);
        w.value = folded(w.value);
      }
      std::erase_if(known->writes, [&](const lang::Write& w) { return tree_.is_false(w.condition); });
    }
    return *known;
  }

  static bool alone(const Transition& t) { return t.sections.size() == 1 && t.sections[0].undo < 0; }

  [[nodiscard]] unsigned& needed(int cell) { return need_[static_cast<std::size_t>(cell)]; }

  /// Can this write make a value it is written over more useful?
  bool helps(const lang::Write& w) {
    const unsigned need = needed(w.cell);
    if (!tree_.is_constant(w.value) || tree_.cells[static_cast<std::size_t>(w.cell)].value->kind != SortKind::boolean)
      return need != 0;
    return (need & (tree_.is_true(w.value) ? when_true : when_false)) != 0;
  }
  bool helps(const Transition& t) {
    const auto any = [&](int number) {
      return number >= 0 && std::ranges::any_of(rule(number).writes, [&](const lang::Write& w) { return helps(w); });
    };
    if (alone(t) && std::ranges::any_of(rule(t.sections[0].rule).guards,
                                        [&](const lang::Guard& g) { return tree_.is_false(g.condition); }))
      return false;
    return std::ranges::any_of(t.sections, [&](const Section& s) { return any(s.rule) || any(s.undo); });
  }

  void take(const Transition& t) {
    for (const Section& s : t.sections)
      for (const int number : {s.rule, s.undo})
        if (number >= 0) take(rule(number), alone(t));
  }

  /// A rule in a call must do the same whatever is as good: which of the sections fire, and whether one refuses, decides
  /// where the call ends.
  void take(const lang::RuleTree& r, bool alone) {
    for (const lang::Guard& g : r.guards)
      for (const NodeId part : tree_.conjuncts(g.condition))
        if (!alone || !repeats(r, part)) need(part, alone ? when_true : both);
    for (const lang::Write& w : r.writes) {
      const unsigned cell = needed(w.cell);
      if (cell == 0) continue;
      for (const NodeId i : w.index) need(i, both);
      if (cell == both || !tree_.is_constant(w.value)) {
        need(w.condition, both);
        need(w.value, tree_.cells[static_cast<std::size_t>(w.cell)].value->kind == SortKind::boolean ? cell : both);
      } else {
        // Where it happens, the value is useful or not: the former as often as possible, the latter as seldom.
        need(w.condition, helps(w) ? when_true : when_false);
      }
    }
  }

  /// Does this part of a guard only keep the rule from doing again what was all that it does?
  bool repeats(const lang::RuleTree& r, NodeId part) {
    const bool negated = tree_[part].op == Op::not_;
    const NodeId read = negated ? tree_[part].args[0] : part;
    if (tree_[read].op != Op::read) return false;
    return std::ranges::all_of(r.writes, [&](const lang::Write& w) {
      if (needed(w.cell) == 0 || (needed(w.cell) != both && !helps(w))) return true;
      return needed(w.cell) != both && w.cell == tree_[read].ref && w.index == tree_[read].args && w.bound.empty() &&
             tree_.is_constant(w.value) && tree_.is_true(w.value) == negated;
    });
  }

  /// Whatever `id` reads is needed; the truth of `id` itself in the ways given.
  void need(NodeId id, unsigned ways) {
    unsigned& known = seen_[id];
    if ((known | ways) == known) return;
    known |= ways;
    const Node n = tree_[id];
    switch (n.op) {
      case Op::constant:
      case Op::variable: return;
      case Op::read:
      case Op::read_before: {
        unsigned& cell = needed(n.ref);
        const unsigned more = n.sort->kind == SortKind::boolean ? ways : unsigned{both};
        changed_ = changed_ || (cell | more) != cell;
        cell |= more;
        for (const NodeId a : n.args) need(a, both);
        return;
      }
      case Op::eq:
        for (const NodeId a : n.args) need(a, both);
        return;
      case Op::not_: return need(n.args[0], flipped(ways));
      case Op::and_:
      case Op::or_:
        for (const NodeId a : n.args) need(a, ways);
        return;
      case Op::implies:
        need(n.args[0], flipped(ways));
        need(n.args[1], ways);
        return;
      case Op::ite:
        need(n.args[0], both);
        need(n.args[1], ways);
        need(n.args[2], ways);
        return;
      case Op::forall:
      case Op::exists: return need(n.args[1], ways);
    }
  }

  lang::Tree tree_;
  Uniform uniform_;
  spec::NativeFacts facts_;
  const Transitions& transitions_;
  std::vector<std::optional<lang::RuleTree>> rules_;
  std::vector<unsigned> need_;
  std::vector<bool> kept_;
  std::unordered_map<NodeId, unsigned> seen_;
  bool changed_ = false;
};

}  // namespace

Slice whole(const lang::Tree& tree, const Transitions& transitions) {
  return {std::vector<bool>(tree.cells.size(), true), std::vector<bool>(transitions.list().size(), true)};
}

Slice slice_of(const lang::Tree& tree, std::span<const spec::NativeFacts> topologies, const Transitions& transitions,
               std::span<const int> properties) {
  return Cone(tree, topologies, transitions).run(properties);
}

}  // namespace pasid::explore
