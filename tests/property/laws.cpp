// Laws of the rewritings that proofs rest on: what a formula says after a rule, and at first, is what the evaluator
// finds there. RapidCheck draws (and shrinks) a world, a walk in it and what to look at.
#include <cstring>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "proofs/model.hpp"
#include "spec/lang/eval.hpp"
#include "spec/lang/rewrite.hpp"
#include "tests/support/walks.hpp"

using namespace pasid;
using namespace pasid::test;
using lang::NodeId;
using lang::Outcome;

namespace {

/// A copy of the model's tree that rewriting may add to, and what it was rewritten to. Evaluators come after.
struct Rewritten {
  lang::Tree tree = model();
  std::vector<std::vector<NodeId>> after;  ///< rule, formula
  std::vector<NodeId> initially;           ///< formula

  Rewritten() {
    for (const auto& f : model().formulas) initially.push_back(lang::initially(tree, f.body));
    for (const auto& rule : model().rules) {
      auto& row = after.emplace_back();
      for (const auto& f : model().formulas) row.push_back(lang::after(tree, rule, f.body));
    }
  }
};
const Rewritten& rewritten() {
  static const Rewritten all;
  return all;
}

}  // namespace

TEST_CASE("laws: a formula rewritten to after a rule says what the formula says after the rule") {
  const auto& all = rewritten();
  std::vector<std::uint64_t> fired(model().rules.size());
  std::uint64_t checks = 0;
  std::uint64_t became_false = 0;
  /// The formula that says something else, if one does.
  const auto difference = [&](const Triple& t, const NativeState& next) -> std::string {
    const lang::RuleTree& rule = model().rules[t.rule];
    lang::Evaluator eval(all.tree, t.facts, &t.facts);
    NativeState again = t.state;  // binds the rule's parameters in the evaluator
    if (eval.apply(rule, &t.state, &again, t.args).kind != Outcome::Kind::done) return "firing";
    ++fired[t.rule];
    for (std::size_t k = 0; k < model().formulas.size(); ++k) {
      const bool then = eval.value(model().formulas[k].body, &next, &t.state) != 0;
      if ((eval.value(all.after[t.rule][k], &t.state) != 0) != then)
        return fmt::format("{} after {} ({})", model().formulas[k].name, rule.label, fmt::join(t.args, " "));
      ++checks;
      if (!then) ++became_false;
    }
    return "";
  };
  CHECK(rc::check("after(rule, formula) in s == formula in the successor of s", [&] {
    along(*a_walk(), [&](const NativeFacts& f, const NativeState& s, Random& random) {
      for (std::size_t r = 0; r < model().rules.size(); ++r) {
        if (fired[r] > 40 && !coin(random, 16)) continue;
        NativeState next;
        const auto args = firing(random, f, s, r, next, 4);
        if (!args) continue;
        if (const auto d = difference({f, s, r, *args}, next); !d.empty()) RC_FAIL(d);
      }
    });
  }));
  // Every rule, not only those that chance met.
  constexpr std::uint64_t enough = sanitized ? 10 : 100;
  Random random(test::seed());
  std::string different;
  on_firing(random, [&](Generator&, const Triple& t, const NativeState& next) {
    if (fired[t.rule] < enough) different = difference(t, next);
    return different.empty() && std::ranges::any_of(fired, [&](auto n) { return n < enough; });
  });
  CHECK_MESSAGE(different.empty(), different);
  const auto least = std::ranges::min_element(fired);
  MESSAGE(fmt::format("{} comparisons, {} of formulas false afterwards; the rule that fired least: {}, {} times",
                      checks, became_false, model().rules[static_cast<std::size_t>(least - fired.begin())].label,
                      *least));
  CHECK(*least >= enough);
  CHECK(became_false > 1000);
}

