// A design's share of the tree: knobs folded in, rules it has, axioms and candidates.
#pragma once

#include <deque>
#include <map>

#include "spec/lang/rewrite.hpp"
#include "spec/model.hpp"

namespace pasid::smt {

struct Candidate {
  std::string name;
  lang::FormulaKind kind;
  lang::NodeId body;
  lang::PropertyKind judges = lang::PropertyKind::state;
};

/// By the knobs alone, which are folded in: it never changes anything.
bool refused_by_knobs(const lang::Tree& tree, const lang::RuleTree& rule);

struct Theory {
  lang::Tree tree;  ///< a copy, which grows with what rewriting adds
  std::vector<lang::NodeId> axioms;
  std::vector<lang::RuleTree> rules;
  std::vector<Candidate> candidates;        ///< properties of states that apply, then lemmas: what may be assumed
  std::vector<Candidate> of_steps;          ///< properties of steps that apply
  std::vector<Candidate> of_calls;          ///< properties of calls that apply
  std::vector<std::string> not_applicable;  ///< properties of which the design has nothing
  std::deque<std::string> names;            ///< of what was added to the tree's cells

  Theory(const lang::Tree& whole, const spec::NativeFacts& knobs);

  /// By its index: its label, or "init" for the initial state, which is counted as a rule after the last.
  [[nodiscard]] std::string rule_name(std::size_t rule) const {
    return rule == rules.size() ? "init" : std::string(rules[rule].label);
  }

  /// Everything that must hold for `rule` to fire: its guards, and that its parameters are not none.
  lang::NodeId fires(const lang::RuleTree& rule);

  /// Everything that must hold for a guard of `rule` to be the first to fail.
  lang::NodeId fails_first(const lang::RuleTree& rule, const lang::Guard& guard);

  /// What has to hold of the state before `rule` (one of `rules`) for a candidate to be preserved, or for a property of
  /// steps to hold of the step.
  lang::NodeId wanted(const Candidate& formula, const lang::RuleTree& rule);

  /// Nothing is to be shown of this formula at this rule: it writes nothing the formula reads, or only what it allows.
  bool by_frame(const Candidate& formula, const lang::RuleTree& rule);

  /// The rule is no more, and another may come to stand where it stood.
  void forget(const lang::RuleTree& rule) {
    std::erase_if(wanted_, [&](const auto& known) { return known.first.first == &rule; });
  }

  /// When each conjunct of a formula says something: some instance of its premise, under its quantifiers.
  std::vector<lang::NodeId> occasions(lang::NodeId formula);

 private:
  /// Its parameters are not none.
  lang::NodeId is_called(const lang::RuleTree& rule);

  std::map<std::pair<const lang::RuleTree*, lang::NodeId>, lang::NodeId> wanted_;
};

}  // namespace pasid::smt
