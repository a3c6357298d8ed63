#include "src/conform/catalogue.hpp"

#include <algorithm>
#include <optional>

#include "spec/calls.hpp"
#include "spec/lang/call.hpp"

namespace pasid::conform {
namespace {

using lang::NodeId;
using lang::Op;

const spec::Unasked* unasked(std::string_view label) {
  const auto found = std::ranges::find(spec::unasked, label, &spec::Unasked::rule);
  return found == spec::unasked.end() ? nullptr : &*found;
}

bool mentions(const lang::Tree& tree, NodeId term, NodeId variable) {
  bool found = false;
  lang::walk(tree, term, [&](NodeId id) { found = found || id == variable; });
  return found;
}

/// What the guard says the parameter is: `variable == something`, or it is one of several conditions.
std::optional<NodeId> said_by(const lang::Tree& tree, const lang::Guard& g, NodeId variable) {
  if (g.kind != lang::GuardKind::await && g.kind != lang::GuardKind::given) return std::nullopt;
  for (const NodeId c : tree.conjuncts(g.condition)) {
    const lang::Node& n = tree[c];
    if (n.op != Op::eq) continue;
    for (const std::size_t side : {0U, 1U}) {
      const NodeId other = n.args[1 - side];
      if (n.args[side] == variable && tree[other].op == Op::read && !mentions(tree, other, variable)) return other;
    }
  }
  return std::nullopt;
}

/// Some guard of the rule says what the parameter is.
bool says_what_it_is(const lang::Tree& tree, const lang::RuleTree& rule, NodeId variable) {
  return std::ranges::any_of(rule.guards, [&](const lang::Guard& g) { return said_by(tree, g, variable).has_value(); });
}

/// What the derived parameters of a rule on its own are, where its first guard says it of all.
std::vector<Derivation> derivations_of(const lang::Tree& tree, const CallKind& kind) {
  const explore::Section& s = kind.transition.sections[0];
  const lang::RuleTree& rule = tree.rules[static_cast<std::size_t>(s.rule)];
  if (kind.transition.call || rule.guards.empty() || rule.guards[0].kind != lang::GuardKind::given) return {};
  std::vector<Derivation> out;
  for (std::size_t i = 0; i < s.from.size(); ++i) {
    if (kind.params[s.from[i]].role != Role::derived) continue;
    const auto is = said_by(tree, rule.guards[0], rule.params[i].variable);
    if (!is) return {};
    Derivation d{s.from[i], *is};
    for (std::size_t k = 0; k < s.from.size(); ++k) {
      const NodeId variable = rule.params[k].variable;
      if (!mentions(tree, *is, variable)) continue;
      if (kind.params[s.from[k]].role != Role::input) return {};
      d.of.emplace_back(variable, s.from[k]);
    }
    out.push_back(std::move(d));
  }
  return out;
}

/// An allocator of the implementation picks it.
bool is_pick(const lang::RuleTree& rule, NodeId variable) {
  return std::ranges::any_of(rule.guards, [&](const lang::Guard& g) {
    return g.kind == lang::GuardKind::choose && g.pick == lang::Pick::lowest_free && g.picked == variable;
  });
}

CallKind kind_of(const lang::Tree& tree, const explore::Transition& t) {
  CallKind out{t.label, t, {}, {}, {}, {}, {}};
  out.params.resize(t.params.size());
  for (std::size_t k = 0; k < t.params.size(); ++k) {
    Parameter& p = out.params[k];
    p = {{}, t.params[k], k >= t.loops_from ? Role::loop : Role::input};
    // The first section that has it says who chooses it.
    for (const explore::Section& s : t.sections)
      for (std::size_t i = 0; i < s.from.size(); ++i) {
        if (s.from[i] != k || !p.name.empty()) continue;
        const lang::RuleTree& rule = tree.rules[static_cast<std::size_t>(s.rule)];
        p.name = rule.params[i].name;
        if (p.role == Role::loop) continue;
        if (is_pick(rule, rule.params[i].variable)) p.role = Role::result;
        else if (says_what_it_is(tree, rule, rule.params[i].variable)) p.role = Role::derived;
      }
    const auto number = static_cast<std::uint8_t>(k);
    if (p.role == Role::input) out.inputs.push_back(number);
    if (p.role == Role::result) out.results.push_back(number);
    if (p.role == Role::derived) out.derived.push_back(number);
  }
  out.derivations = derivations_of(tree, out);
  return out;
}

/// Somebody outside asks for it, at least where the tester plays the device.
bool can_be_asked(const spec::Unasked* u) { return u == nullptr || u->by == spec::By::hardware_or_tester; }

}  // namespace

Vocabulary::Vocabulary(const lang::Tree& tree) {
  std::vector<bool> alone(tree.rules.size(), true);
  for (const lang::CallTree& call : tree.calls) {
    calls.push_back(call.label);
    for (const lang::CallSection& s : call.sections) {
      alone[static_cast<std::size_t>(s.rule)] = false;
      if (s.undo >= 0) alone[static_cast<std::size_t>(s.undo)] = false;
    }
  }
  for (std::size_t r = 0; r < alone.size(); ++r) {
    const lang::RuleTree& rule = tree.rules[r];
    if (alone[r] && can_be_asked(unasked(rule.label))) calls.push_back(rule.label);
    for (const lang::Param& p : rule.params) {
      if (p.sort->kind != lang::SortKind::enumeration) continue;
      for (const std::string_view value : p.sort->enumerators) {
        std::string choice = std::string(p.name) + "." + std::string(value);
        if (std::ranges::find(environment, choice) == environment.end()) environment.push_back(std::move(choice));
      }
    }
  }
  for (const lang::CellInfo& cell : tree.cells)
    if (!cell.rigid) cells.push_back(cell.name);
}

Catalogue::Catalogue(const lang::Tree& tree, const explore::Reading& reading, const spec::NativeFacts& facts,
                     Device device)
    : tree_(tree), reading_(reading) {
  for (const lang::RuleTree& rule : tree.rules)
    for (const lang::Guard& g : rule.guards) guards_[g.label] = &g;
  const explore::Transitions transitions(tree, reading, facts, explore::Grain::call);
  std::vector<std::pair<std::string_view, explore::Transition>> within;
  for (const explore::Transition& t : transitions.list()) {
    const spec::Unasked* const u = unasked(t.label);
    const bool asked = u == nullptr || (can_be_asked(u) && device == Device::asked);
    if (asked) {
      calls_.push_back(kind_of(tree, t));
    } else if (!u->inside.empty() && (u->by == spec::By::kernel || device == Device::asked)) {
      within.emplace_back(u->inside, t);
    } else if (u->by == spec::By::kernel || device == Device::itself) {
      hidden_.push_back(t);
    }
  }
  inside_.resize(calls_.size());
  for (auto& [call, t] : within)
    if (const int kind = named(call); kind >= 0) inside_[static_cast<std::size_t>(kind)].push_back(std::move(t));
}

int Catalogue::named(std::string_view name) const {
  const auto found = std::ranges::find(calls_, name, &CallKind::name);
  return found == calls_.end() ? -1 : static_cast<int>(found - calls_.begin());
}

}  // namespace pasid::conform
