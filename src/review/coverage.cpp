#include "src/review/coverage.hpp"

#include <algorithm>
#include <deque>
#include <optional>
#include <random>
#include <stdexcept>

#include "spec/lang/memory.hpp"
#include "spec/lang/rewrite.hpp"
#include "src/check/hints.hpp"
#include "src/check/scopes.hpp"
#include "src/check/seek.hpp"
#include "src/explore/topology.hpp"
#include "src/smt/prove.hpp"

namespace pasid::review {
namespace {

using spec::NativeFacts;
using spec::NativeState;

/// Steps of one walk.
constexpr int walk_length = 40;
/// What has happened less often than this is still worth starting from again.
constexpr std::uint64_t rare = 64;
constexpr std::size_t most_starts = 4096;

lang::Id<spec::As> space(std::size_t number) { return lang::Id<spec::As>{static_cast<std::uint8_t>(number)}; }

spec::Kind kind_of(const NativeFacts& f, lang::Id<spec::As> a) { return static_cast<spec::Kind>(f.kind(a).v); }

class Walker {
 public:
  Walker(const lang::Tree& tree, const io::Design& design, std::uint64_t seed)
      : tree_(tree), knobs_(io::facts_of(tree, design)), random_(seed) {
    out_.design = design.name;
    lang::Tree folded = tree;
    for (std::size_t r = 0; r < tree.rules.size(); ++r) {
      if (!spec::native_rules()[r].only_if(knobs_)) continue;
      rules_.push_back(r);
      RuleCoverage rule{tree.rules[r].label, 0, false, {}};
      for (const lang::Guard& g : tree.rules[r].guards) {
        const lang::NodeId condition = lang::fold(folded, g.condition, &knobs_);
        rule.guards.push_back({g.label, 0, folded.is_constant(condition)});
        rule.refuses = rule.refuses || (g.kind == lang::GuardKind::require && folded.is_false(condition));
      }
      out_.rules.push_back(std::move(rule));
    }
  }

  Coverage run(std::uint64_t attempts) {
    check::Sizes sizes = check::default_sizes(knobs_);
    ++sizes["As"];
    topologies_ = explore::topologies(tree_, knobs_, check::scope_of(tree_, knobs_, sizes));
    if (topologies_.empty()) throw std::logic_error("coverage: design '" + out_.design + "' has no topology");
    out_.topologies = topologies_.size();
    while (out_.attempts < attempts) walk();
    return std::move(out_);
  }

 private:
  struct Place {
    NativeFacts facts;
    NativeState state;
  };

  std::size_t below(std::size_t n) { return static_cast<std::size_t>(random_() % n); }

  /// A topology in which devices may lack what SVA asks for, or have room for some PASIDs only.
  NativeFacts world() {
    while (true) {
      NativeFacts f = topologies_[below(topologies_.size())];
      const auto spaces = static_cast<std::size_t>(f.size<spec::As>());
      if (below(2) == 0) return f;
      for (const char* name : {"capable", "ats", "privileged", "svm", "fits"}) {
        const auto& cell = tree_.cells[static_cast<std::size_t>(tree_.cell_named(name))];
        lang::each_index(f, cell, [&](std::span<const std::uint8_t> index) {
          if (below(4) == 0) reinterpret_cast<std::uint8_t*>(&f)[lang::place(cell, index)] = 0;
        });
      }
      // Two of a kind, for what exchanges one for another.
      const spec::Kind one = kind_of(f, space(1 + below(spaces)));
      f.kind(space(1 + below(spaces))) = one;
      if (std::ranges::all_of(spec::native_axioms(), [&](const auto& a) { return a.holds(f); })) return f;
    }
  }

  /// From nothing, or from a place where something rare happened.
  void walk() {
    Place at = starts_.empty() || below(3) == 0 ? Place{world(), {}} : starts_[below(starts_.size())];
    for (int i = 0; i < walk_length; ++i)
      if (!step(at)) return;
  }

