// Laws of the rewritings that proofs rest on: what a formula says after a rule, at first, and under a design's knobs is
// what the evaluator finds there. RapidCheck draws (and shrinks) a world, a walk in it and what to look at.
#include <cstring>
#include <ostream>
#include <rapidcheck.h>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "proofs/model.hpp"
#include "spec/lang/eval.hpp"
#include "spec/lang/rewrite.hpp"
#include "tests/support/worlds.hpp"

using namespace pasid;
using namespace pasid::test;
using lang::NodeId;
using lang::Outcome;

namespace {

const lang::Tree& model() { return proofs::model(); }

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

/// Worlds that every case draws from: facts within the axioms.
const std::vector<NativeFacts>& worlds() {
  static const std::vector<NativeFacts> all = [] {
    std::vector<NativeFacts> out;
    Random random(test::seed());
    while (out.size() < 300)
      if (const auto f = draw_facts(random, model())) out.push_back(*f);
    return out;
  }();
  return all;
}

/// A world and a walk in it; shrinks to fewer steps.
struct Walk {
  std::size_t world;
  std::vector<std::uint32_t> steps;  ///< what each step is drawn from
  std::uint32_t disturbance;         ///< which cell is changed at each state, and how
};

std::ostream& operator<<(std::ostream& out, const Walk& w) {
  return out << fmt::format("world {}, steps [{}], disturbance {}", w.world, fmt::join(w.steps, " "), w.disturbance);
}

rc::Gen<Walk> a_walk() {
  return rc::gen::build<Walk>(
      rc::gen::set(&Walk::world, rc::gen::inRange<std::size_t>(0, worlds().size())),
      rc::gen::set(&Walk::steps, rc::gen::resize(200, rc::gen::container<std::vector<std::uint32_t>>(
                                                          rc::gen::inRange<std::uint32_t>(0, 1U << 30)))),
      rc::gen::set(&Walk::disturbance, rc::gen::inRange<std::uint32_t>(0, 1U << 30)));
}

/// Calls `visit(facts, state, random)` in each state of the walk and in one that is a cell away from it.
template <class Visit>
void along(const Walk& walk, const Visit& visit) {
  static const auto tables = disturbable(model(), false);
  const NativeFacts& f = worlds()[walk.world];
  NativeState s;
  Random random(walk.disturbance);
  for (const std::uint32_t step : walk.steps) {
    visit(f, s, random);
    NativeState near = s;
    perturb(random, *tables[below(random, tables.size())], f, bytes_of(near));
    visit(f, near, random);
    Random choice(step);
    random_step(choice, f, s);
  }
}

/// Arguments with which the rule fires, if a few draws find some.
std::optional<Args> firing(Random& random, const NativeFacts& f, const NativeState& s, std::size_t rule,
                           NativeState& next, int draws = 8) {
  const auto& native = spec::native_rules()[rule];
  for (int i = 0; i < draws; ++i) {
    const Args args = draw_args(random, f, native.params);
    next = s;
    if (native.apply(f, s, next, args.data(), false).kind == Outcome::Kind::done) return args;
  }
  return std::nullopt;
}

std::string_view label_of(const Outcome& o) { return o.label == nullptr ? std::string_view{} : o.label; }

}  // namespace