TEST_CASE("laws: rewriting to after two rules is rewriting twice") {
  // As when a call's sections are composed; also the same rule twice, where its own variables meet themselves.
  std::uint64_t checks = 0;
  std::uint64_t twice = 0;
  CHECK(rc::check("after(first, after(second, formula)) in s == formula after first and then second", [&] {
    const Walk walk = *a_walk();
    const auto pick = *rc::gen::inRange<std::uint32_t>(0, 1U << 30);
    Random random(pick);
    // Two rules that can follow each other somewhere on this walk.
    std::size_t first = 0;
    std::size_t second = 0;
    bool found = false;
    along(walk, [&](const NativeFacts& f, const NativeState& s, Random& draw) {
      for (int i = 0; i < 40 && !found; ++i) {
        first = below(random, model().rules.size());
        second = coin(random, 4) ? first : below(random, model().rules.size());
        NativeState middle;
        NativeState last;
        found = firing(draw, f, s, first, middle) && firing(draw, f, middle, second, last);
      }
    });
    if (!found) return;
    lang::Tree tree = model();
    std::vector<NodeId> composed;
    for (const auto& formula : model().formulas)
      composed.push_back(lang::after(tree, tree.rules[first], lang::after(tree, tree.rules[second], formula.body)));
    along(walk, [&](const NativeFacts& f, const NativeState& s, Random& draw) {
      NativeState middle;
      NativeState last;
      const auto a = firing(draw, f, s, first, middle);
      if (!a) return;
      // One rule twice has one set of parameters, so it is taken as having no guards the second time.
      lang::RuleTree rule = model().rules[second];
      rule.guards.clear();
      const auto b = first == second ? a : firing(draw, f, middle, second, last);
      if (!b) return;
      lang::Evaluator eval(tree, f, &f);
      NativeState ignored = s;
      (void)eval.apply(model().rules[first], &s, &ignored, *a);
      last = middle;
      RC_ASSERT(eval.apply(rule, &middle, &last, *b).kind == Outcome::Kind::done);
      for (std::size_t k = 0; k < composed.size(); ++k) {
        if (eval.value(composed[k], &s) != eval.value(model().formulas[k].body, &last, &s))
          RC_FAIL(fmt::format("{} after {} and {}", model().formulas[k].name, model().rules[first].label,
                              model().rules[second].label));
        ++checks;
        if (first == second) ++twice;
      }
    });
  }));
  MESSAGE(checks, " comparisons, ", twice, " of them after one rule twice");
  CHECK(checks > 5'000);
  CHECK(twice > 500);
}

TEST_CASE("laws: a rewriting with one update missing is noticed") {
  // The twin of the law above.
  lang::Tree tree = model();
  struct Twin {
    std::size_t rule;
    std::size_t write;
    lang::RuleTree text;                              ///< without the update
    std::vector<std::pair<NodeId, NodeId>> formulas;  ///< in the successor, and after the rule without the update
  };
  std::vector<Twin> twins;
  for (std::size_t r = 0; r < tree.rules.size(); ++r) {
    for (std::size_t w = 0; w < tree.rules[r].writes.size(); ++w) {
      lang::RuleTree rule = tree.rules[r];
      rule.writes.erase(rule.writes.begin() + static_cast<std::ptrdiff_t>(w));
      Twin& twin = twins.emplace_back(Twin{r, w, rule, {}});
      for (const auto& f : model().formulas) {
        const NodeId without = lang::after(tree, rule, f.body);
        if (without != lang::after(tree, tree.rules[r], f.body)) twin.formulas.emplace_back(f.body, without);
      }
    }
  }
  const std::size_t made = twins.size();
  std::erase_if(twins, [](const Twin& t) { return t.formulas.empty(); });
  const std::size_t read = twins.size();
  Random random(test::seed());
  std::uint64_t left = 250'000;
  on_firing(random, [&](Generator& generator, const Triple& t, const NativeState& next) {
    lang::Evaluator eval(tree, t.facts, &t.facts);
    std::erase_if(twins, [&](const Twin& twin) {
      if (twin.rule != t.rule) return false;
      NativeState without = t.state;
      (void)eval.apply(twin.text, &t.state, &without, t.args);
      return std::memcmp(&without, &next, sizeof next) != 0 && std::ranges::any_of(twin.formulas, [&](const auto& f) {
               return eval.value(f.first, &next, &t.state) != eval.value(f.second, &t.state);
             });
    });
    if (left % 1000 == 0) {
      generator.favoured.clear();
      for (const Twin& twin : twins) generator.favoured.push_back({twin.rule, twin.write});
    }
    return !twins.empty() && --left > 0;
  });
  MESSAGE(fmt::format("{} updates, {} of them of cells some formula reads; {} of those noticed when missing", made,
                      read, read - twins.size()));
  for (const Twin& t : twins)
    MESSAGE("not noticed: ", tree.rules[t.rule].label, "/",
            tree.cells[static_cast<std::size_t>(tree.rules[t.rule].writes[t.write].cell)].name);
  CHECK(read > 50);
  CHECK(twins.size() * 10 <= read);
}

TEST_CASE("laws: a formula rewritten to the initial state says what it says in the empty state") {
  const auto& all = rewritten();
  std::uint64_t checks = 0;
  CHECK(rc::check("initially(formula) in any state == formula in the empty state", [&] {
    along(*a_walk(), [&](const NativeFacts& f, const NativeState& s, Random&) {
      const NativeState empty;
      lang::Evaluator eval(all.tree, f, &f);
      for (std::size_t k = 0; k < model().formulas.size(); ++k) {
        if (model().formulas[k].judges != lang::PropertyKind::state) continue;  // no step leads to the initial state
        RC_ASSERT(eval.value(all.initially[k], &s) == eval.value(model().formulas[k].body, &empty));
        ++checks;
      }
    });
  }));
  MESSAGE(checks, " comparisons");
  CHECK(checks > 10'000);
}
