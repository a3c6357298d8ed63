// Laws of rewritings that should change no value: folding a design's knobs in, and substituting what is equal.
#include <cstring>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "spec/lang/eval.hpp"
#include "spec/lang/rewrite.hpp"
#include "tests/support/triples.hpp"
#include "tests/support/walks.hpp"

using namespace pasid;
using namespace pasid::test;
using lang::NodeId;

TEST_CASE("laws: folding a design's knobs into a formula changes no value") {
  std::uint64_t checks = 0;
  CHECK(rc::check("fold(formula, knobs) == formula", [&] {
    const Walk walk = *a_walk();
    const NativeFacts& f = worlds()[walk.world].facts;
    lang::Tree tree = model();
    std::vector<NodeId> folded;
    for (const auto& formula : model().formulas) folded.push_back(lang::fold(tree, formula.body, &f));
    for (const NodeId id : folded)  // nothing is left of the knobs
      lang::walk(tree, id, [&](NodeId n) {
        if (tree[n].op == lang::Op::read && lang::is_knob(tree.cells[static_cast<std::size_t>(tree[n].ref)]))
          RC_FAIL("a knob is left");
      });
    along(walk, [&](const NativeFacts& facts, const NativeState& s, Random&) {
      lang::Evaluator eval(tree, facts, &facts);
      for (std::size_t k = 0; k < folded.size(); ++k) {
        if (eval.value(folded[k], &s) != eval.value(model().formulas[k].body, &s))
          RC_FAIL(std::string(model().formulas[k].name));
        ++checks;
      }
    });
  }));
  MESSAGE(checks, " comparisons");
  CHECK(checks > 10'000);
}

TEST_CASE("laws: a rule with a design's knobs folded in does what the rule does") {
  std::uint64_t done = 0;
  std::uint64_t other = 0;
  CHECK(rc::check("fold(rule, knobs) == rule", [&] {
    const Walk walk = *a_walk();
    lang::Tree tree = model();
    std::vector<lang::RuleTree> folded;
    for (const auto& rule : model().rules) folded.push_back(lang::fold(tree, rule, &worlds()[walk.world].facts));
    along(walk, [&](const NativeFacts& f, const NativeState& s, Random& random) {
      lang::Evaluator eval(tree, f, &f);
      for (std::size_t r = 0; r < folded.size(); ++r) {
        NativeState next;
        auto args = firing(random, f, s, r, next);
        if (!args) args = draw_args(random, f, spec::native_rules()[r].params);
        NativeState a = s;
        NativeState b = s;
        const Outcome plain = eval.apply(model().rules[r], &s, &a, *args);
        const Outcome with_knobs = eval.apply(folded[r], &s, &b, *args);
        if (plain.kind != with_knobs.kind || plain.err != with_knobs.err || label_of(plain) != label_of(with_knobs) ||
            std::memcmp(&a, &b, sizeof a) != 0)
          RC_FAIL(fmt::format("{} ({})", model().rules[r].label, fmt::join(*args, " ")));
        ++(plain.kind == Outcome::Kind::done ? done : other);
      }
    });
  }));
  MESSAGE(done, " successors and ", other, " refusals compared");
  CHECK(done > 1000);
}

TEST_CASE("laws: a term with a variable substituted has the value of the term where the variable has that value") {
  // Guards are terms over the rule's parameters: one parameter is replaced by another, by none, or by a table's value
  // at the others, and the same is done to the arguments.
  std::uint64_t checks = 0;
  std::uint64_t mattered = 0;
  CHECK(rc::check("substitute(term, x -> u) == term where x has the value of u", [&] {
    const Walk walk = *a_walk();
    const auto r = *rc::gen::inRange<std::size_t>(0, model().rules.size());
    const auto pick = *rc::gen::inRange<std::uint32_t>(0, 1U << 30);
    Random random(pick);
    lang::Tree tree = model();
    const lang::RuleTree& rule = tree.rules[r];
    if (rule.params.empty()) return;
    const lang::Param x = rule.params[below(random, rule.params.size())];
    std::vector<NodeId> replacements{tree.constant(x.sort, 0), x.variable};
    for (const auto& p : rule.params)
      if (p.sort == x.sort) replacements.push_back(p.variable);
    for (std::size_t c = 0; c < tree.cells.size(); ++c) {
      if (tree.cells[c].value != x.sort) continue;
      std::vector<NodeId> index;
      for (const auto* sort : tree.cells[c].index) {
        const auto p = std::ranges::find(rule.params, sort, &lang::Param::sort);
        index.push_back(p == rule.params.end() ? tree.constant(sort, 0) : p->variable);
      }
      replacements.push_back(tree.read(static_cast<int>(c), index));
    }
    const NodeId u = replacements[below(random, replacements.size())];
    std::vector<std::pair<NodeId, NodeId>> terms;
    for (const auto& g : rule.guards)
      terms.emplace_back(g.condition, lang::substitute(tree, g.condition, {{x.variable, u}}));
    RC_CLASSIFY(u != x.variable);
    along(walk, [&](const NativeFacts& f, const NativeState& s, Random& draw) {
      lang::Evaluator eval(tree, f, &f);
      const auto bind = [&](const Args& args) {
        NativeState ignored = s;
        (void)eval.apply(rule, &s, &ignored, args);
      };
      const Args args = draw_args(draw, f, spec::native_rules()[r].params);
      bind(args);
      Args other = args;
      for (std::size_t k = 0; k < rule.params.size(); ++k)
        if (rule.params[k].variable == x.variable) other[k] = eval.value(u, &s);
      std::vector<std::uint8_t> substituted;
      std::vector<std::uint8_t> plain;
      for (const auto& [term, sub] : terms) {
        plain.push_back(eval.value(term, &s));
        substituted.push_back(eval.value(sub, &s));
      }
      bind(other);
      for (std::size_t k = 0; k < terms.size(); ++k) {
        RC_ASSERT(substituted[k] == eval.value(terms[k].first, &s));
        ++checks;
        if (substituted[k] != plain[k]) ++mattered;
      }
    });
  }));
  MESSAGE(checks, " comparisons, in ", mattered, " of them the replacement changed the value");
  CHECK(checks > 10'000);
  CHECK(mattered > 500);
}
