#include "src/mutate/knob_readings.hpp"

#include <algorithm>
#include <cstring>

#include "src/check/scopes.hpp"
#include "src/check/seek.hpp"
#include "src/explore/topology.hpp"
#include "src/mutate/knobs.hpp"
#include "src/mutate/progress.hpp"
#include "src/mutate/step.hpp"
#include "src/review/outcome.hpp"

namespace pasid::mutate {
namespace {

using spec::NativeFacts;
using spec::NativeState;
using Kind = lang::Outcome::Kind;

std::string end_in_words(const lang::Outcome& o) {
  if (o.kind == Kind::done) return "fires";
  const std::string label = o.label == nullptr ? "" : std::string(" (") + o.label + ')';
  return (o.kind == Kind::refused ? std::string("answers -") + strerrorname_np(o.err) : "does not fire") + label;
}

/// How an attempt at a rule ends, for whoever asks for it. With another value of a knob an errno may be another.
review::Outcome seen_end(const lang::RuleTree& rule, const lang::Outcome& o) {
  if (o.kind == Kind::refused) return {review::Outcome::Is::refused, o.err};
  const auto guard =
      std::ranges::find(rule.guards, std::string_view(o.label == nullptr ? "" : o.label), &lang::Guard::label);
  return guard == rule.guards.end() ? review::Outcome{} : review::outcome_of(*guard);
}

/// Where the design has no meaning nobody asks.
bool told_apart(const lang::RuleTree& rule, const lang::Outcome& design, const lang::Outcome& other) {
  if (design.kind == Kind::done || other.kind == Kind::done) return design.kind != other.kind;
  const review::Outcome end = seen_end(rule, design);
  return end.is != review::Outcome::Is::not_asked && end != seen_end(rule, other);
}

/// One state under both values.
class Both {
 public:
  Both(const lang::Tree& tree, const NativeFacts& design, const NativeFacts& other, const NativeState& state)
      : tree_(tree), facts_{&design, &other}, state_(state) {}

  /// Where the two part; nothing: nowhere.
  std::optional<std::string> parting() {
    std::optional<std::string> out;
    std::vector<std::pair<std::size_t, NativeState>> alone[2];  // what is left by rules that only one of them has
    const auto rules = spec::native_rules();
    for (std::size_t r = 0; r < rules.size() && !out; ++r) {
      if (rules[r].label == check::recycling) continue;
      const bool has[] = {rules[r].only_if(*facts_[0]), rules[r].only_if(*facts_[1])};
      if (!has[0] && !has[1]) continue;
      each_arguments(*facts_[0], rules[r], [&](std::span<const std::uint8_t> args) {
        NativeState after[] = {state_, state_};
        lang::Outcome ends[2];
        for (const std::size_t k : {0U, 1U})
          if (has[k]) ends[k] = rules[r].apply(*facts_[k], state_, after[k], args.data(), false);
        if (has[0] && has[1]) {
          if (told_apart(tree_.rules[r], ends[0], ends[1]))
            out = std::string(rules[r].label) + ": it " + end_in_words(ends[1]) + " where the design " +
                  end_in_words(ends[0]);
          else if (ends[0].kind == Kind::done && !same(after[0], after[1]))
            out = std::string(rules[r].label) + ": it leaves another state";
        } else if (const std::size_t k = has[0] ? 0 : 1; ends[k].kind == Kind::done) {
          alone[k].emplace_back(r, after[k]);
        }
        return !out;
      });
    }
    for (const std::size_t k : {0U, 1U})
      for (const auto& [r, after] : alone[k])
        if (!out && std::ranges::none_of(alone[1 - k], [&](const auto& x) { return same(x.second, after); }))
          out =
              std::string(rules[r].label) + (k == 0 ? ": the design has this step alone" : ": it has this step alone");
    return out;
  }

 private:
  static bool same(const NativeState& a, const NativeState& b) { return std::memcmp(&a, &b, sizeof a) == 0; }

