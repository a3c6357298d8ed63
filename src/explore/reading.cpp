#include "src/explore/reading.hpp"

#include <algorithm>

#include "spec/lang/edit.hpp"
#include "spec/lang/eval.hpp"

namespace pasid::explore {
namespace {

using lang::Outcome;

/// Would the rule with these arguments get past guard `number`?
bool passes(lang::Evaluator& evaluate, const lang::RuleTree& rule, std::size_t number, const spec::NativeState& s,
            std::span<const std::uint8_t> args) {
  spec::NativeState n = s;
  const Outcome outcome = evaluate.apply(rule, &s, &n, args);
  if (outcome.kind == Outcome::Kind::done) return true;
  const auto failed = std::ranges::find(rule.guards, std::string_view(outcome.label), &lang::Guard::label);
  return static_cast<std::size_t>(failed - rule.guards.begin()) > number;
}

/// Is some smaller value than the one picked allowed too, where the policy is to take the lowest?
bool passes_over_a_lower(lang::Evaluator& evaluate, const lang::RuleTree& rule, const spec::NativeState& s,
                         std::span<const std::uint8_t> args) {
  for (std::size_t i = 0; i < rule.guards.size(); ++i) {
    const lang::Guard& g = rule.guards[i];
    if (g.kind != lang::GuardKind::choose || g.pick != lang::Pick::lowest_free) continue;
    const auto picked = std::ranges::find(rule.params, g.picked, &lang::Param::variable);
    if (picked == rule.params.end()) continue;
    std::vector<std::uint8_t> other(args.begin(), args.end());
    std::uint8_t& x = other[static_cast<std::size_t>(picked - rule.params.begin())];
    for (--x; x > 0; --x)
      if (passes(evaluate, rule, i, s, other)) return true;
  }
  return false;
}

}  // namespace

Reading native_reading() {
  Reading out;
  for (const spec::NativeRule& r : spec::native_rules()) out.rules.push_back({r.label, r.only_if, r.apply});
  for (const spec::NativeProperty& p : spec::native_properties())
    out.properties.push_back({p.name, p.judges, p.applies, p.holds});
  return out;
}

RunnableRule tree_rule(const lang::Tree& tree, const lang::RuleTree& rule) {
  return {rule.label,
          [&tree, &rule](const spec::NativeFacts& f) {
            return lang::Evaluator(tree, f, &f).value(rule.only_if, nullptr) != 0;
          },
          [&tree, &rule](const spec::NativeFacts& f, const spec::NativeState& s, spec::NativeState& n,
                         const std::uint8_t* args, bool policies) {
            lang::Evaluator evaluate(tree, f, &f);
            const std::span given(args, rule.params.size());
            if (policies && passes_over_a_lower(evaluate, rule, s, given))
              return Outcome{.kind = Outcome::Kind::not_picked, .label = "a lower value is free"};
            return evaluate.apply(rule, &s, &n, given);
          }};
}

Reading tree_reading(const lang::Tree& tree) {
  Reading out;
  for (const lang::RuleTree& rule : tree.rules) out.rules.push_back(tree_rule(tree, rule));
  const auto truth = [&tree](lang::NodeId term, const spec::NativeFacts& f, const spec::NativeState& s) {
    return lang::Evaluator(tree, f, &f).value(term, &s) != 0;
  };
  for (const lang::Formula& f : tree.formulas) {
    if (f.kind != lang::FormulaKind::property) continue;
    out.properties.push_back(
        {f.name, f.judges, [&f, truth](const spec::NativeFacts& facts) { return truth(f.applies, facts, {}); },
         [&tree, &f](const spec::NativeFacts& facts, const spec::NativeState& before, const spec::NativeState& after) {
           return lang::Evaluator(tree, facts, &facts).value(f.body, &after, &before) != 0;
         }});
  }
  return out;
}

Reading edited_reading(const lang::Tree& edited, const lang::Tree& compiled) {
  Reading out = native_reading();
  Reading told = tree_reading(edited);
  for (std::size_t r = 0; r < edited.rules.size(); ++r)
    if (!lang::same(edited.rules[r], compiled.rules[r])) out.rules[r] = std::move(told.rules[r]);
  std::erase_if(out.properties, [&](const RunnableProperty& p) { return edited.formula_named(p.name) == nullptr; });
  return out;
}

}  // namespace pasid::explore