TEST_CASE("laws: a formula rewritten to after a rule says what the formula says after the rule") {
  const auto& all = rewritten();
  std::vector<std::uint64_t> fired(model().rules.size());
  std::uint64_t checks = 0;
  std::uint64_t became_false = 0;
  CHECK(rc::check("after(rule, formula) in s == formula in the successor of s", [&] {
    along(*a_walk(), [&](const NativeFacts& f, const NativeState& s, Random& random) {
      lang::Evaluator eval(all.tree, f, &f);
      for (std::size_t r = 0; r < model().rules.size(); ++r) {
        if (fired[r] > 400 && !coin(random, 16)) continue;
        NativeState next;
        const auto args = firing(random, f, s, r, next, fired[r] < 100 ? 100 : 4);
        if (!args) continue;
        ++fired[r];
        NativeState again = s;  // binds the rule's parameters in the evaluator
        RC_ASSERT(eval.apply(model().rules[r], &s, &again, *args).kind == Outcome::Kind::done);
        for (std::size_t k = 0; k < model().formulas.size(); ++k) {
          const bool then = eval.value(model().formulas[k].body, &next) != 0;
          if ((eval.value(all.after[r][k], &s) != 0) != then)
            RC_FAIL(fmt::format("{} after {} ({})", model().formulas[k].name, model().rules[r].label,
                                fmt::join(*args, " ")));
          ++checks;
          if (!then) ++became_false;
        }
      }
    });
  }));
  const auto least = std::ranges::min_element(fired);
  MESSAGE(fmt::format("{} comparisons, {} of formulas false afterwards; the rule that fired least: {}, {} times",
                      checks, became_false, model().rules[static_cast<std::size_t>(least - fired.begin())].label,
                      *least));
  CHECK(*least >= (sanitized ? 1U : 20U));
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
        if (eval.value(composed[k], &s) != eval.value(model().formulas[k].body, &last))
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
  // The twin of the law above. An update that only a perturbed state could show may go unseen; it is named.
  lang::Tree tree = model();
  struct Twin {
    std::size_t rule;
    std::size_t write;
    std::vector<std::pair<NodeId, NodeId>> formulas;  ///< in the successor, and after the rule without the update
  };
  std::vector<Twin> twins;
  for (std::size_t r = 0; r < tree.rules.size(); ++r) {
    for (std::size_t w = 0; w < tree.rules[r].writes.size(); ++w) {
      lang::RuleTree rule = tree.rules[r];
      rule.writes.erase(rule.writes.begin() + static_cast<std::ptrdiff_t>(w));
      Twin& twin = twins.emplace_back(Twin{r, w, {}});
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
  for (int i = 0; i < 400 && !twins.empty(); ++i) {
    Walk walk{below(random, worlds().size()), std::vector<std::uint32_t>(60), below(random, 1U << 30)};
    for (auto& step : walk.steps) step = below(random, 1U << 30);
    along(walk, [&](const NativeFacts& f, const NativeState& s, Random& draw) {
      lang::Evaluator eval(tree, f, &f);
      std::erase_if(twins, [&](const Twin& t) {
        NativeState next;
        const auto args = firing(draw, f, s, t.rule, next, 20);
        if (!args) return false;
        NativeState again = s;
        (void)eval.apply(tree.rules[t.rule], &s, &again, *args);
        return std::ranges::any_of(
            t.formulas, [&](const auto& pair) { return eval.value(pair.first, &next) != eval.value(pair.second, &s); });
      });
    });
  }
  MESSAGE(fmt::format("{} updates, {} of them of cells some formula reads; {} of those noticed when missing", made,
                      read, read - twins.size()));
  for (const Twin& t : twins)
    MESSAGE("not noticed: ", tree.rules[t.rule].label, "/",
            tree.cells[static_cast<std::size_t>(tree.rules[t.rule].writes[t.write].cell)].name);
  CHECK(read > 50);
  CHECK(twins.size() * 5 <= read);
}

TEST_CASE("laws: a formula rewritten to the initial state says what it says in the empty state") {
  const auto& all = rewritten();
  std::uint64_t checks = 0;
  CHECK(rc::check("initially(formula) in any state == formula in the empty state", [&] {
    along(*a_walk(), [&](const NativeFacts& f, const NativeState& s, Random&) {
      const NativeState empty;
      lang::Evaluator eval(all.tree, f, &f);
      for (std::size_t k = 0; k < model().formulas.size(); ++k) {
        RC_ASSERT(eval.value(all.initially[k], &s) == eval.value(model().formulas[k].body, &empty));
        ++checks;
      }
    });
  }));
  MESSAGE(checks, " comparisons");
  CHECK(checks > 10'000);
}

TEST_CASE("laws: folding a design's knobs into a formula changes no value") {
  std::uint64_t checks = 0;
  CHECK(rc::check("fold(formula, knobs) == formula", [&] {
    const Walk walk = *a_walk();
    const NativeFacts& f = worlds()[walk.world];
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
    for (const auto& rule : model().rules) folded.push_back(lang::fold(tree, rule, &worlds()[walk.world]));
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
