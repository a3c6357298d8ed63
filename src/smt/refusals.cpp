#include "src/smt/refusals.hpp"

#include <algorithm>

#include "spec/lang/call.hpp"

namespace pasid::smt {

using lang::NodeId;
using lang::Op;
using lang::RuleTree;
using lang::Substitution;

namespace {

/// `term` after these rules, over the state before the first.
NodeId through(lang::Tree& tree, const std::vector<RuleTree>& rules, NodeId term) {
  for (std::size_t i = rules.size(); i-- > 0;) term = lang::after(tree, rules[i], term);
  return term;
}

bool mentions(const lang::Tree& tree, NodeId term, NodeId what) {
  bool found = false;
  lang::walk(tree, term, [&](NodeId id) { found = found || id == what; });
  return found;
}

/// A rule as part of a call: fired once; or, where `chosen` is a cell, for the elements of which that is true (it has
/// no index where the rule fires once or not at all).
struct Part {
  RuleTree rule;
  NodeId guards;  ///< they hold wherever it fires
};

class Composer {
 public:
  Composer(Theory& theory, const lang::Tree& whole, const spec::NativeFacts& knobs)
      : theory_(theory), tree_(theory.tree), whole_(whole), knobs_(knobs) {}

  std::vector<Refusal> all() {
    for (const lang::CallTree& call : whole_.calls) compose(call);
    return std::move(out_);
  }

 private:
  /// Has the design this rule?
  bool has(int rule) {
    return rule >= 0 && tree_.is_true(lang::fold(tree_, whole_.rules[static_cast<std::size_t>(rule)].only_if, &knobs_));
  }
  RuleTree folded(int rule) { return lang::fold(tree_, whole_.rules[static_cast<std::size_t>(rule)], &knobs_); }

  void compose(const lang::CallTree& whole_call) {
    call_ = {whole_call.label, {}};
    for (const lang::CallSection& s : whole_call.sections)
      if (has(s.rule)) call_.sections.push_back(s);
    // Without a section that must fire the design has not this call.
    const auto must = [](const lang::CallSection& s) { return !s.optional && !s.repeated; };
    if (std::ranges::none_of(call_.sections, must)) return;
    params_ = lang::params_of(whole_, call_);
    // Each call has variables of its own, so that a rule may be part of several.
    for (lang::Param& p : params_.all) p.variable = tree_.fresh_variable(p.sort);
    for (std::size_t k = 0; k < call_.sections.size(); ++k) {
      const RuleTree rule = folded(call_.sections[k].rule);
      for (std::size_t g = 0; g < rule.guards.size(); ++g)
        if (rule.guards[g].kind == lang::GuardKind::require && !tree_.is_true(rule.guards[g].condition)) refuse(k, g);
      // What the design always refuses has nothing after it.
      const auto always = [&](const lang::Guard& g) {
        return g.kind == lang::GuardKind::require && tree_.is_false(g.condition);
      };
      if (!call_.sections[k].optional && std::ranges::any_of(rule.guards, always)) break;
    }
  }

  /// The parameters of a rule that only repeated sections have.
  std::vector<lang::Param> loops(const RuleTree& rule) const {
    std::vector<lang::Param> out;
    for (const lang::Param& p : rule.params) {
      const auto at = std::ranges::find(params_.all, p.name, &lang::Param::name) - params_.all.begin();
      if (static_cast<std::size_t>(at) >= params_.loops_from) out.push_back(params_.all[static_cast<std::size_t>(at)]);
    }
    return out;
  }

  /// A predicate that nothing is known of.
  int fresh_predicate(const std::vector<lang::Param>& over) {
    theory_.names.push_back("chosen!" + std::to_string(theory_.names.size() + 1));
    std::vector<const lang::SortInfo*> index;
    for (const lang::Param& p : over) index.push_back(p.sort);
    tree_.cells.push_back({theory_.names.back(), &lang::sort_info<bool>, index, true, 0, {}});
    return static_cast<int>(tree_.cells.size()) - 1;
  }

  /// The rule over the parameters of the call; those in `elements` are replaced by variables of theirs.
  RuleTree instance(const RuleTree& rule, const std::vector<lang::Param>& elements) {
    Substitution names;
    for (const lang::Param& p : rule.params) {
      auto known = std::ranges::find(elements, p.name, &lang::Param::name);
      if (known == elements.end()) known = std::ranges::find(params_.all, p.name, &lang::Param::name);
      names.emplace(p.variable, known->variable);
    }
    return lang::substitute(tree_, rule, names);
  }

  std::vector<lang::Param> fresh(std::vector<lang::Param> params) {
    for (lang::Param& p : params) p.variable = tree_.fresh_variable(p.sort);
    return params;
  }

  NodeId all_guards(const RuleTree& rule) {
    NodeId out = tree_.truth(true);
    for (const lang::Guard& g : rule.guards) out = tree_.conj(out, g.condition);
    return out;
  }

  /// Nothing that `term` reads is written by the rule for another element.
  bool own_element(const RuleTree& rule, NodeId term, const std::vector<lang::Param>& elements) {
    bool own = true;
    lang::walk(tree_, term, [&](NodeId id) {
      const lang::Node& n = tree_[id];
      if (n.op != Op::read) return;
      for (const lang::Write& w : rule.writes) {
        if (w.cell != n.ref) continue;
        for (const lang::Param& e : elements) {
          bool same = false;
          for (std::size_t k = 0; k < n.args.size(); ++k)
            same = same || (w.index[k] == e.variable && n.args[k] == e.variable);
          own = own && same;
        }
      }
    });
    return own;
  }

