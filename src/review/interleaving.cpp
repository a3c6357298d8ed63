#include "src/review/interleaving.hpp"

#include <algorithm>

#include "spec/lang/call.hpp"
#include "spec/lang/rewrite.hpp"
#include "src/check/seek.hpp"
#include "src/conform/catalogue.hpp"
#include "src/review/outcome.hpp"
#include "src/smt/keeping.hpp"

namespace pasid::review {
namespace {

using lang::NodeId;
using lang::RuleTree;

/// A thread makes one call at a time.
constexpr std::string_view caller = "Task";
// The devices of a group are attached as one.
constexpr std::string_view device = "Dev";
constexpr std::string_view group_of = "group_of";

/// A question, and where it is noted that its answer is no.
struct Obligation {
  smt::Implication implication;
  std::vector<Clash>* clashes;
  Clash clash;  ///< what is noted
};

class Movers {
 public:
  Movers(const Side& side, const smt::Proof& proof)
      : side_(side), proof_(proof), tree_(*side.tree), rules_(rules_of(tree_, side.tree->rules, side.knobs)) {
    const conform::Catalogue calls(*side.tree, side.reading, side.knobs);
    keep_to(calls);
    std::set<std::string_view> asked;
    for (const RuleTree& r : rules_) asked.insert(r.label);
    for (const auto& t : calls.hidden()) unasked_.insert(label(t.sections[0].rule));
    for (const std::string_view r : unasked_) asked.erase(r);
    cells_ = answering_cells(tree_, rules_, asked);
  }

  [[nodiscard]] const std::set<int>& cells() const { return cells_; }

  [[nodiscard]] std::vector<std::string> calls() const {
    std::vector<std::string> out;
    for (const lang::CallTree& call : side_.tree->calls)
      if (sections_of(call).size() > 1) out.emplace_back(call.label);
    return out;
  }

