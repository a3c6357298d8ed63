#include "src/review/interleaving.hpp"

#include <algorithm>
#include <map>

#include "spec/lang/call.hpp"
#include "spec/lang/rewrite.hpp"
#include "src/check/seek.hpp"
#include "src/conform/catalogue.hpp"
#include "src/review/outcomes.hpp"

namespace pasid::review {
namespace {

using lang::NodeId;
using lang::RuleTree;

/// A thread makes one call at a time.
constexpr std::string_view caller = "Task";

/// A question, and where its answer is wanted.
struct Asked {
  smt::Implication implication;
  std::vector<Clash>* clashes;
  std::string other;
};

/// What others do: a rule that fires, or that refuses.
struct Event {
  std::string name;
  NodeId happens;
  bool fires;
};

class Movers {
 public:
  Movers(const Side& side, const smt::Proof& proof)
      : side_(side), proof_(proof), tree_(*side.tree), rules_(rules_of(tree_, side.tree->rules, side.knobs)) {
    const conform::Catalogue calls(*side.tree, side.reading, side.knobs);
    keep_to(calls);
    std::set<std::string_view> asked;
    for (const RuleTree& r : rules_) asked.insert(r.label);
    for (const auto& t : calls.hidden()) asked.erase(label(t.sections[0].rule));
    cells_ = answering_cells(tree_, rules_, asked);
  }

  std::vector<CallAtOnce> run() {
    std::vector<CallAtOnce> out;
    for (const lang::CallTree& call : side_.tree->calls) {
      call_ = {call.label, {}};
      for (const lang::CallSection& s : call.sections)
        if (find(label(s.rule)) != nullptr) call_.sections.push_back(s);
      if (call_.sections.size() > 1) out.push_back(of_call());
    }
    return out;
  }

 private:
  [[nodiscard]] std::string_view label(int rule) const {
    return rule < 0 ? std::string_view{} : side_.tree->rules[static_cast<std::size_t>(rule)].label;
  }
  [[nodiscard]] const RuleTree* find(std::string_view name) const {
    const auto it = std::ranges::find(rules_, name, &RuleTree::label);
    return it == rules_.end() ? nullptr : &*it;
  }

  /// The rules that are sections of calls, their undos, or happen unasked.
  void keep_to(const conform::Catalogue& calls) {
    std::set<std::string_view> in_play;
    const auto add = [&](const explore::Transition& t) {
      for (const explore::Section& s : t.sections) in_play.insert({label(s.rule), label(s.undo)});
    };
    for (std::size_t c = 0; c < calls.calls().size(); ++c) {
      add(calls.calls()[c].transition);
      std::ranges::for_each(calls.inside(static_cast<int>(c)), add);
    }
    std::ranges::for_each(calls.hidden(), add);
    std::erase_if(rules_, [&](const RuleTree& r) { return !in_play.contains(r.label) || r.label == check::recycling; });
  }

  CallAtOnce of_call() {
    params_ = lang::params_of(*side_.tree, call_);
    for (lang::Param& p : params_.all) p.variable = tree_.fresh_variable(p.sort);
    CallAtOnce out;
    out.call = call_.label;
    asked_.clear();
    count_ = {};
    own_facts(out);
    out.sections.resize(call_.sections.size());
    out.undos.resize(call_.sections.size());
    for (std::size_t i = 0; i < call_.sections.size(); ++i) {
      const lang::CallSection& s = call_.sections[i];
      out.sections[i].rule = label(s.rule);
      out.sections[i].optional = s.optional;
      movers(s.rule, i, out.sections[i]);
      if (s.undo < 0 || find(label(s.undo)) == nullptr) continue;
      out.undos[i].rule = label(s.undo);
      movers(s.undo, i + 1, out.undos[i]);
    }
    answer();
    conclude(out);
    out.obligations = count_.all;
    out.by_frame = count_.by_frame;
    return out;
  }

  /// The rule over the parameters of the call; those that it does not share are its own.
  RuleTree own(int rule) {
    const RuleTree& r = *find(label(rule));
    lang::Substitution names;
    for (const lang::Param& p : r.params) {
      const auto known = std::ranges::find(params_.all, p.name, &lang::Param::name);
      names.emplace(p.variable, known == params_.all.end() ? tree_.fresh_variable(p.sort) : known->variable);
    }
    return lang::substitute(tree_, r, names);
  }
  /// The rule as others fire it.
  RuleTree others(const RuleTree& r) {
    lang::Substitution names;
    for (const lang::Param& p : r.params) names.emplace(p.variable, tree_.fresh_variable(p.sort));
    return lang::substitute(tree_, r, names);
  }

  /// `r` is not part of this very call: where it is one of its sections (or their undos), it is about something else.
  NodeId of_another(const RuleTree& r) {
    const bool section = std::ranges::any_of(call_.sections, [&](const lang::CallSection& s) {
      return label(s.rule) == r.label || label(s.undo) == r.label;
    });
    NodeId apart = tree_.truth(true);
    for (const lang::Param& p : r.params)
      for (const lang::Param& q : params_.all)
        if (p.sort == q.sort && p.sort->name == caller)
          apart = tree_.conj(apart, tree_.negate(tree_.eq(p.variable, q.variable)));
    if (!section) return apart;
    NodeId same = tree_.truth(true);
    for (const lang::Param& p : r.params) {
      const auto known = std::ranges::find(params_.all, p.name, &lang::Param::name);
      const auto at = static_cast<std::size_t>(known - params_.all.begin());
      if (p.sort->kind == lang::SortKind::entity && at < params_.loops_from)
        same = tree_.conj(same, tree_.eq(p.variable, known->variable));
    }
    return tree_.conj(apart, tree_.negate(same));
  }