  const lang::Tree& tree_;
  const NativeFacts* facts_[2];
  const NativeState& state_;
};

std::vector<std::optional<Shown>> readings_in(const Original& original, std::span<const Mutant> mutants,
                                              const explore::Scope& scope, std::size_t max_states) {
  std::vector<std::optional<Shown>> out(mutants.size());
  explore::Options options;
  options.grain = explore::Grain::step;
  options.slice = false;
  options.max_states = max_states;
  options.reading = check::search_reading();
  std::vector<std::pair<NativeFacts, NativeFacts>> last(mutants.size());  // a world, and what it is with the knob
  std::vector<char> is_world(mutants.size());
  const auto other_world = [&](std::size_t m, const NativeFacts& facts) -> const NativeFacts* {
    if (std::memcmp(&last[m].first, &facts, sizeof facts) != 0) {
      last[m] = {facts, with_knobs(original.tree, facts, mutants[m].facts)};
      is_world[m] = spec::broken_axiom(last[m].second) == nullptr;
    }
    return is_world[m] ? &last[m].second : nullptr;
  };
  for (std::size_t m = 0; m < mutants.size(); ++m) {
    options.properties.push_back(static_cast<int>(options.reading.properties.size()));
    options.reading.properties.push_back(
        {"knob", lang::PropertyKind::state, [](const NativeFacts&) { return true; },
         [&other_world, &original, m](const NativeFacts& facts, const NativeState&, const NativeState& after) {
           const NativeFacts* const other = other_world(m, facts);
           return other == nullptr || !Both(original.tree, facts, *other, after).parting();
         }});
  }
  const auto worlds = explore::topologies(original.tree, original.knobs, scope);
  if (worlds.empty()) return out;
  explore::Result found = explore::search(original.tree, worlds, options);
  for (std::size_t m = 0; m < mutants.size(); ++m) {
    if (found.paths[m]) {
      explore::Path& path = *found.paths[m];
      const NativeFacts other = with_knobs(original.tree, path.facts, mutants[m].facts);
      auto what = Both(original.tree, path.facts, other, path.last()).parting();
      if (!what) throw std::logic_error("mutate: " + mutants[m].name() + ": what a search found is not found again");
      out[m] = Shown{std::move(path), "", *std::move(what)};
    }
  }
  return out;
}

/// Of a knob that leaves the design no world of these scopes: the axiom that says so.
std::optional<Shown> no_world(const Original& original, const Mutant& mutant, std::span<const explore::Scope> scopes) {
  std::optional<Shown> out;
  for (const explore::Scope& scope : scopes)
    for (const NativeFacts& world : explore::topologies(original.tree, original.knobs, scope)) {
      const auto* const broken = spec::broken_axiom(with_knobs(original.tree, world, mutant.facts));
      if (broken == nullptr) return std::nullopt;
      if (!out) {
        out = Shown{};
        out->path.facts = world;
        out->what = "a world of the design is none with it: " + std::string(broken->name);
      }
    }
  return out;
}

}  // namespace

std::vector<std::optional<Shown>> knob_readings(const Original& original, std::span<const Mutant> mutants,
                                                const KnobReadingOptions& options) {
  std::vector<std::optional<Shown>> out(mutants.size());
  if (mutants.empty()) return out;
  std::vector<explore::Scope> scopes;
  for (const auto& s : check::growing_scopes(original.tree, original.knobs)) scopes.push_back(s.scope);
  scopes.resize(std::min(options.scopes, scopes.size()));
  std::vector<std::vector<std::optional<Shown>>> found(scopes.size());
  told_in_parallel(
      scopes.size(), options.threads, options.progress, "knobs in reachable states",
      [&](std::size_t s, unsigned) { found[s] = readings_in(original, mutants, scopes[s], options.max_states); });
  for (std::size_t m = 0; m < mutants.size(); ++m) {
    for (auto& f : found)
      if (!out[m]) out[m] = std::move(f[m]);
    if (!out[m]) out[m] = no_world(original, mutants[m], scopes);
  }
  return out;
}

}  // namespace pasid::mutate