  void remember(const Place& place) {
    if (starts_.size() < most_starts) starts_.push_back(place);
    else starts_[below(most_starts)] = place;
  }

  /// Tries every rule with some arguments and takes one of the successors.
  bool step(Place& at) {
    std::optional<NativeState> chosen;
    std::size_t enabled = 0;
    for (std::size_t i = 0; i < rules_.size(); ++i) {
      const auto next = attempt(at, i);
      if (next && below(++enabled) == 0) chosen = next;
    }
    if (!chosen) return false;
    at.state = *chosen;
    return true;
  }

  std::optional<NativeState> attempt(const Place& at, std::size_t i) {
    constexpr int draws = 5;
    const spec::NativeRule& rule = spec::native_rules()[rules_[i]];
    NativeState next = at.state;
    for (int k = 0; k < draws; ++k) {
      std::array<std::uint8_t, spec::max_params> args{};
      for (std::size_t p = 0; p < rule.params.size(); ++p)
        args[p] =
            static_cast<std::uint8_t>(1 + below(static_cast<std::size_t>(lang::size_of(at.facts, rule.params[p]))));
      ++out_.attempts;
      const lang::Outcome outcome = rule.apply(at.facts, at.state, next, args.data(), false);
      if (outcome.kind == lang::Outcome::Kind::done) {
        if (++out_.rules[i].fired < rare) remember({at.facts, next});
        return next;
      }
      auto& guards = out_.rules[i].guards;
      auto& failed = std::ranges::find(guards, std::string_view(outcome.label), &GuardCoverage::label)->failed_first;
      if (++failed < rare) remember(at);
    }
    return std::nullopt;
  }

  const lang::Tree& tree_;
  NativeFacts knobs_;
  std::mt19937_64 random_;
  std::vector<std::size_t> rules_;
  std::vector<NativeFacts> topologies_;
  std::vector<Place> starts_;
  Coverage out_;
};

/// What no walk did, as properties that say it cannot happen.
class Aims {
 public:
  explicit Aims(const lang::Tree& whole) : tree_(whole), reading_(check::search_reading(whole)) {}

  /// That `guard` is the first of its rule to fail, or with nullptr that the rule fires; counted in `met`.
  void add(std::size_t rule, const lang::Guard* guard, std::uint64_t& met) {
    const std::string_view label = guard == nullptr ? std::string_view() : guard->label;
    const std::string_view name = names_.emplace_back(std::string(tree_.rules[rule].label) + ' ' + std::string(label));
    tree_.formulas.push_back({lang::FormulaKind::property, name, {}, tree_.truth(true), never(rule, label)});
    reading_.properties.push_back({name, lang::PropertyKind::state, [](const NativeFacts&) { return true; },
                                   [rule, label](const NativeFacts& f, const NativeState&, const NativeState& s) {
                                     return !happens(spec::native_rules()[rule], label, f, s);
                                   }});
    met_.push_back(&met);
  }

  /// Shortest paths to what can happen, in worlds that grow.
  void seek(const NativeFacts& knobs) {
    constexpr std::size_t states = 8'000;
    std::vector<int> numbers;
    for (std::size_t i = 0; i < met_.size(); ++i)
      numbers.push_back(static_cast<int>(reading_.properties.size() - met_.size() + i));
    explore::Options options;
    options.reading = reading_;
    options.max_states = states;
    for (const check::Sought& found : check::seek(tree_, knobs, numbers, options))
      if (found.path) ++*met_[static_cast<std::size_t>(found.property - numbers.front())];
  }

  [[nodiscard]] bool none() const { return met_.empty(); }