  /// What its sections have written so far for the call itself: cells that hold what they wrote until another section
  /// writes them. Whatever somebody else may change is left out, and named.
  void own_facts(CallAtOnce& out) {
    facts_.assign(call_.sections.size() + 1, {});
    for (std::size_t i = 0; i < call_.sections.size(); ++i) {
      const lang::CallSection& s = call_.sections[i];
      const RuleTree r = own(s.rule);
      for (const NodeId f : facts_[i])
        if (lang::after(tree_, r, f) == f) facts_[i + 1].push_back(f);
      if (s.optional || s.repeated) continue;
      for (const lang::Write& w : r.writes)
        if (w.bound.empty() && tree_.is_true(w.condition)) {
          const NodeId fact = tree_.eq(tree_.read(w.cell, w.index), w.value);
          if (!tree_.is_constant(fact)) facts_[i + 1].push_back(fact);
        }
    }
    (void)out;
  }
  [[nodiscard]] NodeId facts(std::size_t before) {
    NodeId out = tree_.truth(true);
    for (const NodeId f : facts_[before]) out = tree_.conj(out, f);
    return out;
  }

  void movers(int rule, std::size_t at, Mover& out) {
    const RuleTree mine = own(rule);
    const NodeId here = first_fails(tree_, mine).back();
    for (const RuleTree& r : rules_) {
      const RuleTree theirs = others(r);
      const std::vector<NodeId> there = first_fails(tree_, theirs);
      const NodeId apart = tree_.conj(of_another(theirs), facts(at));
      for (std::size_t g = 0; g <= theirs.guards.size(); ++g) {
        if (g == theirs.guards.size()) {
          commute(mine, here, theirs, there[g], apart, std::string(r.label), out.right);
          commute(theirs, there[g], mine, here, apart, std::string(r.label), out.left);
          continue;
        }
        const Outcome outcome = outcome_of(theirs.guards[g]);
        if (outcome.is != Outcome::Is::refused && outcome.is != Outcome::Is::faults) continue;
        const std::string name = std::string(r.label) + " refused by " + std::string(theirs.guards[g].label);
        const NodeId later = lang::after(tree_, mine, there[g]);
        show(tree_.conj(apart, tree_.conj(here, later)), {there[g]}, {here, later}, name, out.right);
        show(tree_.conj(apart, tree_.conj(here, there[g])), {later}, {here, there[g]}, name, out.left);
      }
    }
  }

  /// Where `first` and then `second` fire, they may as well fire the other way round, to the same end.
  void commute(const RuleTree& first, NodeId first_fires, const RuleTree& second, NodeId second_fires, NodeId apart,
               const std::string& name, std::vector<Clash>& clashes) {
    const NodeId then = lang::after(tree_, first, second_fires);
    std::vector<NodeId> goals{second_fires, lang::after(tree_, second, first_fires)};
    for (const int cell : cells_) {
      std::vector<NodeId> index;
      for (const lang::SortInfo* s : tree_.cells[static_cast<std::size_t>(cell)].index)
        index.push_back(tree_.fresh_variable(s));
      const NodeId read = tree_.read(cell, index);
      const NodeId by_first = lang::after(tree_, first, read);
      const NodeId by_second = lang::after(tree_, second, read);
      if (by_first == read && by_second == read) continue;
      goals.push_back(tree_.eq(lang::after(tree_, first, by_second), lang::after(tree_, second, by_first)));
    }
    show(tree_.conj(apart, tree_.conj(first_fires, then)), goals, {first_fires, then}, name, clashes);
  }

  /// One question; none where each goal is true, or one of the `given`.
  void show(NodeId premise, const std::vector<NodeId>& goals, const std::vector<NodeId>& given, const std::string& name,
            std::vector<Clash>& clashes) {
    ++count_.all;
    NodeId goal = tree_.truth(true);
    for (const NodeId g : goals)
      if (std::ranges::find(given, g) == given.end()) goal = tree_.conj(goal, g);
    if (tree_.is_true(goal) || tree_.is_false(premise)) ++count_.by_frame;
    else asked_.push_back({{premise, goal}, &clashes, name});
  }

  void answer() {
    std::vector<smt::Implication> implications;
    for (const Asked& a : asked_) implications.push_back(a.implication);
    const auto answers = smt::follow(tree_, side_.knobs, proof_, implications, true);
    for (std::size_t i = 0; i < answers.size(); ++i)
      if (answers[i] != smt::Answer::unsat)
        asked_[i].clashes->push_back({asked_[i].other, answers[i] == smt::Answer::unknown});
  }

  void conclude(CallAtOnce& out) const {
    // As few moments as can be: each takes along as many sections as it can.
    for (std::size_t first = 0; first < out.sections.size();) {
      std::size_t moment = first;
      while (moment + 1 < out.sections.size() && out.sections[moment].right.empty()) ++moment;
      // Right movers to the end: any of them may be the moment; the last is.
      std::size_t end = moment + 1;
      while (end < out.sections.size() && out.sections[end].left.empty()) ++end;
      out.moments.push_back(moment);
      first = end;
    }
  }

  const Side& side_;
  const smt::Proof& proof_;
  lang::Tree tree_;
  std::vector<RuleTree> rules_;  ///< of the design, those in play
  std::set<int> cells_;          ///< that some answer can depend on
  lang::CallTree call_{};        ///< the sections that the design has
  lang::CallParams params_{};
  std::vector<std::vector<NodeId>> facts_;  ///< before each section, and after the last
  std::vector<Asked> asked_;
  struct {
    std::size_t all = 0;
    std::size_t by_frame = 0;
  } count_;
};

}  // namespace

std::vector<CallAtOnce> at_once(const Side& side, const smt::Proof& proof) { return Movers(side, proof).run(); }

}  // namespace pasid::review
