#include "src/mutate/operators.hpp"

#include <algorithm>
#include <set>

#include "spec/lang/edit.hpp"
#include "spec/lang/memory.hpp"
#include "spec/lang/rewrite.hpp"
#include "src/io/design.hpp"
#include "src/mutate/variants.hpp"
#include "src/review/side.hpp"
#include "src/trace/formula.hpp"

namespace pasid::mutate {
namespace {

using lang::NodeId;
using lang::RuleTree;

/// The rule, and as which mutant it is about to be changed.
Mutant begun(const Subject& s, Operator by, std::string part) {
  Mutant out;
  out.by = by;
  out.of = s.rule.label;
  out.part = std::move(part);
  out.rule = s.number;
  out.changed = s.rule;
  return out;
}

std::vector<Mutant> drop_guard(const Subject& s, Operator by) {
  std::vector<Mutant> out;
  for (std::size_t i = 0; i < s.rule.guards.size(); ++i) {
    out.push_back(begun(s, by, std::string(s.rule.guards[i].label)));
    auto& guards = out.back().changed.guards;
    guards.erase(guards.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return out;
}

std::vector<Mutant> negate_guard(const Subject& s, Operator by) {
  std::vector<Mutant> out;
  for (std::size_t i = 0; i < s.rule.guards.size(); ++i) {
    out.push_back(begun(s, by, std::string(s.rule.guards[i].label)));
    NodeId& condition = out.back().changed.guards[i].condition;
    condition = s.tree.negate(condition);
  }
  return out;
}

std::vector<Mutant> drop_operand(const Subject& s, Operator by) {
  std::vector<Mutant> out;
  for (std::size_t i = 0; i < s.rule.guards.size(); ++i) {
    std::size_t number = 0;
    for (const NodeId v : with_an_operand_less(s.tree, s.rule.guards[i].condition)) {
      out.push_back(begun(s, by, std::string(s.rule.guards[i].label) + '#' + std::to_string(++number)));
      out.back().changed.guards[i].condition = v;
    }
  }
  return out;
}

std::vector<Mutant> swap_guards(const Subject& s, Operator by) {
  std::vector<Mutant> out;
  for (std::size_t i = 0; i + 1 < s.rule.guards.size(); ++i) {
    out.push_back(begun(s, by, std::string(s.rule.guards[i].label) + ',' + std::string(s.rule.guards[i + 1].label)));
    std::swap(out.back().changed.guards[i], out.back().changed.guards[i + 1]);
  }
  return out;
}

/// "unbind.clear/entry"; of several updates of one cell "unbind.clear/entry#2".
std::string update_name(const Subject& s, std::size_t number) {
  const lang::Write& w = s.rule.writes[number];
  std::string out = std::string(s.rule.label) + '/' + std::string(s.tree.cells[static_cast<std::size_t>(w.cell)].name);
  if (std::ranges::count(s.rule.writes, w.cell, &lang::Write::cell) == 1) return out;
  const auto end = s.rule.writes.begin() + static_cast<std::ptrdiff_t>(number) + 1;
  return out + '#' +
         std::to_string(std::count_if(s.rule.writes.begin(), end, [&](const auto& x) { return x.cell == w.cell; }));
}

std::vector<Mutant> drop_update(const Subject& s, Operator by) {
  std::vector<Mutant> out;
  for (std::size_t i = 0; i < s.rule.writes.size(); ++i) {
    out.push_back(begun(s, by, update_name(s, i)));
    auto& writes = out.back().changed.writes;
    writes.erase(writes.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return out;
}

std::vector<Mutant> retarget_update(const Subject& s, Operator by) {
  std::vector<Mutant> out;
  trace::FormulaPrinter print(s.tree);
  for (const lang::Param& p : s.rule.params) print.name(p.variable, p.name);
  for (std::size_t i = 0; i < s.rule.writes.size(); ++i) {
    const lang::Write& w = s.rule.writes[i];
    for (const NodeId v : w.bound) print.letter(v);
    for (const NodeId v : at_hand(s.tree, s.rule, w, w.value, true)) {
      out.push_back(begun(s, by, update_name(s, i) + ":=" + print.flat(v)));
      out.back().changed.writes[i].value = v;
    }
    for (std::size_t k = 0; k < w.index.size(); ++k)
      for (const NodeId v : at_hand(s.tree, s.rule, w, w.index[k], false)) {
        // An element of all that are written for stands at some index: it may not be lost.
        lang::Write other = w;
        other.index[k] = v;
        if (std::ranges::any_of(w.bound,
                                [&](NodeId b) { return std::ranges::find(other.index, b) == other.index.end(); }))
          continue;
        out.push_back(begun(s, by, update_name(s, i) + '[' + std::to_string(k + 1) + "]=" + print.flat(v)));
        out.back().changed.writes[i] = std::move(other);
      }
    for (const NodeId v : w.bound) print.forget(v);
  }
  return out;
}

constexpr RuleOperator all_rule_operators[] = {
    {Operator::drop_guard, drop_guard},     {Operator::negate_guard, negate_guard},
    {Operator::drop_operand, drop_operand}, {Operator::swap_guards, swap_guards},
    {Operator::drop_update, drop_update},   {Operator::retarget_update, retarget_update},
};

std::size_t alike(const RuleTree& a, const RuleTree& b) {
  std::size_t i = 0;
  while (i < a.guards.size() && i < b.guards.size() && a.guards[i].label == b.guards[i].label &&
         a.guards[i].condition == b.guards[i].condition)
    ++i;
  return i;
}

/// Of the calls of the design: a section whose way back is not gone.
void add_calls(lang::Tree& tree, const std::vector<RuleTree>& rules, std::vector<Mutant>& out) {
  const auto has = [&](int rule) {
    return rule >= 0 &&
           std::ranges::find(rules, tree.rules[static_cast<std::size_t>(rule)].label, &RuleTree::label) != rules.end();
  };
  for (std::size_t c = 0; c < tree.calls.size(); ++c)
    for (std::size_t i = 0; i < tree.calls[c].sections.size(); ++i) {
      const lang::CallSection& section = tree.calls[c].sections[i];
      if (!has(section.rule) || !has(section.undo)) continue;
      Mutant m;
      m.by = Operator::drop_undo;
      m.of = tree.calls[c].label;
      m.part = std::string(tree.rules[static_cast<std::size_t>(section.rule)].label) + '/' +
               std::string(tree.rules[static_cast<std::size_t>(section.undo)].label);
      m.call = static_cast<int>(c);
      m.sections = tree.calls[c];
      m.sections.sections[i].undo = -1;
      out.push_back(std::move(m));
    }
}

bool in_a_call(const lang::Tree& tree, int rule) {
  return std::ranges::any_of(tree.calls, [&](const lang::CallTree& c) {
    return std::ranges::any_of(c.sections,
                               [&](const lang::CallSection& s) { return s.rule == rule || s.undo == rule; });
  });
}

/// Of the rules that are a call by themselves and end with a guard that refuses: it is asked after the updates.
void add_moved_updates(const lang::Tree& tree, const std::vector<RuleTree>& rules, std::vector<Mutant>& out) {
  for (const RuleTree& rule : rules) {
    const int number = tree.rule_named(rule.label);
    if (in_a_call(tree, number) || rule.writes.empty() || rule.guards.empty() ||
        rule.guards.back().kind != lang::GuardKind::require)
      continue;
    Mutant m;
    m.by = Operator::move_update;
    m.of = rule.label;
    m.part = rule.guards.back().label;
    m.parted = number;
    m.first = m.second = rule;
    m.first.label = "too early";
    m.first.guards.pop_back();
    m.second.guards = {rule.guards.back()};
    m.second.writes.clear();
    m.call = static_cast<int>(tree.calls.size());
    m.sections = {rule.label, {{static_cast<int>(tree.rules.size())}, {number}}};
    out.push_back(std::move(m));
  }
}

void add_knobs(const lang::Tree& tree, const spec::NativeFacts& knobs, std::vector<Mutant>& out) {
  for (const io::Knob& knob : io::knobs(tree))
    for (std::size_t v = 0; v < knob.values.size(); ++v) {
      Mutant m;
      m.by = Operator::flip_knob;
      m.of = knob.name;
      m.part = knob.values[v];
      m.facts = knobs;
      std::uint8_t& value = reinterpret_cast<std::uint8_t*>(&m.facts)[knob.offset];
      if (value == v + 1) continue;
      value = static_cast<std::uint8_t>(v + 1);
      out.push_back(std::move(m));
    }
}

void add_conjuncts(lang::Tree& tree, const spec::NativeFacts& knobs, std::vector<Mutant>& out) {
  for (std::size_t f = 0; f < tree.formulas.size(); ++f) {
    const lang::Formula& formula = tree.formulas[f];
    if (formula.kind == lang::FormulaKind::axiom) continue;
    if (!tree.is_true(lang::fold(tree, formula.applies, &knobs))) continue;
    const std::size_t n = conjuncts_of(tree, formula.body, knobs).size();
    for (std::size_t i = 0; i < n; ++i) {
      Mutant m;
      m.by = Operator::drop_conjunct;
      m.of = formula.name;
      m.part = '#' + std::to_string(i + 1);
      m.formula = static_cast<int>(f);
      m.operand = i;
      out.push_back(std::move(m));
    }
  }
}

}  // namespace

std::span<const RuleOperator> rule_operators() { return all_rule_operators; }

std::vector<Mutant> mutants_of_rule(const Subject& subject) {
  std::vector<Mutant> out;
  std::set<std::string> names;
  for (const RuleOperator& o : rule_operators())
    for (Mutant& m : o.make(subject, o.by)) {
      m.alike = alike(subject.rule, m.changed);
      const bool known = lang::same(m.changed, subject.rule) ||
                         std::ranges::any_of(out, [&](const Mutant& x) { return lang::same(x.changed, m.changed); });
      if (!known && names.insert(m.name()).second) out.push_back(std::move(m));
    }
  return out;
}

std::vector<Mutant> mutants_of(lang::Tree& tree, const spec::NativeFacts& knobs) {
  std::vector<Mutant> out;
  const std::vector<RuleTree> rules = review::rules_of(tree, tree.rules, knobs);
  for (const RuleTree& rule : rules)
    std::ranges::move(mutants_of_rule({tree, tree.rule_named(rule.label), rule}), std::back_inserter(out));
  add_calls(tree, rules, out);
  add_moved_updates(tree, rules, out);
  add_knobs(tree, knobs, out);
  add_conjuncts(tree, knobs, out);
  return out;
}

}  // namespace pasid::mutate
