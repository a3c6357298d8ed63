#include "src/review/refinement.hpp"

#include <algorithm>
#include <set>

#include "spec/lang/rewrite.hpp"
#include "src/check/seek.hpp"
#include "src/conform/catalogue.hpp"
#include "src/review/outcome.hpp"
#include "src/smt/prove.hpp"

namespace pasid::review {
namespace {

using conform::CallKind;
using conform::Catalogue;
using lang::NodeId;
using lang::RuleTree;

/// In what way a rule matters to those outside.
enum class Part : std::uint8_t {
  section = 1,  ///< of a call, or its undo: all that becomes of it
  inside,       ///< happens inside a call wherever it can: whether it fires, and what it does
  by_itself,    ///< may happen at any time: what it does where it fires
};

class Simulation {
 public:
  Simulation(const Side& of, const Side& in)
      : of_(of), in_(in), tree_(of.edited ? *of.tree : *in.tree), of_rules_(rules_of(tree_, of.tree->rules, of.knobs)),
        in_rules_(rules_of(tree_, in.tree->rules, in.knobs)), of_calls_(*of.tree, of.reading, of.knobs),
        in_calls_(*in.tree, in.reading, in.knobs) {
    keep_to_calls(of_, of_calls_, of_rules_);
    keep_to_calls(in_, in_calls_, in_rules_);
  }

  Refinement run(const smt::Proof& proof) {
    if (structure() && worlds() && rules()) ask(proof);
    return out_;
  }

 private:
  bool fail(const std::string& why) {
    out_.why = why;
    return false;
  }
  void shown() {
    ++out_.obligations;
    ++out_.by_frame;
  }
  void show(NodeId premise, NodeId goal, std::string name) {
    if (tree_.is_false(premise) || tree_.is_true(goal)) return shown();
    implications_.push_back({premise, goal});
    names_.push_back(std::move(name));
  }

  static const RuleTree* find(const std::vector<RuleTree>& rules, std::string_view label) {
    const auto it = std::ranges::find(rules, label, &RuleTree::label);
    return it == rules.end() ? nullptr : &*it;
  }
  static std::string_view label(const Side& side, int rule) {
    return rule < 0 ? std::string_view{} : side.tree->rules[static_cast<std::size_t>(rule)].label;
  }

  static void keep_to_calls(const Side& side, const Catalogue& calls, std::vector<RuleTree>& rules);
  bool structure();
  bool same_sections(const explore::Transition& a, const explore::Transition& b);
  bool worlds();
  bool rules();
  bool compare(const RuleTree& of, Part part);
  void ask(const smt::Proof& proof);

  [[nodiscard]] bool matters(const RuleTree& rule) const {
    return std::ranges::any_of(rule.writes, [&](const lang::Write& w) { return relevant_.contains(w.cell); });
  }

