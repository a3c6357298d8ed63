#include "spec/lang/edit.hpp"

#include <algorithm>
#include <charconv>

namespace pasid::lang {
namespace {

bool same(const Guard& a, const Guard& b) {
  return a.kind == b.kind && a.condition == b.condition && a.err == b.err && a.label == b.label && a.pick == b.pick &&
         a.picked == b.picked;
}

bool same(const Write& a, const Write& b) {
  return a.cell == b.cell && a.index == b.index && a.condition == b.condition && a.value == b.value &&
         a.bound == b.bound;
}

}  // namespace

bool same(const RuleTree& a, const RuleTree& b) {
  const auto equal = [](const auto& x, const auto& y) { return same(x, y); };
  return a.only_if == b.only_if && std::ranges::equal(a.guards, b.guards, equal) &&
         std::ranges::equal(a.writes, b.writes, equal);
}

bool take_away(Tree& tree, RuleTree& rule, std::string_view label) {
  if (const auto slash = label.find('/'); slash != std::string_view::npos) {
    if (rule.label != label.substr(0, slash)) return false;
    const int cell = tree.cell_named(label.substr(slash + 1));
    return std::erase_if(rule.writes, [&](const Write& w) { return w.cell == cell; }) > 0;
  }
  const auto hash = label.find('#');
  const auto is_it = [&](const Guard& g) { return g.label == label.substr(0, hash); };
  if (hash == std::string_view::npos) return std::erase_if(rule.guards, is_it) > 0;
  std::size_t number = 0;
  const std::string_view digits = label.substr(hash + 1);
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  bool taken = false;
  for (Guard& g : rule.guards) {
    const std::vector<NodeId> operands = tree.conjuncts(g.condition);
    if (!is_it(g) || number == 0 || number > operands.size() || operands.size() == 1) continue;
    g.condition = tree.truth(true);
    for (std::size_t i = 0; i < operands.size(); ++i)
      if (i + 1 != number) g.condition = tree.conj(g.condition, operands[i]);
    taken = true;
  }
  return taken;
}

void drop(Tree& tree, std::string_view label) {
  bool gone = std::erase_if(tree.formulas,
                            [&](const Formula& f) { return f.kind == FormulaKind::lemma && f.name == label; }) > 0;
  for (RuleTree& rule : tree.rules) gone = take_away(tree, rule, label) || gone;
  if (!gone)
    throw std::invalid_argument("'" + std::string(label) +
                                "' is no guard (as in stop.portal-unmapped), no operand of one (bind.caller-runs#2), "
                                "no update (unbind.clear/entry) and no lemma (work_has_slot)");
}

std::vector<std::string> parts(const Tree& tree, const RuleTree& rule) {
  std::vector<std::string> out;
  for (const Guard& g : rule.guards) {
    out.emplace_back(g.label);
    const std::size_t operands = tree.conjuncts(g.condition).size();
    for (std::size_t i = 1; i <= operands && operands > 1; ++i)
      out.push_back(std::string(g.label) + '#' + std::to_string(i));
  }
  for (const Write& w : rule.writes) {
    std::string label = std::string(rule.label) + '/' + std::string(tree.cells[static_cast<std::size_t>(w.cell)].name);
    if (std::ranges::find(out, label) == out.end()) out.push_back(std::move(label));
  }
  return out;
}

void block(Tree& tree, std::string_view rule) {
  const int r = tree.rule_named(rule);
  if (r < 0) throw std::invalid_argument("there is no rule '" + std::string(rule) + "'");
  RuleTree& blocked = tree.rules[static_cast<std::size_t>(r)];
  blocked.guards.insert(blocked.guards.begin(), {GuardKind::await, tree.truth(false), 0, "blocked"});
  blocked.blocked = true;
}

}  // namespace pasid::lang
