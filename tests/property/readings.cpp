// The rules are one text with two readings. Here the native code and the tree evaluator run side by side, on states
// that rules reach and on states a few cells away from them, and must say the same: the first guard that fails, its
// errno and kind, or the same successor byte for byte.
//   PASID_SEED=N PASID_TRIPLES=N property_tests -tc='readings*'
#include <chrono>
#include <map>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "proofs/model.hpp"
#include "tests/support/comparison.hpp"
#include "tests/support/walks.hpp"

using namespace pasid;
using namespace pasid::test;

namespace {

constexpr std::uint64_t full = 1'100'000;

}  // namespace

TEST_CASE("readings: native rules and tree rules are the same list") {
  const lang::Tree& tree = proofs::model();
  const auto rules = spec::native_rules();
  REQUIRE(rules.size() == tree.rules.size());
  for (std::size_t r = 0; r < rules.size(); ++r) {
    CHECK(rules[r].label == tree.rules[r].label);
    REQUIRE(rules[r].params.size() == tree.rules[r].params.size());
    for (std::size_t k = 0; k < rules[r].params.size(); ++k) CHECK(rules[r].params[k] == tree.rules[r].params[k].sort);
  }
  for (const auto& rule : tree.rules) {
    std::vector<std::string_view> labels;
    for (const auto& g : rule.guards) labels.push_back(g.label);
    std::ranges::sort(labels);
    CHECK_MESSAGE(std::ranges::adjacent_find(labels) == labels.end(), rule.label, " has two guards of one label");
  }
}