  const Side& of_;
  const Side& in_;
  lang::Tree tree_;
  std::vector<RuleTree> of_rules_;
  std::vector<RuleTree> in_rules_;
  Catalogue of_calls_;
  Catalogue in_calls_;
  std::vector<std::pair<std::string_view, Part>> parts_;  ///< the rules of `of` that matter, each once
  std::set<std::string_view> seen_from_outside_;          ///< labels of sections and what happens inside calls
  std::set<int> relevant_;                                ///< cells that some answer can depend on
  std::vector<smt::Implication> implications_;
  std::vector<std::string> names_;
  Refinement out_;
};

/// What neither is asked for nor happens unasked does not happen: the tester plays the device. And an address space
/// that is used again stands for another one, of which there are any number.
void Simulation::keep_to_calls(const Side& side, const Catalogue& calls, std::vector<RuleTree>& rules) {
  std::set<std::string_view> in_play;
  const auto add = [&](const explore::Transition& t) {
    for (const explore::Section& s : t.sections) in_play.insert({label(side, s.rule), label(side, s.undo)});
  };
  for (std::size_t c = 0; c < calls.calls().size(); ++c) {
    add(calls.calls()[c].transition);
    std::ranges::for_each(calls.inside(static_cast<int>(c)), add);
  }
  std::ranges::for_each(calls.hidden(), add);
  std::erase_if(rules, [&](const RuleTree& r) { return !in_play.contains(r.label) || r.label == check::recycling; });
}

bool Simulation::same_sections(const explore::Transition& a, const explore::Transition& b) {
  return std::ranges::equal(a.sections, b.sections, [&](const explore::Section& x, const explore::Section& y) {
    return label(of_, x.rule) == label(in_, y.rule) && x.optional == y.optional && x.repeated == y.repeated &&
           label(of_, x.undo) == label(in_, y.undo);
  });
}

/// Calls are made of the same sections, with the same parameters, and the same happens inside them.
bool Simulation::structure() {
  const auto add = [&](int rule, Part part) {
    if (rule < 0 ||
        std::ranges::find(parts_, label(of_, rule), &std::pair<std::string_view, Part>::first) != parts_.end())
      return;
    parts_.emplace_back(label(of_, rule), part);
    if (part != Part::by_itself) seen_from_outside_.insert(label(of_, rule));
  };
  if (of_calls_.calls().empty()) return fail("there is no call, and so no behaviour");
  for (std::size_t c = 0; c < of_calls_.calls().size(); ++c) {
    const CallKind& call = of_calls_.calls()[c];
    const int other = in_calls_.named(call.name);
    const std::string name(call.name);
    if (other < 0) return fail("there is no call " + name);
    const auto same_param = [](const conform::Parameter& x, const conform::Parameter& y) {
      return x.name == y.name && x.sort == y.sort && x.role == y.role;
    };
    if (!same_sections(call.transition, in_calls_[other].transition) ||
        !std::ranges::equal(call.params, in_calls_[other].params, same_param))
      return fail(name + " is made of other sections");
    const auto inside = of_calls_.inside(static_cast<int>(c));
    const auto inside_other = in_calls_.inside(other);
    if (!std::ranges::equal(inside, inside_other, [&](const auto& x, const auto& y) { return same_sections(x, y); }))
      return fail("other things happen inside " + name);
    for (const explore::Section& s : call.transition.sections) {
      add(s.rule, Part::section);
      add(s.undo, Part::section);
    }
    for (const explore::Transition& t : inside) add(t.sections[0].rule, Part::inside);
  }
  for (const explore::Transition& t : of_calls_.hidden()) add(t.sections[0].rule, Part::by_itself);
  return true;
}

/// Every world of `of` is one of `in`.
bool Simulation::worlds() {
  std::set<NodeId> own;
  for (const lang::Formula& f : of_.tree->formulas)
    if (f.kind == lang::FormulaKind::axiom) own.insert(lang::fold(tree_, f.body, &of_.knobs));
  for (const lang::Formula& f : in_.tree->formulas) {
    if (f.kind != lang::FormulaKind::axiom) continue;
    const NodeId wanted = lang::fold(tree_, f.body, &in_.knobs);
    if (own.contains(wanted)) shown();
    else
      show(tree_.truth(true), wanted, "axiom " + std::string(f.name) + ": not every world of " + of_.name + " has it");
  }
  return true;
}

bool Simulation::rules() {
  std::vector<RuleTree> of_both = of_rules_;
  of_both.insert(of_both.end(), in_rules_.begin(), in_rules_.end());
  relevant_ = answering_cells(tree_, of_both, seen_from_outside_);
  for (const auto& [name, part] : parts_) {
    const RuleTree* const rule = find(of_rules_, name);
    if (rule == nullptr || (part == Part::by_itself && !matters(*rule))) continue;
    if (!compare(*rule, part)) return false;
  }
  return true;
}

bool Simulation::compare(const RuleTree& of, Part part) {
  const std::string name(of.label);
  const RuleTree* const found = find(in_rules_, of.label);
  if (found == nullptr) return fail("there is no rule " + name);
  lang::Substitution names;
  if (found->params.size() != of.params.size()) return fail(name + " has other parameters");
  for (std::size_t k = 0; k < of.params.size(); ++k) {
    if (of.params[k].name != found->params[k].name || of.params[k].sort != found->params[k].sort)
      return fail(name + " has other parameters");
    names.emplace(found->params[k].variable, of.params[k].variable);
  }
  const RuleTree in = lang::substitute(tree_, *found, names);
  const std::vector<NodeId> here = ends_of(tree_, of);
  const std::vector<NodeId> there = ends_of(tree_, in);
  const auto same_guard = [](const lang::Guard& x, const lang::Guard& y) {
    return outcome_of(x) == outcome_of(y) && x.condition == y.condition;
  };
  const bool one_text = std::ranges::equal(of.guards, in.guards, same_guard);

  if (part == Part::section)
    for (std::size_t i = 0; i < of.guards.size(); ++i) {
      const Outcome outcome = outcome_of(of.guards[i]);
      if (outcome.is == Outcome::Is::not_asked) continue;
      if (one_text) {
        shown();
        continue;
      }
      NodeId same = tree_.truth(false);
      for (std::size_t k = 0; k < in.guards.size(); ++k)
        if (outcome_of(in.guards[k]) == outcome) same = tree_.disj(same, there[k]);
      show(here[i], same, name + ": where " + std::string(of.guards[i].label) + " fails");
    }
  if (one_text) {
    shown();
  } else {
    show(here.back(), there.back(), name + ": where it fires");
    if (part == Part::inside) show(there.back(), here.back(), name + ": where it fires there and not here");
  }
  for (const int cell : relevant_) {
    const NodeId read = tree_.read_anywhere(cell);
    const NodeId after_here = lang::after(tree_, of, read);
    const NodeId after_there = lang::after(tree_, in, read);
    if (after_here == read && after_there == read) continue;
    show(here.back(), tree_.eq(after_here, after_there),
         name + ": what it writes to " + std::string(tree_.cells[static_cast<std::size_t>(cell)].name));
  }
  return true;
}

void Simulation::ask(const smt::Proof& proof) {
  // Formulas are the design's own; terms of both designs' rules are in this tree.
  const auto answers = smt::follow(tree_, of_.knobs, proof, implications_);
  out_.obligations += answers.size();
  const auto stuck = std::ranges::find_if(answers, [](smt::Answer a) { return a != smt::Answer::unsat; });
  if (stuck == answers.end()) out_.verdict = Refinement::Verdict::proved;
  else fail(names_[static_cast<std::size_t>(stuck - answers.begin())]);
}

}  // namespace

Refinement simulates(const Side& of, const Side& in, const smt::Proof& proof) { return Simulation(of, in).run(proof); }

}  // namespace pasid::review
