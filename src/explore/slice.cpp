#include "src/explore/slice.hpp"

#include <algorithm>
#include <limits>
#include <unordered_map>

#include "spec/lang/rewrite.hpp"
#include "src/explore/slice_model.hpp"

namespace pasid::explore {
namespace {

using lang::Node;
using lang::NodeId;
using lang::Op;
using lang::SortKind;

Ways joined(Ways a, Ways b) { return static_cast<Ways>(a | b); }
Ways flipped(Ways w) { return static_cast<Ways>((w & when_true ? when_false : 0) | (w & when_false ? when_true : 0)); }

/// Grows from what a violation reads to everything that can matter to it.
class Cone {
 public:
  explicit Cone(Slicer::Model& model) : model_(model), tree_(model.tree), need_(tree_.cells.size()) {}

  std::vector<bool> last(std::span<const int> properties) {
    need_violation(properties);
    later_ = need_;
    std::vector<bool> out;
    for (const Transition& t : model_.transitions) out.push_back(helps(t));
    return out;
  }

  Slice run(std::span<const int> properties, int length) {
    need_violation(properties);
    Slice out{{}, std::vector<bool>(model_.transitions.size())};
    // What can happen in the last step and help, in the one before, and so on.
    for (int step = length < Slicer::any_length ? length : std::numeric_limits<int>::max(); step >= 1; --step) {
      later_ = need_;
      bool more = false;
      for (std::size_t i = 0; i < model_.transitions.size(); ++i) {
        if (model_.earliest[i] > step || !helps(model_.transitions[i])) continue;
        more = more || !out.transitions[i];
        out.transitions[i] = true;
        take(model_.transitions[i]);
      }
      if (!more && need_ == later_) break;
    }
    // What the transitions of the slice write in its cells must come from its cells.
    do {
      later_ = need_;
      for (std::size_t i = 0; i < model_.transitions.size(); ++i)
        if (out.transitions[i]) take(model_.transitions[i]);
    } while (need_ != later_);
    out.ways = need_;
    return out;
  }

 private:
  void need_violation(std::span<const int> properties) {
    for (const int p : properties) {
      const auto& property = model_.properties.at(static_cast<std::size_t>(p));
      need(property.applies, both_ways);
      need(property.body, property.judges == lang::PropertyKind::state ? when_false : both_ways);
    }
  }

  [[nodiscard]] Ways later(int cell) const { return later_[static_cast<std::size_t>(cell)]; }
  [[nodiscard]] const lang::RuleTree& rule(int number) const { return model_.rule(number); }

  /// Can this write make a value it is written over more useful?
  bool helps(const lang::Write& w) {
    const Ways need = later(w.cell);
    if (!tree_.is_constant(w.value) || tree_.cells[static_cast<std::size_t>(w.cell)].value->kind != SortKind::boolean)
      return need != 0;
    return (need & (tree_.is_true(w.value) ? when_true : when_false)) != 0;
  }
  bool helps(const Transition& t) {
    const auto any = [&](int number) {
      return number >= 0 && std::ranges::any_of(rule(number).writes, [&](const lang::Write& w) { return helps(w); });
    };
    if (decided_by_first(t) && std::ranges::any_of(rule(t.sections[0].rule).guards,
                                                   [&](const lang::Guard& g) { return tree_.is_false(g.condition); }))
      return false;
    return std::ranges::any_of(t.sections, [&](const Section& s) { return any(s.rule) || any(s.undo); });
  }

  void take(const Transition& t) {
    for (const Section& s : t.sections)
      for (const int number : {s.rule, s.undo}) {
        if (number < 0) continue;
        const bool first = decided_by_first(t) && &s == &t.sections.front() && number == s.rule;
        for (const lang::Guard& g : rule(number).guards)
          for (const NodeId part : tree_.conjuncts(g.condition))
            if (!alone(t) || !repeats(rule(number), part)) need(part, first ? when_true : both_ways);
        take_writes(rule(number));
      }
  }

  void take_writes(const lang::RuleTree& r) {
    for (const lang::Write& w : r.writes) {
      const Ways cell = later(w.cell);
      if (cell == 0) continue;
      for (const NodeId i : w.index) need(i, both_ways);
      if (cell == both_ways || !tree_.is_constant(w.value)) {
        need(w.condition, both_ways);
        need(w.value,
             tree_.cells[static_cast<std::size_t>(w.cell)].value->kind == SortKind::boolean ? cell : both_ways);
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
      if (later(w.cell) == 0 || (later(w.cell) != both_ways && !helps(w))) return true;
      return later(w.cell) != both_ways && w.cell == tree_[read].ref && w.index == tree_[read].args &&
             w.bound.empty() && tree_.is_constant(w.value) && tree_.is_true(w.value) == negated;
    });
  }

  /// Whatever `id` reads is needed; the truth of `id` itself in the ways given.
  void need(NodeId id, Ways ways) {
    Ways& known = seen_[id];
    if ((known | ways) == known) return;
    known = joined(known, ways);
    const Node n = tree_[id];
    switch (n.op) {
      case Op::constant:
      case Op::variable: return;
      case Op::read:
      case Op::read_before: {
        Ways& cell = need_[static_cast<std::size_t>(n.ref)];
        cell = joined(cell, n.sort->kind == SortKind::boolean ? ways : both_ways);
        for (const NodeId a : n.args) need(a, both_ways);
        return;
      }
      case Op::eq:
        for (const NodeId a : n.args) need(a, both_ways);
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
        need(n.args[0], both_ways);
        need(n.args[1], ways);
        need(n.args[2], ways);
        return;
      case Op::forall:
      case Op::exists: return need(n.args[1], ways);
    }
  }

  Slicer::Model& model_;
  lang::Tree& tree_;
  std::vector<Ways> need_;   ///< by cell: by now
  std::vector<Ways> later_;  ///< after the step that is looked at
  std::unordered_map<NodeId, Ways> seen_;
};

}  // namespace

Cells Slice::cells() const {
  Cells out;
  for (const Ways w : ways) out.push_back(w != in_no_way);
  return out;
}

Slice whole(const lang::Tree& tree, const Transitions& transitions) {
  return {std::vector<Ways>(tree.cells.size(), both_ways), std::vector<bool>(transitions.list().size(), true)};
}

Slicer::Slicer(const lang::Tree& tree, std::span<const spec::NativeFacts> topologies, const Transitions& transitions)
    : model_(std::make_unique<Model>(tree, topologies, transitions)) {}
Slicer::~Slicer() = default;

int Slicer::least(std::span<const int> properties) const { return model_->least(properties); }

std::vector<bool> Slicer::last(std::span<const int> properties) const { return Cone(*model_).last(properties); }

Slice Slicer::slice(std::span<const int> properties, int length) const { return Cone(*model_).run(properties, length); }

}  // namespace pasid::explore
