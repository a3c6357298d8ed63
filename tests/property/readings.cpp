// The rules are one text with two readings. Here the native code and the tree evaluator run side by side, on states
// that rules reach and on states one cell away from them, and must say the same: the first guard that fails, its errno
// and kind, or the same successor byte for byte.
//   PASID_SEED=N PASID_TRIPLES=N property_tests -tc='readings*'
#include <chrono>
#include <cstring>
#include <map>

#include <doctest/doctest.h>
#include <fmt/format.h>

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

/// An outcome of a rule: the place of the guard that is first to fail, or one past the last guard where the rule fires.
using Goal = std::pair<std::size_t, std::size_t>;

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
  /// The outcome met least often, among a few or of all.
  Goal rarest(Random& random) const {
    Goal best{0, 0};
    std::uint64_t least = ~std::uint64_t{0};
    const auto look_at = [&](std::size_t r, std::size_t g) {
      if (count_[r][g] >= least) return;
      least = count_[r][g];
      best = {r, g};
    };
    if (coin(random)) {
      for (std::size_t r = 0; r < count_.size(); ++r)
        for (std::size_t g = 0; g < count_[r].size(); ++g) look_at(r, g);
    } else {
      for (int i = 0; i < 6; ++i) {
        const std::size_t r = below(random, count_.size());
        look_at(r, below(random, count_[r].size()));
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

/// Draws triples, aiming at the outcomes that `seen` has least of.
class Generator {
 public:
  Generator(Random& random, const lang::Tree& tree, const Outcomes& seen)
      : random_(random), tree_(tree), seen_(seen), tables_(disturbable(tree, false)),
        yes_or_no_(disturbable(tree, true)), steps_(tree.rules.size(), 0) {
    for (const auto& rule : tree.rules) {
      auto& guards = read_by_.emplace_back();
      std::vector<lang::NodeId> so_far;
      for (const auto& g : rule.guards) {
        so_far.push_back(g.condition);
        guards.push_back(cells_read(tree, so_far));
      }
      guards.push_back(cells_read(tree, so_far));
      met_.emplace_back(rule.guards.size() + 1);
    }
  }

  /// Calls `visit(triple)` until it answers false; `visit` does the counting in `seen`.
  template <class Visit>
  void run(const Visit& visit) {
    while (true) {
      const Goal focus = seen_.rarest(random_);
      const auto start = begin(focus);
      if (!start) continue;
      const NativeFacts& drawn = start->first;
      NativeState state = start->second;
      for (int step = 0; step < 60; ++step) {
        for (int variant = 0; variant < 8; ++variant) {
          const unsigned aim = below(random_, 6);
          const auto [rule, wanted] = aim < 2   ? focus
                                      : aim < 4 ? seen_.rarest(random_)
                                                : fires(below(random_, tree_.rules.size()));
          facts_ = drawn;
          state_ = state;
          if (variant >= 3) disturb(read_by_[rule][wanted]);
          for (int i = 0; i < 4; ++i) {
            const Triple t = aimed(rule, wanted);
            if (i == 0 && t.rule == rule) remember(rule, wanted, t.args, drawn, state);
            if (!visit(t)) return;
          }
        }
        if (!advance(drawn, state)) break;
      }
    }
  }

 private:
  using Cells = std::vector<const lang::CellInfo*>;
  using World = std::pair<NativeFacts, NativeState>;  ///< facts within the axioms, a state reached in them

  /// Where a walk starts: the empty state of a new world, or a state in or near which the outcome was met before.
  std::optional<World> begin(const Goal& focus) {
    const auto& known = met_[focus.first][focus.second];
    if (!known.empty() && coin(random_)) return known[below(random_, known.size())];
    const auto drawn = draw_facts(random_, tree_);
    if (!drawn) return std::nullopt;
    return World{*drawn, NativeState{}};
  }

  void remember(std::size_t rule, std::size_t wanted, const Args& args, const NativeFacts& f, const NativeState& s) {
    auto& known = met_[rule][wanted];
    if (known.size() == 64 && !coin(random_, 16)) return;
    if (outcome(rule, args) != wanted) return;
    if (known.size() < 64) known.emplace_back(f, s);
    else known[below(random_, known.size())] = {f, s};
  }

  Goal fires(std::size_t rule) { return {rule, tree_.rules[rule].guards.size()}; }

  /// One cell away: any cell, or one that the outcome aimed at depends on.
  void disturb(const Cells& near) {
    const auto& cells = coin(random_) && !near.empty() ? near : coin(random_, 5) ? yes_or_no_ : tables_;
    const lang::CellInfo& cell = *cells[below(random_, cells.size())];
    perturb(random_, cell, facts_, cell.rigid ? bytes_of(facts_) : bytes_of(state_));
  }

  std::size_t outcome(std::size_t rule, const Args& args) {
    scratch_ = state_;
    return seen_.place(rule, spec::native_rules()[rule].apply(facts_, state_, scratch_, args.data(), false));
  }

  /// Arguments that have the outcome aimed at, or get as far as was met: changed one at a time from those that get
  /// furthest. A rule that should fire and cannot gives way to others.
  Triple aimed(std::size_t rule, std::size_t wanted) {
    const bool any_rule = wanted == tree_.rules[rule].guards.size();
    for (int others = any_rule ? 12 : 1; others > 0; --others) {
      const auto params = spec::native_rules()[rule].params;
      Args best = draw_args(random_, facts_, params);
      std::size_t furthest = outcome(rule, best);
      for (std::size_t tries = 0; tries < 6 * params.size() && furthest != wanted; ++tries) {
        Args args = draw_args(random_, facts_, params);
        if (furthest < wanted) {
          const std::size_t changed = below(random_, params.size());
          for (std::size_t k = 0; k < params.size(); ++k)
            if (k != changed) args[k] = best[k];
        }
        const std::size_t got = outcome(rule, args);
        if (got == wanted || (furthest < wanted ? got >= furthest : got < wanted)) {
          best = args;
          furthest = got;
        }
      }
      if (furthest == wanted || others == 1) return {facts_, state_, rule, best};
      std::tie(rule, wanted) = fires(below(random_, tree_.rules.size()));
    }
    return {facts_, state_, rule, {}};
  }

  /// A step of the walk, by the rule that walks took least often among some that are enabled.
  bool advance(const NativeFacts& f, NativeState& s) {
    const auto rules = spec::native_rules();
    std::optional<std::pair<std::size_t, NativeState>> best;
    int enabled = 0;
    for (int i = 0; i < 150 && enabled < 6; ++i) {
      const std::size_t r = below(random_, rules.size());
      if (!rules[r].only_if(f)) continue;
      const Args args = draw_args(random_, f, rules[r].params);
      scratch_ = s;
      if (rules[r].apply(f, s, scratch_, args.data(), false).kind != Outcome::Kind::done) continue;
      ++enabled;
      if (!best || steps_[r] < steps_[best->first]) best = {r, scratch_};
    }
    if (!best) return false;
    ++steps_[best->first];
    s = best->second;
    return true;
  }

  Random& random_;
  const lang::Tree& tree_;
  const Outcomes& seen_;
  Cells tables_;
  Cells yes_or_no_;
  std::vector<std::vector<Cells>> read_by_;           ///< rule, then what the guards up to this one read (last: all)
  std::vector<std::vector<std::vector<World>>> met_;  ///< rule, outcome
  std::vector<std::uint64_t> steps_;                  ///< rule: how often walks took it
  NativeFacts facts_;
  NativeState state_;
  NativeState scratch_;
};

/// Compares the readings on one triple; counts what the native reading says.
class Comparison {
 public:
  explicit Comparison(const lang::Tree& tree) : tree_(tree), seen(tree) {}

  bool agree(const Triple& t) {
    const bool out = agree(t, tree_.rules[t.rule]);
    seen.count(t.rule, last_);
    return out;
  }
  /// The same of `tree_rule` in place of the tree's own rule; not counted.
  bool agree(const Triple& t, const lang::RuleTree& tree_rule) {
    native_ = t.state;
    tree_next_ = t.state;
    const auto& rule = spec::native_rules()[t.rule];
    const Outcome a = last_ = rule.apply(t.facts, t.state, native_, t.args.data(), false);
    const Outcome b = evaluator(t.facts).apply(tree_rule, &t.state, &tree_next_, t.args);
    if (same(a, b) && std::memcmp(&native_, &tree_next_, sizeof native_) == 0 &&
        (a.kind == Outcome::Kind::done || std::memcmp(&native_, &t.state, sizeof native_) == 0))
      return true;
    difference =
        fmt::format("{} ({}): native {} {} {}, tree {} {} {}", rule.label, fmt::join(t.args, " "),
                    static_cast<int>(a.kind), a.err, text(a.label), static_cast<int>(b.kind), b.err, text(b.label));
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
  Outcome last_;

 public:
  Outcomes seen;
};

/// A rule of the tree with one mistake.
struct Twin {
  std::string name;
  std::size_t of;
  lang::RuleTree rule;
  bool order_only;  ///< shows only where two guards fail at once
};

/// A value that an update does not give.
lang::NodeId another(lang::Tree& tree, const lang::Write& w) {
  const lang::SortInfo* sort = tree[w.value].sort;
  if (sort->kind == lang::SortKind::boolean) return tree.negate(w.value);
  if (!tree.is_constant(w.value)) return tree.constant(sort, 0);
  if (sort->kind == lang::SortKind::enumeration)
    return tree.constant(sort, (tree[w.value].ref + 1) % (sort->capacity + 1));
  return tree.read(w.cell, w.index);  // none: the old value
}

/// Every rule with each of its guards dropped, its errnos changed, its neighbouring guards swapped, each of its updates
/// dropped and each of the values changed.
std::vector<Twin> tampered(lang::Tree& tree) {
  std::vector<Twin> out;
  for (std::size_t r = 0; r < tree.rules.size(); ++r) {
    const lang::RuleTree rule = tree.rules[r];
    const auto twin = [&](const std::string& name, bool order_only = false) -> lang::RuleTree& {
      return out.emplace_back(Twin{fmt::format("{}: {}", rule.label, name), r, rule, order_only}).rule;
    };
    for (std::size_t g = 0; g < rule.guards.size(); ++g) {
      const auto at = static_cast<std::ptrdiff_t>(g);
      auto& dropped = twin(fmt::format("{} dropped", rule.guards[g].label)).guards;
      dropped.erase(dropped.begin() + at);
      if (rule.guards[g].kind == lang::GuardKind::require)
        ++twin(fmt::format("{} with another errno", rule.guards[g].label)).guards[g].err;
      if (g == 0) continue;
      auto& swapped = twin(fmt::format("{} swapped with the guard before", rule.guards[g].label), true).guards;
      std::swap(swapped[g], swapped[g - 1]);
    }
    for (std::size_t w = 0; w < rule.writes.size(); ++w) {
      const auto name = tree.cells[static_cast<std::size_t>(rule.writes[w].cell)].name;
      auto& dropped = twin(fmt::format("update {} of {} dropped", w, name)).writes;
      dropped.erase(dropped.begin() + static_cast<std::ptrdiff_t>(w));
      twin(fmt::format("update {} of {} with another value", w, name)).writes[w].value = another(tree, rule.writes[w]);
    }
  }
  return out;
}

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
  CHECK(rarest.first >= each_guard);
}

TEST_CASE("readings: tampered rules are noticed") {
  lang::Tree tree = proofs::model();
  std::vector<Twin> twins = tampered(tree);
  const auto swaps = static_cast<std::size_t>(std::ranges::count(twins, true, &Twin::order_only));
  const std::size_t made = twins.size();
  std::size_t left_soon = made;
  Random random(test::seed());
  Comparison compare(tree);
  bool agree = true;
  std::uint64_t last = 0;
  Generator(random, tree, compare.seen).run([&](const Triple& t) {
    agree = compare.agree(t);
    const std::size_t gone =
        std::erase_if(twins, [&](const Twin& twin) { return twin.of == t.rule && !compare.agree(t, twin.rule); });
    const std::uint64_t triples = compare.seen.total();
    if (gone > 0) last = triples;
    if (triples <= 200'000) left_soon = twins.size();
    const bool open = triples < 200'000 || !std::ranges::all_of(twins, &Twin::order_only);
    return agree && !twins.empty() && open && triples < 3'000'000;
  });
  CHECK_MESSAGE(agree, compare.difference);
  MESSAGE(
      fmt::format("{} tampered rules, {} of them with two guards swapped; {} noticed within 200,000 triples, {} in "
                  "all, the last by triple {}",
                  made, swaps, made - left_soon, made - twins.size(), last));
  CHECK(made > 100);
  CHECK(left_soon * 20 < made);
  // Two guards may hardly ever fail at once: a swap of those is the one thing that may go unseen.
  for (const Twin& twin : twins) {
    MESSAGE("not noticed: ", twin.name);
    CHECK(twin.order_only);
  }
  CHECK(twins.size() * 10 < swaps);
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

  const std::uint64_t wanted = sanitized ? 2'000 : 60'000;
  const std::uint64_t seed = test::seed();
  Random random(seed);
  std::vector<const lang::CellInfo*> cells;
  for (const auto& cell : tree.cells)
    if (!lang::is_knob(cell)) cells.push_back(&cell);
  std::vector<std::array<std::uint64_t, 2>> values(trees.size());
  std::uint64_t states = 0;
  std::string difference;
  const auto compare = [&](const NativeFacts& f, const NativeState& s) {
    lang::Evaluator eval(tree, f, &f);
    for (std::size_t i = 0; i < trees.size(); ++i) {
      const bool axiom = i < axioms.size();
      const bool a = axiom ? axioms[i].holds(f) : properties[i - axioms.size()].holds(f, s);
      const bool b = eval.value(trees[i]->body, &s) != 0;
      const bool applies = axiom || properties[i - axioms.size()].applies(f);
      ++values[i][a ? 1 : 0];
      if (a != b || applies != (eval.value(trees[i]->applies, &s) != 0)) difference = trees[i]->name;
    }
    for (std::size_t r = 0; r < tree.rules.size(); ++r)
      if (spec::native_rules()[r].only_if(f) != (eval.value(tree.rules[r].only_if, &s) != 0))
        difference = tree.rules[r].label;
    ++states;
  };
  while (difference.empty() && states < wanted) {
    const auto drawn = draw_facts(random, tree);
    if (!drawn) continue;
    NativeState state;
    for (int step = 0; step < 40 && difference.empty(); ++step) {
      compare(*drawn, state);
      for (int i = 0; i < 4; ++i) {
        NativeFacts facts = *drawn;
        NativeState s = state;
        const lang::CellInfo& cell = *cells[below(random, cells.size())];
        perturb(random, cell, facts, cell.rigid ? bytes_of(facts) : bytes_of(s));
        compare(facts, s);
      }
      if (!random_step(random, *drawn, state)) break;
    }
  }
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
