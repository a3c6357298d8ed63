#include "src/explore/slice.hpp"

#include <algorithm>
#include <limits>
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

Ways joined(Ways a, Ways b) { return static_cast<Ways>(a | b); }
Ways flipped(Ways w) { return static_cast<Ways>((w & when_true ? when_false : 0) | (w & when_false ? when_true : 0)); }

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
      if (*value_[static_cast<std::size_t>(n.ref)] != 0 &&
          !std::ranges::all_of(n.args, [&](NodeId a) { return some(a); }))
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

/// Which values a term can have, a bit each, where all that is known of a state is which values each cell can have.
class Possible {
 public:
  using Values = std::uint32_t;

  Possible(const lang::Tree& tree, std::span<const spec::NativeFacts> topologies)
      : tree_(&tree), cell_(tree.cells.size(), 1) {
    for (const spec::NativeFacts& f : topologies)
      for (std::size_t s = 0; s < size_.size(); ++s) size_[s] = std::max<int>(size_[s], f.count[s]);
    for (std::size_t c = 0; c < tree.cells.size(); ++c) {
      const lang::CellInfo& cell = tree.cells[c];
      if (!cell.rigid) continue;
      for (const spec::NativeFacts& f : topologies)
        lang::each_index(f, cell, [&](std::span<const std::uint8_t> index) {
          cell_[c] |= 1U << reinterpret_cast<const std::uint8_t*>(&f)[lang::place(cell, index)];
        });
    }
  }

  /// Adds what a rule that fires may write. True if that is new.
  bool fire(const lang::RuleTree& rule) {
    bool more = false;
    for (const lang::Write& w : rule.writes) {
      if ((of(w.condition) & yes) == 0) continue;
      const Values v = of(w.value);
      Values& known = cell_[static_cast<std::size_t>(w.cell)];
      if ((known | v) == known) continue;
      known |= v;
      more = true;
      known_.clear();
    }
    return more;
  }
  bool merge(const Possible& other) {
    bool more = false;
    for (std::size_t c = 0; c < cell_.size(); ++c) {
      more = more || (cell_[c] | other.cell_[c]) != cell_[c];
      cell_[c] |= other.cell_[c];
    }
    known_.clear();
    return more;
  }
  bool enabled(const lang::RuleTree& rule) {
    return std::ranges::all_of(rule.guards, [&](const lang::Guard& g) { return (of(g.condition) & yes) != 0; });
  }
  bool refusing(const lang::RuleTree& rule) {
    return std::ranges::any_of(rule.guards, [&](const lang::Guard& g) {
      return g.kind == lang::GuardKind::require && (of(g.condition) & no) != 0;
    });
  }
  bool can_fail(NodeId condition) { return (of(condition) & no) != 0; }

 private:
  static constexpr Values no = 1;
  static constexpr Values yes = 2;

  Values of(NodeId id) {
    if (const auto it = known_.find(id); it != known_.end()) return it->second;
    const Values v = computed((*tree_)[id]);
    known_.emplace(id, v);
    return v;
  }
  Values computed(const Node& n) {
    const auto arg = [&](std::size_t k) { return of(n.args[k]); };
    switch (n.op) {
      case Op::constant: return 1U << n.ref;
      case Op::variable: return some(n.sort);
      case Op::read:
      case Op::read_before: return cell_[static_cast<std::size_t>(n.ref)];
      case Op::eq: {
        const Values a = arg(0);
        const Values b = arg(1);
        const bool same = a == b && (a & (a - 1)) == 0;
        return ((a & b) != 0 ? yes : 0U) | (same ? 0U : no);
      }
      case Op::not_: return (arg(0) & yes ? no : 0U) | (arg(0) & no ? yes : 0U);
      case Op::and_:
      case Op::or_: {
        const bool conj = n.op == Op::and_;
        Values all = conj ? yes : no;  // possible for every operand
        Values any = 0;                // possible for one
        for (std::size_t k = 0; k < n.args.size(); ++k) {
          const Values v = arg(k);
          if ((v & all) == 0) return conj ? no : yes;
          any |= v & (conj ? no : yes);
        }
        return all | any;
      }
      case Op::implies: {
        const Values a = arg(0);
        const Values b = arg(1);
        return ((a & no) != 0 || (b & yes) != 0 ? yes : 0U) | ((a & yes) != 0 && (b & no) != 0 ? no : 0U);
      }
      case Op::ite: return ((arg(0) & yes) != 0 ? arg(1) : 0U) | ((arg(0) & no) != 0 ? arg(2) : 0U);
      case Op::forall: return some((*tree_)[n.args[0]].sort) == 0 ? yes : arg(1) | yes;  // there may be no element
      case Op::exists: return some((*tree_)[n.args[0]].sort) == 0 ? no : arg(1) | no;
    }
    return ~Values{0};
  }
  /// Every element of a sort.
  [[nodiscard]] Values some(const lang::SortInfo* sort) const {
    const int n = sort->kind == SortKind::entity ? size_[static_cast<std::size_t>(sort->index)] : sort->capacity;
    return ((Values{1} << n) - 1) << 1;
  }