  /// `rule` for the elements of `over` that are chosen; over nothing, if it is chosen at all. What cannot be said of a
  /// repeated rule is noted in `unsupported`, but a guard of a section (not an undo) that reads what others of its
  /// firings write is only left out, which allows more.
  Part chosen(const RuleTree& rule, int chosen, const std::vector<lang::Param>& over, bool undo,
              std::string& unsupported) {
    const std::vector<lang::Param> elements = fresh(over);
    Part out{instance(rule, elements), tree_.truth(true)};
    std::vector<NodeId> index;
    for (const lang::Param& e : elements) index.push_back(e.variable);
    const NodeId is_chosen = tree_.read(chosen, index);
    const auto refuse_to_say = [&] {
      unsupported = std::string(rule.label) + " reads what it writes for other elements";
    };
    for (const lang::Guard& g : out.rule.guards) {
      if (own_element(out.rule, g.condition, elements)) out.guards = tree_.conj(out.guards, g.condition);
      else if (undo) refuse_to_say();
    }
    out.guards = tree_.imply(is_chosen, out.guards);
    for (const NodeId e : index) out.guards = tree_.quantify(Op::forall, e, out.guards);
    const RuleTree plain = out.rule;
    for (lang::Write& w : out.rule.writes) {
      if (!own_element(plain, w.condition, elements) || !own_element(plain, w.value, elements)) refuse_to_say();
      NodeId fires = is_chosen;
      for (const NodeId e : index) {
        if (std::ranges::find(w.index, e) != w.index.end()) {
          w.bound.push_back(e);
          continue;
        }
        bool used = mentions(tree_, w.condition, e) || mentions(tree_, w.value, e);
        for (const NodeId i : w.index) used = used || mentions(tree_, i, e);
        if (used) refuse_to_say();
        fires = tree_.quantify(Op::exists, e, fires);
      }
      w.condition = tree_.conj(fires, w.condition);
    }
    return out;
  }

  void refuse(std::size_t k, std::size_t g) {
    const RuleTree refusing = folded(call_.sections[k].rule);
    Refusal out{};
    out.name = std::string(call_.label) + ": " + std::string(refusing.guards[g].label) + " refused";
    out.params.label = call_.label;
    out.params.params.assign(params_.all.begin(),
                             params_.all.begin() + static_cast<std::ptrdiff_t>(params_.loops_from));
    out.premise = tree_.truth(true);
    const auto assume = [&](NodeId term) { out.premise = tree_.conj(out.premise, through(tree_, out.effect, term)); };

    // What has fired: whole sections before it, and of a repeated one that refuses, some elements.
    std::vector<int> predicate(k + 1, -1);
    for (std::size_t i = 0; i < k + (call_.sections[k].repeated ? 1 : 0); ++i) {
      const lang::CallSection& s = call_.sections[i];
      const RuleTree rule = folded(s.rule);
      Part part{};
      if (s.optional || s.repeated) {
        predicate[i] = fresh_predicate(loops(rule));
        part = chosen(rule, predicate[i], loops(rule), false, out.unsupported);
      } else {
        part.rule = instance(rule, {});
        part.guards = all_guards(part.rule);
      }
      assume(part.guards);
      out.effect.push_back(std::move(part.rule));
    }

    const std::vector<lang::Param> element = fresh(loops(refusing));
    out.params.params.insert(out.params.params.end(), element.begin(), element.end());
    if (predicate[k] >= 0) {
      std::vector<NodeId> index;
      for (const lang::Param& e : element) index.push_back(e.variable);
      assume(tree_.negate(tree_.read(predicate[k], index)));
    }
    const RuleTree last = instance(refusing, element);
    for (std::size_t i = 0; i < g; ++i) assume(last.guards[i].condition);
    assume(tree_.negate(last.guards[g].condition));
    for (const lang::Param& p : out.params.params)
      if (p.sort->kind == lang::SortKind::enumeration)
        assume(tree_.negate(tree_.eq(p.variable, tree_.constant(p.sort, 0))));

    for (std::size_t i = k + (call_.sections[k].repeated ? 1 : 0); i-- > 0;) {
      const lang::CallSection& s = call_.sections[i];
      if (!has(s.undo)) continue;
      const RuleTree rule = folded(s.undo);
      Part part{};
      if (predicate[i] >= 0) {
        part = chosen(rule, predicate[i], loops(folded(s.rule)), true, out.unsupported);
      } else {
        part.rule = instance(rule, {});
        part.guards = all_guards(part.rule);
      }
      out.undos.push_back({std::string(rule.label), through(tree_, out.effect, part.guards)});
      out.effect.push_back(std::move(part.rule));
    }
    out_.push_back(std::move(out));
  }

  Theory& theory_;
  lang::Tree& tree_;
  const lang::Tree& whole_;
  const spec::NativeFacts& knobs_;
  lang::CallTree call_{};
  lang::CallParams params_{};
  std::vector<Refusal> out_;
};

}  // namespace

std::vector<Refusal> refusals(Theory& theory, const lang::Tree& whole, const spec::NativeFacts& knobs) {
  return Composer(theory, whole, knobs).all();
}

NodeId after_refusal(lang::Tree& tree, const Refusal& refusal, NodeId term) {
  return lang::settled(tree, through(tree, refusal.effect, term));
}

}  // namespace pasid::smt
