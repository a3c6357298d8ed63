#include "src/conform/endings.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <set>

#include "spec/calls.hpp"
#include "spec/lang/rewrite.hpp"

namespace pasid::conform {
namespace {

using lang::GuardKind;

/// No call is under way: no bond is being made or torn down, and what is attached is published.
lang::NodeId between_calls(lang::Tree& tree) {
  const auto cell = [&](std::string_view name, std::vector<lang::NodeId> index) {
    return tree.read(tree.cell_named(name), std::move(index));
  };
  const auto b = tree.fresh_variable(&lang::sort_info<spec::Bond>);
  const auto at = cell("bond_at", {b});
  const auto is = [&](int step) { return tree.eq(at, tree.constant(&lang::sort_info<spec::Step>, step)); };
  const auto g = tree.fresh_variable(&lang::sort_info<spec::Group>);
  const auto p = tree.fresh_variable(&lang::sort_info<spec::Pasid>);
  const auto free = tree.eq(cell("slot", {g, p}), tree.constant(&lang::sort_info<spec::As>, 0));
  return tree.conj(tree.quantify(lang::Op::forall, b, tree.disj(is(0), is(static_cast<int>(spec::Step::live)))),
                   tree.quantify(lang::Op::forall, g,
                                 tree.quantify(lang::Op::forall, p, tree.disj(free, cell("published", {g, p})))));
}

/// Does the section find the implementation as it was between calls, as far as between_calls() speaks of it?
bool finds_it_so(const Catalogue& catalogue, const CallKind& call, std::size_t section) {
  for (std::size_t s = 0; s < section; ++s)
    for (const lang::Write& w :
         catalogue.tree().rules[static_cast<std::size_t>(call.transition.sections[s].rule)].writes) {
      const std::string_view cell = catalogue.tree().cells[static_cast<std::size_t>(w.cell)].name;
      if (cell == "bond_at" || cell == "slot" || cell == "published") return false;
    }
  return true;
}

/// The number of the first guard at which the design's knobs alone refuse the rule; -1: they do not.
int refused_at(lang::Tree& folded, const lang::RuleTree& rule, const spec::NativeFacts& knobs) {
  for (std::size_t i = 0; i < rule.guards.size(); ++i) {
    const lang::Guard& g = rule.guards[i];
    if (g.kind == GuardKind::require && folded.is_false(lang::fold(folded, g.condition, &knobs)))
      return static_cast<int>(i);
  }
  return -1;
}

/// Can the guard fail, whatever else, when parameters are one of these values?
bool can_fail(lang::Tree& folded, const spec::NativeFacts& knobs, lang::NodeId condition, lang::NodeId variable,
              std::span<const std::uint8_t> values) {
  return std::ranges::any_of(values, [&](std::uint8_t value) {
    const lang::NodeId is = folded.constant(folded[variable].sort, value);
    return !folded.is_true(lang::fold(folded, lang::substitute(folded, condition, {{variable, is}}), &knobs));
  });
}

/// Something that must be done to the call for the guard to fail, and that the implementation cannot be told to do.
std::string untold(lang::Tree& folded, const spec::NativeFacts& knobs, const Capabilities& has, const CallKind& call,
                   const explore::Section& section, lang::NodeId condition) {
  const lang::RuleTree& rule = folded.rules[static_cast<std::size_t>(section.rule)];
  for (std::size_t i = 0; i < rule.params.size(); ++i) {
    const Parameter& parameter = call.params[section.from[i]];
    std::vector<std::uint8_t> told;
    std::vector<std::uint8_t> others;
    for (std::size_t v = 1; v <= parameter.sort->enumerators.size(); ++v)
      (has.can_tell(parameter, static_cast<std::uint8_t>(v)) ? told : others).push_back(static_cast<std::uint8_t>(v));
    const lang::NodeId variable = rule.params[i].variable;
    if (others.empty() || can_fail(folded, knobs, condition, variable, told)) continue;
    for (const std::uint8_t v : others) {
      if (!can_fail(folded, knobs, condition, variable, {&v, 1})) continue;
      const std::string name = choice_name(parameter, v);
      const auto why = has.cannot.find(name);
      return "it cannot be told " + name + (why == has.cannot.end() ? "" : ": " + why->second);
    }
  }
  return {};
}

/// The rule makes something of the cell that was not there: it does not only clear it, or copy it from another place.
bool brings(lang::Tree& folded, const spec::NativeFacts& knobs, const lang::RuleTree& rule, int cell) {
  const lang::RuleTree here = lang::fold(folded, rule, &knobs);
  return std::ranges::any_of(here.writes, [&](const lang::Write& w) {
    if (w.cell != cell || (folded.is_constant(w.value) && folded[w.value].ref == 0)) return false;
    bool copied = false;
    lang::walk(folded, w.value, [&](lang::NodeId id) {
      copied = copied || (folded[id].op == lang::Op::read && folded[id].ref == cell);
    });
    return !copied;
  });
}

/// Of a guard that says that a cell is empty: "it has no lam.enable", where only that fills it.
std::string unbrought(const Catalogue& catalogue, lang::Tree& folded, const spec::NativeFacts& knobs,
                      const Capabilities& has, lang::NodeId condition) {
  const lang::Node said = folded[lang::fold(folded, condition, &knobs)];
  if (said.op != lang::Op::not_ || folded[said.args[0]].op != lang::Op::read) return {};
  const int cell = folded[said.args[0]].ref;
  const auto brought = [&](const explore::Transition& t) {
    return std::ranges::any_of(t.sections, [&](const explore::Section& s) {
      return brings(folded, knobs, catalogue.tree().rules[static_cast<std::size_t>(s.rule)], cell);
    });
  };
  if (std::ranges::any_of(catalogue.hidden(), brought)) return {};
  std::string missing;
  for (const CallKind& call : catalogue.calls()) {
    if (!brought(call.transition)) continue;
    if (has.offers(call.name)) return {};
    missing = "it has no " + std::string(call.name);
  }
  return missing;
}

}  // namespace

std::string answer_name(Answer::Kind says, int err) {
  switch (says) {
    case Answer::Kind::ok: return "ok";
    case Answer::Kind::error: return strerrorname_np(err);
    case Answer::Kind::would_block: return "would_block";
    case Answer::Kind::gp_fault: return "gp_fault";
    case Answer::Kind::unsupported:
    case Answer::Kind::failure: break;
  }
  return "";
}

std::vector<Ending> endings_of(const Catalogue& catalogue, const spec::NativeFacts& knobs) {
  lang::Tree folded = catalogue.tree();
  std::vector<Ending> out;
  for (int c = 0; c < static_cast<int>(catalogue.calls().size()); ++c) {
    out.push_back({c, Answer::Kind::ok, 0, {}});
    for (const explore::Section& s : catalogue[c].transition.sections) {
      for (const lang::Guard& g : catalogue.tree().rules[static_cast<std::size_t>(s.rule)].guards) {
        if (g.kind == GuardKind::given || g.kind == GuardKind::choose) continue;
        if (g.kind == GuardKind::await && (s.optional || s.repeated)) continue;  // it ends no call that it waits
        if (folded.is_true(lang::fold(folded, g.condition, &knobs))) continue;
        const auto says = g.kind == GuardKind::require          ? Answer::Kind::error
                          : g.label == spec::general_protection ? Answer::Kind::gp_fault
                                                                : Answer::Kind::would_block;
        const Ending ending{c, says, g.kind == GuardKind::require ? g.err : 0, g.label};
        if (std::ranges::find(out, ending) == out.end()) out.push_back(ending);
      }
    }
  }
  return out;
}

std::vector<bool> never_come(const Catalogue& catalogue, const spec::NativeFacts& knobs,
                             const smt::ProveOptions& options, std::span<const Ending> endings) {
  struct Question {
    std::size_t ending;
    smt::GuardName name;
  };
  std::vector<Question> anywhere;
  std::vector<Question> between;  // of sections that start where no call is under way
  std::map<std::size_t, bool> never;
  const auto note = [&](std::size_t ending, bool is) {
    const auto [at, first] = never.try_emplace(ending, is);
    if (!first) at->second = at->second && is;
  };
  lang::Tree folded = catalogue.tree();
  for (std::size_t e = 0; e < endings.size(); ++e) {
    const Ending& ending = endings[e];
    const CallKind& call = catalogue[ending.call];
    bool ended = false;
    for (std::size_t s = 0; s < call.transition.sections.size(); ++s) {
      const explore::Section& section = call.transition.sections[s];
      const lang::RuleTree& rule = catalogue.tree().rules[static_cast<std::size_t>(section.rule)];
      const int refused = refused_at(folded, rule, knobs);
      const auto guard = std::ranges::find(rule.guards, ending.guard, &lang::Guard::label);
      // What knobs refuse is no rule to the solver: what comes after never comes, and of the rest nobody knows.
      if (guard != rule.guards.end() && (ended || refused >= 0))
        note(e, ended || guard - rule.guards.begin() > refused);
      else if (guard != rule.guards.end())
        (finds_it_so(catalogue, call, s) ? between : anywhere).push_back({e, {rule.label, ending.guard}});
      ended = ended || (refused >= 0 && !section.optional && !section.repeated);
    }
    if (ended && ending.guard.empty()) note(e, true);
  }
  const bool asks = !anywhere.empty() || !between.empty();
  const smt::Proof proof = asks ? smt::prove(catalogue.tree(), knobs, options) : smt::Proof{};
  const auto ask = [&](const lang::Tree& tree, const std::vector<Question>& questions) {
    std::vector<smt::GuardName> names;
    for (const Question& q : questions) names.push_back(q.name);
    if (names.empty()) return;
    const auto answers = smt::can_fail_first(tree, knobs, proof, names);
    for (std::size_t i = 0; i < questions.size(); ++i) note(questions[i].ending, answers[i] == smt::Answer::unsat);
  };
  ask(catalogue.tree(), anywhere);
  lang::Tree quiet = catalogue.tree();
  const lang::NodeId condition = between_calls(quiet);
  std::set<std::string_view> rules;
  for (const Question& q : between) rules.insert(q.name.rule);
  for (const std::string_view label : rules) {
    auto& guards = quiet.rules[static_cast<std::size_t>(quiet.rule_named(label))].guards;
    guards.insert(guards.begin(), {GuardKind::given, condition, 0, "between-calls"});
  }
  ask(quiet, between);
  std::vector<bool> out(endings.size());
  for (const auto& [ending, is] : never) out[ending] = is;
  return out;
}

std::string lacking(const Catalogue& catalogue, const spec::NativeFacts& knobs, const Capabilities& has,
                    const Ending& ending) {
  lang::Tree folded = catalogue.tree();
  const CallKind& call = catalogue[ending.call];
  std::string out;
  for (const explore::Section& section : call.transition.sections) {
    const lang::RuleTree& rule = catalogue.tree().rules[static_cast<std::size_t>(section.rule)];
    const auto guard = std::ranges::find(rule.guards, ending.guard, &lang::Guard::label);
    if (guard == rule.guards.end()) continue;
    out = untold(folded, knobs, has, call, section, guard->condition);
    if (out.empty()) out = unbrought(catalogue, folded, knobs, has, guard->condition);
    if (out.empty()) return {};  // here it needs nothing
  }
  return out;
}

}  // namespace pasid::conform