 private:
  /// For all parameters: a guard before `label` fails, or the guard itself holds; without a label, some guard fails.
  lang::NodeId never(std::size_t rule, std::string_view label) {
    const lang::RuleTree& r = tree_.rules[rule];
    lang::NodeId body = tree_.truth(false);
    for (const lang::Guard& g : r.guards) {
      if (g.label == label) {
        body = tree_.disj(body, g.condition);
        break;
      }
      body = tree_.disj(body, tree_.negate(g.condition));
    }
    for (const lang::Param& p : r.params) body = tree_.quantify(lang::Op::forall, p.variable, body);
    return body;
  }

  static bool happens(const spec::NativeRule& rule, std::string_view label, const NativeFacts& f,
                      const NativeState& s) {
    std::array<std::uint8_t, spec::max_params> args{};
    NativeState next = s;
    const auto from = [&](const auto& self, std::size_t p) -> bool {
      if (p < rule.params.size()) {
        for (int x = 1; x <= lang::size_of(f, rule.params[p]); ++x) {
          args[p] = static_cast<std::uint8_t>(x);
          if (self(self, p + 1)) return true;
        }
        return false;
      }
      const lang::Outcome outcome = rule.apply(f, s, next, args.data(), false);
      if (outcome.kind != lang::Outcome::Kind::done) return !label.empty() && outcome.label == label;
      next = s;
      return label.empty();
    };
    return from(from, 0);
  }

  lang::Tree tree_;
  std::deque<std::string> names_;
  explore::Reading reading_;
  std::vector<std::uint64_t*> met_;
};

/// Looks for what is still open on the shortest paths to it.
void seek(const lang::Tree& tree, const io::Design& design, Coverage& coverage) {
  Aims aims(tree);
  for (RuleCoverage& r : coverage.rules) {
    if (r.refuses) continue;
    const auto number = static_cast<std::size_t>(tree.rule_named(r.label));
    if (r.fired == 0) aims.add(number, nullptr, r.fired);
    const auto& guards = tree.rules[number].guards;
    for (std::size_t i = 0; i < guards.size(); ++i)
      if (r.guards[i].open()) aims.add(number, &guards[i], r.guards[i].failed_first);
  }
  if (!aims.none()) aims.seek(io::facts_of(tree, design));
}

/// Can the guards that no walk met be the first to fail in any state with what is proved of the design?
void ask_the_solver(const lang::Tree& tree, const io::Design& design, Coverage& coverage) {
  std::vector<smt::GuardName> names;
  std::vector<GuardCoverage*> guards;
  for (RuleCoverage& r : coverage.rules) {
    for (GuardCoverage& g : r.guards) {
      if (r.refuses || !g.open()) continue;
      names.push_back({r.label, g.label});
      guards.push_back(&g);
    }
  }
  if (names.empty()) return;
  const NativeFacts knobs = io::facts_of(tree, design);
  smt::ProveOptions options;
  options.hints = check::proof_hints();
  options.like = check::like(design);
  const std::vector<smt::Answer> answers = smt::can_fail_first(tree, knobs, smt::prove(tree, knobs, options), names);
  for (std::size_t i = 0; i < guards.size(); ++i) guards[i]->never = answers[i] == smt::Answer::unsat;
}

}  // namespace

std::vector<std::string_view> Coverage::unfired() const {
  std::vector<std::string_view> out;
  for (const RuleCoverage& r : rules)
    if (r.fired == 0 && !r.refuses) out.push_back(r.label);
  return out;
}

std::vector<std::string_view> Coverage::unmet() const {
  std::vector<std::string_view> out;
  for (const RuleCoverage& r : rules)
    for (const GuardCoverage& g : r.guards)
      if (!r.refuses && g.open()) out.push_back(g.label);
  return out;
}

Coverage cover(const lang::Tree& tree, const io::Design& design, std::uint64_t seed, std::uint64_t attempts) {
  Coverage out = Walker(tree, design, seed).run(attempts);
  ask_the_solver(tree, design, out);
  seek(tree, design, out);
  return out;
}

}  // namespace pasid::review
