// The rules are one text with two readings. Here the native code and the tree evaluator run side by side, on states that
// rules reach and on states one cell away from them, and must say the same: the first guard that fails, its errno and
// kind, or the same successor byte for byte.
//   PASID_SEED=N PASID_TRIPLES=N property_tests -tc='readings*'
#include <doctest/doctest.h>

#include <fmt/format.h>

#include <chrono>
#include <cstring>
#include <map>

#include "proofs/model.hpp"
#include "spec/lang/eval.hpp"
#include "tests/support/worlds.hpp"

using namespace pasid;
using namespace pasid::test;
using lang::Outcome;

namespace {

std::string_view text(const char* label) { return label == nullptr ? std::string_view{} : std::string_view(label); }
bool same(const Outcome& a, const Outcome& b) {
  return a.kind == b.kind && a.err == b.err && text(a.label) == text(b.label);
}

/// (state, rule, arguments), and the facts they live in.
struct Triple {
  const NativeFacts& facts;
  const NativeState& state;
  std::size_t rule;
  Args args;
};

/// How often each outcome of each rule was the first: its guards in order, then "fires".
class Outcomes {
 public:
  explicit Outcomes(const lang::Tree& tree) {
    for (const auto& r : tree.rules) {
      std::vector<std::string_view> labels;
      for (const auto& g : r.guards) labels.push_back(g.label);
      labels_.push_back(std::move(labels));
      count_.emplace_back(r.guards.size() + 1, 0);
    }
  }
  std::size_t place(std::size_t rule, const Outcome& o) const {
    const auto& labels = labels_[rule];
    if (o.label == nullptr) return labels.size();
    return static_cast<std::size_t>(std::ranges::find(labels, text(o.label)) - labels.begin());
  }
  void count(std::size_t rule, const Outcome& o) {
    if (const std::size_t at = place(rule, o); at < count_[rule].size()) ++count_[rule][at];
  }
  /// The outcome met least often, as (rule, place).
  std::pair<std::size_t, std::size_t> rarest(Random& random) const {
    std::pair<std::size_t, std::size_t> best{below(random, count_.size()), 0};
    std::uint64_t least = ~std::uint64_t{0};
    for (int i = 0; i < 8; ++i) {
      const std::size_t r = below(random, count_.size());
      const std::size_t g = below(random, count_[r].size());
      if (count_[r][g] < least) {
        least = count_[r][g];
        best = {r, g};
      }
    }
    return best;
  }
  /// The guard that was first to fail least often.
  std::pair<std::uint64_t, std::string> rarest_guard(const lang::Tree& tree) const {
    std::pair<std::uint64_t, std::string> out{~std::uint64_t{0}, "none"};
    for (std::size_t r = 0; r < count_.size(); ++r)
      for (std::size_t g = 0; g < labels_[r].size(); ++g)
        if (count_[r][g] < out.first) out = {count_[r][g], fmt::format("{} in {}", labels_[r][g], tree.rules[r].label)};
    return out;
  }
  std::uint64_t fired() const {
    std::uint64_t out = 0;
    for (const auto& c : count_) out += c.back();
    return out;
  }
  std::uint64_t total() const {
    std::uint64_t out = 0;
    for (const auto& c : count_)
      for (const auto n : c) out += n;
    return out;
  }
  std::size_t guards() const {
    std::size_t out = 0;
    for (const auto& l : labels_) out += l.size();
    return out;
  }

 private:
  std::vector<std::vector<std::string_view>> labels_;
  std::vector<std::vector<std::uint64_t>> count_;
};

/// Calls `visit(triple)` until it answers false. Aims at what `seen` has least of; `visit` does the counting.
template <class Visit>
void each_triple(Random& random, const lang::Tree& tree, const Outcomes& seen, const Visit& visit) {
  const auto rules = spec::native_rules();
  const auto tables = disturbable(tree, false);
  const auto yes_or_no = disturbable(tree, true);
  NativeState scratch;
  NativeFacts facts;
  const auto aimed = [&](const NativeFacts& f, const NativeState& s) {
    const auto [rule, wanted] = seen.rarest(random);
    Triple t{f, s, rule, {}};
    for (int i = 0; i < 12; ++i) {
      t.args = draw_args(random, f, rules[rule].params);
      scratch = s;
      if (seen.place(rule, rules[rule].apply(f, s, scratch, t.args.data(), false)) == wanted) break;
    }
    return t;
  };
  while (true) {
    const auto drawn = draw_facts(random, tree);
    if (!drawn) continue;
    NativeState state;
    for (int step = 0; step < 60; ++step) {
      for (int variant = 0; variant < 4; ++variant) {
        facts = *drawn;
        NativeState s = state;
        if (variant > 0) {
          const bool rigid = coin(random, 5);
          const auto& cells = rigid ? yes_or_no : tables;
          perturb(random, *cells[below(random, cells.size())], facts, rigid ? bytes_of(facts) : bytes_of(s));
        }
        for (int i = 0; i < 8; ++i)
          if (!visit(aimed(facts, s))) return;
      }
      if (!random_step(random, *drawn, state)) break;
    }
  }
}

/// Compares the readings on one triple; counts what the native reading says.
class Comparison {
 public:
  Comparison(const lang::Tree& native, const lang::Tree& tree) : tree_(tree), seen(native) {}