  CallMoments run(std::string_view call, bool all) {
    const auto found = std::ranges::find(side_.tree->calls, call, &lang::CallTree::label);
    call_ = {found->label, sections_of(*found)};
    return of_call(all);
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

  [[nodiscard]] std::vector<lang::CallSection> sections_of(const lang::CallTree& call) const {
    std::vector<lang::CallSection> out;
    for (const lang::CallSection& s : call.sections)
      if (find(label(s.rule)) != nullptr) out.push_back(s);
    return out;
  }

  CallMoments of_call(bool all) {
    params_ = lang::params_of(*side_.tree, call_);
    for (lang::Param& p : params_.all) p.variable = tree_.fresh_variable(p.sort);
    own_facts();
    CallMoments out;
    out.call = call_.label;
    out.sections.resize(call_.sections.size());
    out.undos.reserve(call_.sections.size());
    for (std::size_t i = 0; i < call_.sections.size(); ++i) {
      const lang::CallSection& s = call_.sections[i];
      out.sections[i].rule = label(s.rule);
      movers(s.rule, i, out.sections[i]);
      if (s.undo < 0 || find(label(s.undo)) == nullptr) continue;
      out.undos.push_back({std::string(label(s.undo)), {}, {}});
      movers(s.undo, throughout_from(i + 1), out.undos.back());
    }
    answer(all);
    look_for_emptiness();
    part(out);
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

  /// `r` is not part of this very call: where it is one of its later sections (or an undo), it is about something else.
  /// Who begins the call is another caller. A rule does not say who fires it: what a call has reserved for a group is
  /// published, or undone, by that call, whatever device of the group the rule names.
  NodeId of_another(const RuleTree& r) {
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
  void own_facts() {
    const std::size_t n = call_.sections.size();
    facts_.assign(n + 1, {});
    const auto add = [&](std::size_t at, NodeId fact) {
      if (!tree_.is_constant(fact) && std::ranges::find(facts_[at], fact) == facts_[at].end())
        facts_[at].push_back(fact);
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
  [[nodiscard]] bool of_the_call(NodeId term) const {
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
  bool forget_unsettled() {
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
      const NodeId here = tree_.conj(facts(i), ends_of(tree_, mine).back());
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
          if (then != f) ask(i + 1, f, tree_.conj(facts(i + 1), there), then);
        }
      }
    }
    const auto answers = follow(questions);
    bool forgotten = false;
    for (std::size_t q = 0; q < answers.size(); ++q)
      if (answers[q].front() != smt::Answer::unsat)
        forgotten = std::erase(facts_[about[q].at], about[q].fact) > 0 || forgotten;
    return forgotten;
  }

  /// Where, among facts_, what holds before each section from that one on is: an undo comes after any of them.
  std::size_t throughout_from(std::size_t first) {
    std::vector<NodeId> out = facts_[first];
    for (std::size_t i = first + 1; i < call_.sections.size(); ++i)
      std::erase_if(out, [&](NodeId f) { return std::ranges::find(facts_[i], f) == facts_[i].end(); });
    facts_.push_back(std::move(out));
    return facts_.size() - 1;
  }

  [[nodiscard]] NodeId facts(std::size_t before) {
    NodeId out = tree_.truth(true);
    for (const NodeId f : facts_[before]) out = tree_.conj(out, f);
    return out;
  }

  void movers(int rule, std::size_t at, Mover& out) {
    const RuleTree mine = own(rule);
    const NodeId here = ends_of(tree_, mine).back();
    fires_.push_back({{tree_.conj(facts(at), here), tree_.truth(false)}, &out});
    for (const RuleTree& r : rules_) {
      const RuleTree theirs = others(r);
      const std::vector<NodeId> there = ends_of(tree_, theirs);
      const NodeId apart = tree_.conj(of_another(theirs), facts(at));
      for (std::size_t g = 0; g <= theirs.guards.size(); ++g) {
        if (g == theirs.guards.size()) {
          commute(mine, here, theirs, there[g], apart, {std::string(r.label), ""}, out.not_right);
          commute(theirs, there[g], mine, here, apart, {std::string(r.label), ""}, out.not_left);
          continue;
        }
        const Outcome outcome = outcome_of(theirs.guards[g]);
        if (outcome.is != Outcome::Is::refused && outcome.is != Outcome::Is::faults) continue;
        const Clash refused{std::string(r.label), std::string(theirs.guards[g].label)};
        const NodeId later = lang::after(tree_, mine, there[g]);
        show(tree_.conj(apart, tree_.conj(here, later)), {there[g]}, {here, later}, refused, out.not_right);
        show(tree_.conj(apart, tree_.conj(here, there[g])), {later}, {here, there[g]}, refused, out.not_left);
      }
    }
  }

  /// Where `first` and then `second` fire, they may as well fire the other way round, to the same end.
  void commute(const RuleTree& first, NodeId first_fires, const RuleTree& second, NodeId second_fires, NodeId apart,
               const Clash& clash, std::vector<Clash>& clashes) {
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
    show(tree_.conj(apart, tree_.conj(first_fires, then)), goals, {first_fires, then}, clash, clashes);
  }

  /// One question; none where each goal is true, or one of the `given`.
  void show(NodeId premise, const std::vector<NodeId>& goals, const std::vector<NodeId>& given, const Clash& clash,
            std::vector<Clash>& clashes) {
    ++count_.all;
    NodeId goal = tree_.truth(true);
    for (const NodeId g : goals)
      if (std::ranges::find(given, g) == given.end()) goal = tree_.conj(goal, g);
    if (tree_.is_true(goal) || tree_.is_false(premise)) ++count_.by_frame;
    else asked_.push_back({{premise, goal}, &clashes, clash});
  }

  /// Group by group; of each, up to the first that does not follow.
  [[nodiscard]] std::vector<std::vector<smt::Answer>> follow(
      const std::vector<std::vector<smt::Implication>>& groups) const {
    smt::Keeping solver(tree_, side_.knobs, proof_);
    std::vector<std::vector<smt::Answer>> out;
    for (const auto& group : groups) out.push_back(solver.follow(group));
    return out;
  }

  /// Of what is in the way of one and the same, all or the first.
  void answer(bool all) {
    std::vector<std::vector<smt::Implication>> groups;
    std::vector<std::vector<std::size_t>> places;
    for (std::size_t i = 0; i < asked_.size(); ++i) {
      const auto same = [&](const std::vector<std::size_t>& g) { return asked_[g[0]].clashes == asked_[i].clashes; };
      auto place = all ? places.end() : std::ranges::find_if(places, same);
      if (place == places.end()) {
        place = places.insert(place, std::vector<std::size_t>{});
        groups.emplace_back();
      }
      place->push_back(i);
      groups[static_cast<std::size_t>(place - places.begin())].push_back(asked_[i].implication);
    }
    const auto answers = follow(groups);
    for (std::size_t g = 0; g < groups.size(); ++g) {
      const auto stuck = std::ranges::find_if(answers[g], [](smt::Answer a) { return a != smt::Answer::unsat; });
      if (stuck == answers[g].end()) continue;
      Obligation& asked = asked_[places[g][static_cast<std::size_t>(stuck - answers[g].begin())]];
      asked.clash.unknown = *stuck == smt::Answer::unknown;
      asked.clashes->push_back(asked.clash);
    }
  }

  /// A section that cannot fire commutes with everything.
  void look_for_emptiness() {
    std::vector<std::vector<smt::Implication>> questions;
    for (const auto& [never, mover] : fires_) questions.push_back({never});
    const auto answers = follow(questions);
    for (std::size_t i = 0; i < fires_.size(); ++i) fires_[i].second->never = answers[i].front() == smt::Answer::unsat;
  }

  /// As few moments as can be: each takes along as many sections as it can.
  static void part(CallMoments& out) {
    for (std::size_t first = 0; first < out.sections.size();) {
      std::size_t moment = first;
      while (moment + 1 < out.sections.size() && out.sections[moment].not_right.empty()) ++moment;
      out.moments.push_back(moment);
      first = moment + 1;
      while (first < out.sections.size() && out.sections[first].not_left.empty()) ++first;
    }
  }

  const Side& side_;
  const smt::Proof& proof_;
  lang::Tree tree_;
  std::vector<RuleTree> rules_;         ///< of the design, those in play
  std::set<std::string_view> unasked_;  ///< rules that happen by themselves, also to a thread within a call
  std::set<int> cells_;                 ///< that some answer can depend on
  lang::CallTree call_{};               ///< the sections that the design has
  lang::CallParams params_{};
  std::vector<std::vector<NodeId>> facts_;  ///< before each section, after the last, before undos
  std::vector<Obligation> asked_;
  std::vector<std::pair<smt::Implication, Mover*>> fires_;  ///< by section and undo: that it never does
  struct {
    std::size_t all = 0;
    std::size_t by_frame = 0;
  } count_;
};

}  // namespace

std::vector<std::string> calls_in_sections(const Side& side) { return Movers(side, {}).calls(); }

CallMoments moments_of(const Side& side, const smt::Proof& proof, std::string_view call, bool all) {
  return Movers(side, proof).run(call, all);
}

std::set<int> visible_cells(const Side& side) { return Movers(side, {}).cells(); }

}  // namespace pasid::review
