#include "src/review/interleaving.hpp"

#include <algorithm>
#include <optional>

#include "spec/lang/rewrite.hpp"
#include "src/check/seek.hpp"
#include "src/conform/catalogue.hpp"
#include "src/review/call_alone.hpp"
#include "src/review/mover_questions.hpp"
#include "src/review/outcome.hpp"
#include "src/smt/keeping.hpp"

namespace pasid::review {
namespace {

using lang::NodeId;
using lang::RuleTree;

class Movers {
 public:
  Movers(const Side& side, const smt::Proof& proof, const Others& others)
      : side_(side), tree_(*side.tree), rules_(rules_of(tree_, side.tree->rules, side.knobs)),
        questions_(tree_, side.knobs, proof, cells_) {
    const conform::Catalogue calls(*side.tree, side.reading, side.knobs);
    keep_to(calls, others);
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
    keep_to(*found);
    call_.emplace(
        tree_, rules_, unasked_, [this](const auto& groups) { return questions_.follow(groups); },
        lang::CallTree{found->label, sections_of(*found)});
    CallMoments out;
    out.call = call;
    const auto& sections = call_->sections();
    out.sections.resize(sections.size());
    out.undos.reserve(sections.size());
    for (std::size_t i = 0; i < sections.size(); ++i) {
      out.sections[i].rule = label(sections[i].rule);
      movers(sections[i].rule, call_->before(i), out.sections[i]);
      if (!has_undo(sections[i])) continue;
      out.undos.push_back({std::string(label(sections[i].undo)), {}, {}});
      movers(sections[i].undo, call_->throughout_from(i + 1), out.undos.back());
    }
    for (std::size_t i = 1; i < sections.size(); ++i) refusals(i, out.refusals);
    for (Refused& r : out.refusals) stays(r);
    questions_.answer(all);
    std::erase_if(out.refusals, [](const Refused& r) { return r.mover.never; });
    part(out);
    out.obligations = questions_.all();
    out.by_frame = questions_.by_frame();
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

  /// The rules that are sections of calls, their undos, or happen unasked; and which of them the others fire.
  void keep_to(const conform::Catalogue& calls, const Others& others) {
    std::set<std::string_view> in_play;
    const auto add = [&](const explore::Transition& t, std::string_view of) {
      for (const explore::Section& s : t.sections) {
        in_play.insert({label(s.rule), label(s.undo)});
        if (others.have(of)) theirs_.insert({label(s.rule), label(s.undo)});
      }
    };
    for (std::size_t c = 0; c < calls.calls().size(); ++c) {
      const explore::Transition& call = calls.calls()[c].transition;
      add(call, call.label);
      for (const explore::Transition& t : calls.inside(static_cast<int>(c))) add(t, call.label);
    }
    for (const explore::Transition& t : calls.hidden()) add(t, t.label);
    std::erase_if(rules_, [&](const RuleTree& r) { return !in_play.contains(r.label) || r.label == check::recycling; });
  }

  /// What is neither of the call nor done by others.
  void keep_to(const lang::CallTree& call) {
    std::erase_if(rules_, [&](const RuleTree& r) {
      return !theirs_.contains(r.label) && std::ranges::none_of(call.sections, [&](const lang::CallSection& s) {
        return r.label == label(s.rule) || r.label == label(s.undo);
      });
    });
  }

  [[nodiscard]] std::vector<lang::CallSection> sections_of(const lang::CallTree& call) const {
    std::vector<lang::CallSection> out;
    for (const lang::CallSection& s : call.sections)
      if (find(label(s.rule)) != nullptr) out.push_back(s);
    return out;
  }

  [[nodiscard]] bool has_undo(const lang::CallSection& s) const {
    return s.undo >= 0 && find(label(s.undo)) != nullptr;
  }

  /// A section, or an undo, where `known` holds.
  void movers(int rule, NodeId known, Mover& out) {
    const RuleTree mine = call_->own(rule);
    const NodeId here = ends_of(tree_, mine).back();
    questions_.happens(tree_.conj(known, here), out);
    for (const RuleTree& r : rules_) {
      if (!theirs_.contains(r.label)) continue;
      const RuleTree theirs = call_->others(r);
      const std::vector<NodeId> there = ends_of(tree_, theirs);
      const NodeId apart = tree_.conj(call_->of_another(theirs), known);
      for (std::size_t g = 0; g <= theirs.guards.size(); ++g) {
        if (g == theirs.guards.size()) {
          questions_.commute(mine, here, theirs, there[g], apart, {std::string(r.label), ""}, out.not_right);
          questions_.commute(theirs, there[g], mine, here, apart, {std::string(r.label), ""}, out.not_left);
          continue;
        }
        const Outcome outcome = outcome_of(theirs.guards[g]);
        if (outcome.is != Outcome::Is::refused && outcome.is != Outcome::Is::faults) continue;
        const Clash refused{std::string(r.label), std::string(theirs.guards[g].label)};
        const NodeId later = lang::after(tree_, mine, there[g]);
        questions_.show(tree_.conj(apart, tree_.conj(here, later)), {there[g]}, {here, later}, refused, out.not_right);
        questions_.show(tree_.conj(apart, tree_.conj(here, there[g])), {later}, {here, there[g]}, refused,
                        out.not_left);
      }
    }
  }

  /// Answers of the section that end the call, one by one: guards of one errno are not told apart.
  void refusals(std::size_t section, std::vector<Refused>& out) {
    const RuleTree& rule = *find(label(call_->sections()[section].rule));
    for (const lang::Guard& g : rule.guards) {
      const Outcome outcome = outcome_of(g);
      const auto same = [&](const Refused& r) { return r.section == section && r.err == outcome.err; };
      if (outcome.is == Outcome::Is::refused && std::ranges::none_of(out, same))
        out.push_back({section, outcome.err, {std::string(rule.label), {}, {}}, {}});
    }
  }

  /// A refusal writes nothing: it has to be one before and after what others do.
  void stays(Refused& out) {
    const RuleTree mine = call_->own(call_->sections()[out.section].rule);
    const std::vector<NodeId> ends = ends_of(tree_, mine);
    NodeId here = tree_.truth(false);
    for (std::size_t g = 0; g < mine.guards.size(); ++g)
      if (const Outcome o = outcome_of(mine.guards[g]); o.is == Outcome::Is::refused && o.err == out.err)
        here = tree_.disj(here, ends[g]);
    const NodeId known = call_->before(out.section);
    questions_.happens(tree_.conj(known, here), out.mover);
    for (const RuleTree& r : rules_) {
      if (!theirs_.contains(r.label)) continue;
      const RuleTree theirs = call_->others(r);
      const NodeId there = ends_of(tree_, theirs).back();
      const NodeId apart = tree_.conj(call_->of_another(theirs), known);
      const NodeId later = lang::after(tree_, theirs, here);
      questions_.show(tree_.conj(apart, tree_.conj(here, there)), {later}, {here, there}, {std::string(r.label), ""},
                      out.mover.not_right);
      questions_.show(tree_.conj(apart, tree_.conj(there, later)), {here}, {later, there}, {std::string(r.label), ""},
                      out.mover.not_left);
    }
  }

  void part(CallMoments& out) const {
    std::vector<const Mover*> completes;
    for (const Mover& m : out.sections) completes.push_back(&m);
    out.moments = moments(completes);
    for (Refused& r : out.refusals) {
      // A repeated section may have fired for some before it is refused for another.
      const std::size_t fired = r.section + (call_->sections()[r.section].repeated ? 1 : 0);
      std::vector<const Mover*> steps(completes.begin(), completes.begin() + static_cast<std::ptrdiff_t>(fired));
      steps.push_back(&r.mover);
      std::size_t undo = 0;
      std::vector<const Mover*> undos;
      for (std::size_t i = 0; i < fired; ++i)
        if (has_undo(call_->sections()[i])) undos.insert(undos.begin(), &out.undos[undo++]);
      steps.insert(steps.end(), undos.begin(), undos.end());
      for (const std::size_t m : moments(steps)) r.moments.push_back(m == fired ? "" : steps[m]->rule);
    }
  }

  /// As few moments as can be: each takes along as many steps as it can.
  static std::vector<std::size_t> moments(const std::vector<const Mover*>& steps) {
    std::vector<std::size_t> out;
    for (std::size_t first = 0; first < steps.size();) {
      std::size_t moment = first;
      while (moment + 1 < steps.size() && steps[moment]->not_right.empty()) ++moment;
      out.push_back(moment);
      first = moment + 1;
      while (first < steps.size() && steps[first]->not_left.empty()) ++first;
    }
    return out;
  }

  const Side& side_;
  lang::Tree tree_;
  std::vector<RuleTree> rules_;         ///< of the design, those in play
  std::set<std::string_view> theirs_;   ///< of these, what others fire
  std::set<std::string_view> unasked_;  ///< rules that happen by themselves, also to a thread within a call
  std::set<int> cells_;                 ///< that some answer can depend on
  std::optional<CallAlone> call_;
  MoverQuestions questions_;
};

}  // namespace

bool CallMoments::at_once() const {
  return moments.size() == 1 && std::ranges::none_of(sections, &Mover::never) &&
         std::ranges::all_of(refusals, [](const Refused& r) { return r.moments.size() == 1; });
}

std::vector<std::string> calls_in_sections(const Side& side) { return Movers(side, smt::Proof{}, Others{}).calls(); }

CallMoments moments_of(const Side& side, const smt::Proof& proof, std::string_view call, bool all,
                       const Others& others) {
  return Movers(side, proof, others).run(call, all);
}

std::vector<std::string> names_of_others(const Side& side) {
  const conform::Catalogue calls(*side.tree, side.reading, side.knobs);
  std::vector<std::string> out;
  for (const conform::CallKind& c : calls.calls()) out.emplace_back(c.name);
  for (const explore::Transition& t : calls.hidden()) out.emplace_back(t.label);
  return out;
}

std::set<int> visible_cells(const Side& side) { return Movers(side, smt::Proof{}, Others{}).cells(); }

}  // namespace pasid::review
