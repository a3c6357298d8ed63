#include "src/review/coverage.hpp"

#include <algorithm>
#include <optional>
#include <random>
#include <stdexcept>

#include "spec/lang/memory.hpp"
#include "spec/lang/rewrite.hpp"
#include "src/check/scopes.hpp"
#include "src/explore/topology.hpp"

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
      for (const char* name : {"capable", "ats", "svm", "fits"}) {
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
      if (!r.refuses && g.failed_first == 0 && !g.decided) out.push_back(g.label);
  return out;
}

Coverage cover(const lang::Tree& tree, const io::Design& design, std::uint64_t seed, std::uint64_t attempts) {
  return Walker(tree, design, seed).run(attempts);
}

}  // namespace pasid::review