  const lang::Tree* tree_;
  std::array<int, lang::max_entity_sorts> size_{};  ///< by sort: the largest
  std::vector<Values> cell_;
  std::unordered_map<NodeId, Values> known_;
};

bool alone(const Transition& t) { return t.sections.size() == 1 && t.sections[0].undo < 0; }

/// Where the first section does not fire, nothing happens.
bool decided_by_first(const Transition& t) { return alone(t) || t.begins; }

}  // namespace

/// The rules with all folded in that is known, and how early each transition can happen.
class Slicer::Model {
 public:
  Model(const lang::Tree& original, std::span<const spec::NativeFacts> topologies, const Transitions& all)
      : tree(original), transitions(all.list()), rules_(tree.rules.size()) {
    Uniform uniform(tree, topologies);
    const auto folded = [&](NodeId id) { return uniform.fold(lang::fold(tree, id, &topologies.front())); };
    for (const Transition& t : transitions)
      for (const Section& s : t.sections)
        for (const int number : {s.rule, s.undo}) {
          if (number < 0) continue;
          auto& known = rules_[static_cast<std::size_t>(number)];
          if (known) continue;
          known = tree.rules[static_cast<std::size_t>(number)];
          for (lang::Guard& g : known->guards) g.condition = folded(g.condition);
          for (lang::Write& w : known->writes) {
            for (NodeId& i : w.index) i = folded(i);
            w.condition = folded(w.condition);
            w.value = folded(w.value);
          }
          std::erase_if(known->writes, [&](const lang::Write& w) { return tree.is_false(w.condition); });
        }
    for (const lang::Formula& f : tree.formulas)
      if (f.kind == lang::FormulaKind::property) properties.push_back({f.judges, folded(f.applies), folded(f.body)});
    find_earliest(topologies);
  }

  /// A violation of any of these takes so many transitions, or more.
  [[nodiscard]] int least(std::span<const int> wanted) const {
    int out = any_length + 1;
    for (const int p : wanted) out = std::min(out, violated_[static_cast<std::size_t>(p)]);
    return out;
  }

  [[nodiscard]] const lang::RuleTree& rule(int number) const { return *rules_[static_cast<std::size_t>(number)]; }

  struct Property {
    lang::PropertyKind judges;
    NodeId applies;
    NodeId body;
  };

  lang::Tree tree;
  std::span<const Transition> transitions;
  std::vector<Property> properties;
  /// By transition: no path has it before this step, counted from 1.
  std::vector<int> earliest;

 private:
  /// Step by step, what every transition possible by now adds to the values that cells can have.
  void find_earliest(std::span<const spec::NativeFacts> topologies) {
    earliest.assign(transitions.size(), any_length + 1);
    violated_.assign(properties.size(), any_length + 1);
    Possible now(tree, topologies);
    judge(now, 0);
    bool more = true;
    for (int step = 1; step <= any_length && more; ++step) {
      Possible next = now;
      more = false;
      for (std::size_t i = 0; i < transitions.size(); ++i) {
        Possible within = now;
        if (!happens(transitions[i], within)) continue;
        earliest[i] = std::min(earliest[i], step);
        more = next.merge(within) || more;
      }
      now = std::move(next);
      judge(now, step);
    }
  }

  void judge(Possible& now, int step) {
    for (std::size_t p = 0; p < properties.size(); ++p)
      if (now.can_fail(properties[p].body)) violated_[p] = std::min(violated_[p], step);
  }

  /// Can it come to an end? Adds what its sections write to the values that cells can have.
  bool happens(const Transition& t, Possible& within) {
    if (decided_by_first(t) && !within.enabled(rule(t.sections[0].rule))) return false;
    for (bool more = true; more;) {
      more = false;
      for (const Section& s : t.sections)
        for (const int number : {s.rule, s.undo})
          if (number >= 0 && within.enabled(rule(number))) more = within.fire(rule(number)) || more;
      more = more && !alone(t);
    }
    return std::ranges::all_of(
               t.sections,
               [&](const Section& s) { return s.optional || s.repeated || within.enabled(rule(s.rule)); }) ||
           std::ranges::any_of(t.sections, [&](const Section& s) { return within.refusing(rule(s.rule)); });
  }

  std::vector<int> violated_;  ///< by property
  std::vector<std::optional<lang::RuleTree>> rules_;
};

namespace {

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