TEST_CASE("readings: same first failing guard or same successor on millions of triples") {
  const lang::Tree& tree = proofs::model();
  const std::uint64_t wanted = from_environment("PASID_TRIPLES", sanitized ? full / 10 : full);
  // Scaled down, the search for what is hard to reach has hardly begun when it is over.
  const std::uint64_t each_guard = wanted >= full ? 1000 : std::max<std::uint64_t>(1, wanted * 100 / full);
  const std::uint64_t seed = test::seed();
  Random random(seed);
  Comparison compare(tree);
  bool agree = true;
  std::uint64_t done = 0;
  const auto start = std::chrono::steady_clock::now();
  Generator(random, tree, compare.seen).run([&](const Triple& t) {
    agree = compare.agree(t);
    ++done;
    if (!agree || done < wanted) return agree;
    // A guard that is hard to reach gets as many again.
    return done < 2 * wanted && (done % 50'000 != 0 || compare.seen.rarest_guard(tree).first < each_guard);
  });
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const auto rarest = compare.seen.rarest_guard(tree);
  MESSAGE(fmt::format(
      "seed {}: {} triples in {:.1f} s, {} compared successors; {} guards, the rarest was first to fail "
      "{} times: {}{}",
      seed, compare.seen.total(), seconds, compare.seen.fired(), compare.seen.guards(), rarest.first, rarest.second,
      wanted < full ? fmt::format("; SCALED DOWN from {} triples, and 1000 a guard to {}", full, each_guard) : ""));
  CHECK_MESSAGE(agree, compare.difference);
  CHECK(compare.seen.total() >= wanted);
  CHECK(compare.seen.fired() * 5 >= compare.seen.total());
  CHECK_MESSAGE(rarest.first >= each_guard, "first to fail too seldom:", compare.seen.rarer_than(tree, each_guard));
}

TEST_CASE("readings: of no triples no guard was first to fail") {
  const Comparison none(proofs::model());
  CHECK(none.seen.total() == 0);
  CHECK(none.seen.guards() > 0);
  CHECK(none.seen.rarest_guard(proofs::model()).first == 0);
}

TEST_CASE("readings: axioms and properties have one value") {
  const lang::Tree& tree = proofs::model();
  const auto axioms = spec::native_axioms();
  const auto properties = spec::native_properties();
  std::vector<const lang::Formula*> trees;
  for (const auto kind : {lang::FormulaKind::axiom, lang::FormulaKind::property})
    for (const auto& f : tree.formulas)
      if (f.kind == kind) trees.push_back(&f);
  REQUIRE(trees.size() == axioms.size() + properties.size());
  for (std::size_t i = 0; i < axioms.size(); ++i) REQUIRE(trees[i]->name == axioms[i].name);
  for (std::size_t i = 0; i < properties.size(); ++i) REQUIRE(trees[axioms.size() + i]->name == properties[i].name);

  const std::uint64_t wanted = 60'000;
  const std::uint64_t seed = test::seed();
  Random random(seed);
  std::vector<const lang::CellInfo*> cells;
  for (const auto& cell : tree.cells)
    if (!lang::is_knob(cell)) cells.push_back(&cell);
  std::vector<std::array<std::uint64_t, 2>> values(trees.size());
  std::vector<std::vector<Generator::World>> was_false(trees.size());
  const auto rarest = [&] {
    return static_cast<std::size_t>(std::ranges::min_element(values, {}, [](const auto& v) { return v[0]; }) -
                                    values.begin());
  };
  std::vector<std::vector<const lang::CellInfo*>> read_by;
  for (const lang::Formula* f : trees) {
    auto& read = read_by.emplace_back();
    lang::walk(tree, f->body, [&](lang::NodeId id) {
      if (tree[id].op != lang::Op::read && tree[id].op != lang::Op::read_before) return;
      const lang::CellInfo& cell = tree.cells[static_cast<std::size_t>(tree[id].ref)];
      if (!lang::is_knob(cell)) read.push_back(&cell);
    });
  }
  std::uint64_t states = 0;
  std::string difference;
  NativeState before;
  const auto compare = [&](const NativeFacts& f, const NativeState& s) {
    lang::Evaluator eval(tree, f, &f);
    for (std::size_t i = 0; i < trees.size(); ++i) {
      const bool axiom = i < axioms.size();
      const bool a = axiom ? axioms[i].holds(f) : properties[i - axioms.size()].holds(f, before, s);
      const bool b = eval.value(trees[i]->body, &s, &before) != 0;
      const bool applies = axiom || properties[i - axioms.size()].applies(f);
      if (!a && was_false[i].size() < 16) was_false[i].push_back({f, s});
      ++values[i][a ? 1 : 0];
      if (a != b || applies != (eval.value(trees[i]->applies, &s) != 0)) difference = trees[i]->name;
    }
    for (std::size_t r = 0; r < tree.rules.size(); ++r)
      if (spec::native_rules()[r].only_if(f) != (eval.value(tree.rules[r].only_if, &s) != 0))
        difference = tree.rules[r].label;
    before = s;
    ++states;
  };
  // More where one of them has hardly been false by then.
  while (difference.empty() && (states < wanted || (states < 10 * wanted && values[rarest()][0] < 20))) {
    std::optional<Generator::World> drawn;
    const auto& known = was_false[rarest()];
    if (!known.empty() && coin(random, 4)) drawn = known[below(random, known.size())];
    else if (!coin(random, 4)) drawn = worlds()[below(random, worlds().size())];
    else if (const auto f = draw_facts(random, tree)) drawn = {*f, NativeState{}};
    else continue;
    NativeState state = drawn->state;
    for (int step = 0; step < 4 && difference.empty(); ++step) {
      compare(drawn->facts, state);
      // A few cells away, by any cells or by those that the formula reads which was false least often.
      const std::size_t rare = rarest();
      for (int i = 0; i < 8; ++i) {
        NativeFacts facts = drawn->facts;
        NativeState s = state;
        const auto& some = i < 2 ? cells : read_by[rare];
        for (unsigned n = i % 2 == 0 ? 1 : 4; n > 0; --n) {
          const lang::CellInfo& cell = *some[below(random, some.size())];
          perturb(random, cell, facts, cell.rigid ? bytes_of(facts) : bytes_of(s));
        }
        compare(facts, s);
      }
      if (!random_step(random, tree, drawn->facts, state)) break;
    }
  }
  CHECK_MESSAGE(difference.empty(), "the readings differ on ", difference);
  std::string table;
  for (std::size_t i = 0; i < trees.size(); ++i) {
    table += fmt::format("\n  {:30} {:8} false {:8} true", trees[i]->name, values[i][0], values[i][1]);
    CHECK_MESSAGE(values[i][0] >= 20, trees[i]->name, " was hardly ever false");
    CHECK_MESSAGE(values[i][1] >= 20, trees[i]->name, " was hardly ever true");
  }
  MESSAGE(fmt::format("seed {}: {} states{}", seed, states, table));
}

TEST_CASE("readings: random worlds use every value of every knob") {
  const lang::Tree& tree = proofs::model();
  Random random(test::seed());
  std::map<std::string, std::uint64_t> met;
  for (int i = 0; i < (sanitized ? 200 : 2000); ++i) {
    const auto f = draw_facts(random, tree);
    if (!f) continue;
    for (const auto& cell : tree.cells)
      if (lang::is_knob(cell) && cell.index.empty())
        ++met[fmt::format("{}={}", cell.name,
                          cell.value->enumerators[reinterpret_cast<const std::uint8_t*>(&*f)[cell.offset] - 1U])];
  }
  for (const auto& cell : tree.cells)
    if (lang::is_knob(cell) && cell.index.empty())
      for (const auto e : cell.value->enumerators)
        CHECK_MESSAGE(met[fmt::format("{}={}", cell.name, e)] > 0, cell.name, "=", e, " has no world");
  std::string table;
  for (const auto& [name, n] : met) table += fmt::format(" {}:{}", name, n);
  MESSAGE(table);
}
