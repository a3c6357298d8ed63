#include "src/review/call_alone.hpp"

#include <algorithm>
#include <utility>

#include "spec/lang/rewrite.hpp"
#include "src/review/outcome.hpp"

namespace pasid::review {
namespace {

using lang::NodeId;
using lang::RuleTree;

/// A thread makes one call at a time.
constexpr std::string_view caller = "Task";
// The devices of a group are attached as one.
constexpr std::string_view device = "Dev";
constexpr std::string_view group_of = "group_of";

bool refuses(const RuleTree& rule) {
  return std::ranges::any_of(rule.guards, [](const lang::Guard& g) { return g.kind == lang::GuardKind::require; });
}

}  // namespace

CallAlone::CallAlone(lang::Tree& tree, const std::vector<RuleTree>& rules, const std::set<std::string_view>& unasked,
                     Follow follow, lang::CallTree call)
    : tree_(tree), rules_(rules), unasked_(unasked), follow_(std::move(follow)), call_(std::move(call)) {
  params_ = lang::params_of(tree_, call_);
  for (lang::Param& p : params_.all) p.variable = tree_.fresh_variable(p.sort);
  put_in_order();
  find_facts();
}

std::string_view CallAlone::label(int rule) const {
  return rule < 0 ? std::string_view{} : tree_.rules[static_cast<std::size_t>(rule)].label;
}

const RuleTree* CallAlone::find(std::string_view label) const {
  const auto it = std::ranges::find(rules_, label, &RuleTree::label);
  return it == rules_.end() ? nullptr : &*it;
}

/// What a section has written for certain says which others cannot come right after it.
void CallAlone::put_in_order() {
  auto& sections = call_.sections;
  if (std::ranges::any_of(sections, [&](const auto& s) { return refuses(*find(label(s.rule))); })) return;
  std::vector<std::vector<smt::Implication>> questions;
  for (const lang::CallSection& first : sections) {
    NodeId written = tree_.truth(true);
    for (const lang::Write& w : own(first.rule).writes)
      if (w.bound.empty() && tree_.is_true(w.condition))
        written = tree_.conj(written, tree_.eq(tree_.read(w.cell, w.index), w.value));
    for (const lang::CallSection& second : sections)
      questions.push_back({{written, tree_.negate(ends_of(tree_, own(second.rule)).back())}});
  }
  const auto answers = follow_(questions);
  const std::size_t n = sections.size();
  std::vector<std::size_t> order{0};
  while (order.size() < n) {
    const auto left = [&](std::size_t i) { return std::ranges::find(order, i) == order.end(); };
    const auto can_follow = [&](std::size_t i) {
      return left(i) && answers[order.back() * n + i].front() != smt::Answer::unsat;
    };
    std::size_t next = 0;
    while (next < n && !can_follow(next)) ++next;
    if (next == n)  // none is seen to: as they are listed
      for (next = 0; !left(next);) ++next;
    order.push_back(next);
  }
  std::vector<lang::CallSection> ordered;
  for (const std::size_t i : order) ordered.push_back(sections[i]);
  sections = std::move(ordered);
}

RuleTree CallAlone::own(int rule) {
  const RuleTree& r = *find(label(rule));
  lang::Substitution names;
  for (const lang::Param& p : r.params) {
    const auto known = std::ranges::find(params_.all, p.name, &lang::Param::name);
    names.emplace(p.variable, known == params_.all.end() ? tree_.fresh_variable(p.sort) : known->variable);
  }
  return lang::substitute(tree_, r, names);
}

RuleTree CallAlone::others(const RuleTree& r) {
  lang::Substitution names;
  for (const lang::Param& p : r.params) names.emplace(p.variable, tree_.fresh_variable(p.sort));
  return lang::substitute(tree_, r, names);
}

NodeId CallAlone::of_another(const RuleTree& r) {
  NodeId apart = tree_.truth(true);
  for (const lang::Param& p : r.params)
    for (const lang::Param& q : params_.all)
      if (p.sort == q.sort && p.sort->name == caller && !unasked_.contains(r.label))
        apart = tree_.conj(apart, tree_.negate(tree_.eq(p.variable, q.variable)));
  const auto is_r = [&](const lang::CallSection& s) { return label(s.rule) == r.label || label(s.undo) == r.label; };
  if (label(call_.sections.front().rule) == r.label || std::ranges::none_of(call_.sections, is_r)) return apart;
  NodeId same = tree_.truth(true);
  for (const lang::Param& p : r.params) {
    const auto known = std::ranges::find(params_.all, p.name, &lang::Param::name);
    if (p.sort->kind != lang::SortKind::entity ||
        static_cast<std::size_t>(known - params_.all.begin()) >= params_.loops_from)
      continue;
    const int group = tree_.cell_named(group_of);
    same = tree_.conj(same, p.sort->name != device
                                ? tree_.eq(p.variable, known->variable)
                                : tree_.eq(tree_.read(group, {p.variable}), tree_.read(group, {known->variable})));
  }
  return tree_.conj(apart, tree_.negate(same));
}

/// What holds before each section for the call alone: of what its sections have written and asked for, and what
/// those to come ask for, whatever is so right after a section and no other can change.
void CallAlone::find_facts() {
  const std::size_t n = call_.sections.size();
  facts_.assign(n + 1, {});
  const auto add = [&](std::size_t at, NodeId fact) {
    if (!tree_.is_constant(fact) && std::ranges::find(facts_[at], fact) == facts_[at].end()) facts_[at].push_back(fact);
  };
  for (std::size_t i = 0; i < n; ++i) {
    const RuleTree mine = own(call_.sections[i].rule);
    for (const NodeId f : facts_[i])
      if (lang::after(tree_, mine, f) == f) add(i + 1, f);
    if (!call_.sections[i].repeated)
      for (const lang::Write& w : mine.writes)
        if (w.bound.empty() && tree_.is_true(w.condition)) add(i + 1, tree_.eq(tree_.read(w.cell, w.index), w.value));
    for (std::size_t k = i; k < n; ++k)
      for (const lang::Guard& g : own(call_.sections[k].rule).guards)
        for (const NodeId c : tree_.conjuncts(g.condition))
          if (of_the_call(c)) add(i + 1, c);
  }
  while (forget_unsettled()) {
  }
}

/// The term speaks of what is chosen for the call as a whole.
bool CallAlone::of_the_call(NodeId term) const {
  std::set<NodeId> bound;
  bool out = true;
  lang::walk(tree_, term, [&](NodeId id) {
    if (tree_[id].op == lang::Op::forall || tree_[id].op == lang::Op::exists) bound.insert(tree_[id].args[0]);
  });
  lang::walk(tree_, term, [&](NodeId id) {
    if (tree_[id].op != lang::Op::variable || bound.contains(id)) return;
    const auto param = std::ranges::find(params_.all, id, &lang::Param::variable);
    out = out && static_cast<std::size_t>(param - params_.all.begin()) < params_.loops_from;
  });
  return out;
}

/// True where something was left out.
bool CallAlone::forget_unsettled() {
  struct Place {
    std::size_t at;
    NodeId fact;
  };
  std::vector<std::vector<smt::Implication>> questions;
  std::vector<Place> about;
  const auto ask = [&](std::size_t at, NodeId fact, NodeId premise, NodeId goal) {
    if (tree_.is_true(goal)) return;
    questions.push_back({{premise, goal}});
    about.push_back({at, fact});
  };
  for (std::size_t i = 0; i < call_.sections.size(); ++i) {
    const RuleTree mine = own(call_.sections[i].rule);
    const NodeId here = tree_.conj(before(i), ends_of(tree_, mine).back());
    for (const NodeId f : facts_[i + 1]) {
      const NodeId then = lang::after(tree_, mine, f);
      if (then != f || std::ranges::find(facts_[i], f) == facts_[i].end()) ask(i + 1, f, here, then);
    }
    // A repeated section fires after itself, too.
    if (call_.sections[i].repeated)
      for (const NodeId f : facts_[i])
        if (const NodeId then = lang::after(tree_, mine, f); then != f) ask(i, f, here, then);
    for (const RuleTree& r : rules_) {
      const RuleTree theirs = others(r);
      const NodeId there = tree_.conj(of_another(theirs), ends_of(tree_, theirs).back());
      for (const NodeId f : facts_[i + 1]) {
        const NodeId then = lang::after(tree_, theirs, f);
        if (then != f) ask(i + 1, f, tree_.conj(before(i + 1), there), then);
      }
    }
  }
  const auto answers = follow_(questions);
  bool forgotten = false;
  for (std::size_t q = 0; q < answers.size(); ++q)
    if (answers[q].front() != smt::Answer::unsat)
      forgotten = std::erase(facts_[about[q].at], about[q].fact) > 0 || forgotten;
  return forgotten;
}

NodeId CallAlone::all_of(const std::vector<NodeId>& facts) {
  NodeId out = tree_.truth(true);
  for (const NodeId f : facts) out = tree_.conj(out, f);
  return out;
}

NodeId CallAlone::before(std::size_t i) { return all_of(facts_[i]); }

NodeId CallAlone::throughout_from(std::size_t first) {
  std::vector<NodeId> out = facts_[first];
  for (std::size_t i = first + 1; i < facts_.size(); ++i)
    std::erase_if(out, [&](NodeId f) { return std::ranges::find(facts_[i], f) == facts_[i].end(); });
  return all_of(out);
}

}  // namespace pasid::review