  bool agree(const Triple& t) {
    native_ = t.state;
    tree_next_ = t.state;
    const auto& rule = spec::native_rules()[t.rule];
    const Outcome a = rule.apply(t.facts, t.state, native_, t.args.data(), false);
    lang::Evaluator& eval = evaluator(t.facts);
    const Outcome b = eval.apply(tree_.rules[t.rule], &t.state, &tree_next_, t.args);
    seen.count(t.rule, a);
    if (same(a, b) && std::memcmp(&native_, &tree_next_, sizeof native_) == 0 &&
        (a.kind == Outcome::Kind::done || std::memcmp(&native_, &t.state, sizeof native_) == 0))
      return true;
    difference = fmt::format("{} ({}): native {} {} {}, tree {} {} {}", rule.label, fmt::join(t.args, " "),
                             static_cast<int>(a.kind), a.err, text(a.label), static_cast<int>(b.kind), b.err,
                             text(b.label));
    return false;
  }

  std::string difference;

 private:
  /// Facts at one address have one evaluator; the bytes may change.
  lang::Evaluator& evaluator(const NativeFacts& facts) {
    if (at_ != &facts) {
      eval_.emplace(tree_, facts, &facts);
      at_ = &facts;
    }
    return *eval_;
  }
  const lang::Tree& tree_;
  std::optional<lang::Evaluator> eval_;
  const NativeFacts* at_ = nullptr;
  NativeState native_;
  NativeState tree_next_;

 public:
  Outcomes seen;
};

constexpr std::uint64_t full = 5'000'000;

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
  const std::uint64_t wanted = from_environment("PASID_TRIPLES", sanitized ? full / 50 : full);
  const std::uint64_t each_guard = wanted >= full ? 1000 : std::max<std::uint64_t>(1, wanted * 1000 / full);
  const std::uint64_t seed = test::seed();
  Random random(seed);
  Comparison compare(tree, tree);
  bool agree = true;
  const auto start = std::chrono::steady_clock::now();
  each_triple(random, tree, compare.seen, [&](const Triple& t) {
    agree = compare.agree(t);
    return agree && compare.seen.total() < wanted;
  });
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const auto rarest = compare.seen.rarest_guard(tree);
  MESSAGE(fmt::format("seed {}: {} triples in {:.1f} s, {} compared successors; {} guards, the rarest was first to fail "
                      "{} times: {}{}",
                      seed, compare.seen.total(), seconds, compare.seen.fired(), compare.seen.guards(), rarest.first,
                      rarest.second,
                      wanted < full ? fmt::format("; SCALED DOWN from {} triples and 1000 a guard", full) : ""));
  CHECK_MESSAGE(agree, compare.difference);
  CHECK(compare.seen.total() >= wanted);
  CHECK(compare.seen.fired() * 5 >= compare.seen.total());
  CHECK(rarest.first >= each_guard);
}

TEST_CASE("readings: axioms, properties and what they apply to have one value") {
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

  const std::uint64_t wanted = sanitized ? 2'000 : 60'000;
  const std::uint64_t seed = test::seed();
  Random random(seed);
  Outcomes no_aim(tree);
  std::vector<std::array<std::uint64_t, 2>> values(trees.size());
  std::uint64_t states = 0;
  std::uint64_t skip = 0;
  std::string difference;
  each_triple(random, tree, no_aim, [&](const Triple& t) {
    if (++skip % 8 != 0) return true;  // once a state
    lang::Evaluator eval(tree, t.facts, &t.facts);
    for (std::size_t i = 0; i < trees.size(); ++i) {
      const bool axiom = i < axioms.size();
      const bool a = axiom ? axioms[i].holds(t.facts) : properties[i - axioms.size()].holds(t.facts, t.state);
      const bool b = eval.value(trees[i]->body, &t.state) != 0;
      const bool applies = axiom || properties[i - axioms.size()].applies(t.facts);
      const bool applies_tree = eval.value(trees[i]->applies, &t.state) != 0;
      ++values[i][a ? 1 : 0];
      if (a != b || applies != applies_tree) difference = trees[i]->name;
    }
    for (std::size_t r = 0; r < tree.rules.size(); ++r)
      if (spec::native_rules()[r].only_if(t.facts) != (eval.value(tree.rules[r].only_if, &t.state) != 0))
        difference = tree.rules[r].label;
    return difference.empty() && ++states < wanted;
  });
  CHECK_MESSAGE(difference.empty(), "the readings differ on ", difference);
  std::string table;
  for (std::size_t i = 0; i < trees.size(); ++i) {
    table += fmt::format("\n  {:30} {:8} false {:8} true", trees[i]->name, values[i][0], values[i][1]);
    CHECK_MESSAGE(values[i][0] > 0, trees[i]->name, " was never false");
    CHECK_MESSAGE(values[i][1] > 0, trees[i]->name, " was never true");
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
