#include "src/mutate/walks.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <numeric>
#include <string_view>

#include "src/mutate/probe.hpp"
#include "src/mutate/progress.hpp"
#include "src/review/any_world.hpp"

namespace pasid::mutate {

using spec::NativeFacts;
using spec::NativeState;

namespace {

/// Into so many parts the walks are shared out; see WalkOptions::threads.
constexpr std::size_t walk_shares = 8;

/// A walk so far, rule by rule.
struct Walked {
  NativeFacts facts;
  std::vector<explore::Fired> fired;
};

class Walks {
 public:
  Walks(const Original& original, const std::string& design, std::span<const Mutant> mutants, std::uint64_t seed)
      : original_(original), mutants_(mutants), random_(seed), worlds_(original.tree, original.knobs, design),
        reading_(explore::native_reading()), out_(mutants.size()), nothing_breaks_(mutants.size(), false),
        mine_(mutants.size()) {
    for (const explore::Grain grain : {explore::Grain::call, explore::Grain::step})
      looks_.emplace_back(grains_.emplace_back(original.tree, reading_, original.knobs, grain));
    std::iota(mine_.begin(), mine_.end(), std::size_t{0});
    probe_ =
        std::make_unique<Probe>(original_, original_.tree, std::span<const Judge>{}, mutants_, nothing_breaks_, mine_);
  }

  std::vector<std::optional<Shown>> run(std::size_t walks, std::size_t steps) {
    for (std::size_t i = 0; i < walks && !mine_.empty(); ++i) {
      choose_families(i / 3 % 2 == 0);
      // By calls, by rules, or by rules after some calls.
      walk(i % 3 == 0 ? steps : i % 3 == 1 ? 0 : below(steps / 2), steps);
    }
    return std::move(out_);
  }

 private:
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(random_() % n); }

  /// "unbind", of unbind.clear.
  static std::string_view family(std::string_view label) { return label.substr(0, label.find('.')); }

  /// All may happen, or what a few families do: with less to choose from a walk gets further in what is left.
  void choose_families(bool all) {
    chosen_.clear();
    if (all) return;
    const std::size_t one_in = 2 + below(3);
    for (const auto& r : reading_.rules)
      if (const auto [it, is_new] = chosen_.try_emplace(family(r.label)); is_new)
        it->second = it->first == "process" || it->first == "attach" || below(one_in) == 0;  // others need these
  }
  [[nodiscard]] bool chosen(std::string_view label) const {
    const auto it = chosen_.find(family(label));
    return it == chosen_.end() || it->second;
  }

  /// `calls` of the steps are whole calls, those that come first.
  void walk(std::size_t calls, std::size_t steps) {
    Walked way{worlds_.pick(random_), {}};
    NativeState state{};
    for (std::size_t i = 0; i < steps; ++i) {
      const explore::Grain grain = i < calls ? explore::Grain::call : explore::Grain::step;
      auto& look = looks_[static_cast<std::size_t>(grain) - 1];
      const NativeState from = state;
      const explore::Transition* by = nullptr;
      std::size_t transitions = 0;
      std::size_t ways = 0;
      bool taken = false;
      std::vector<explore::Fired> fired;
      std::vector<NativeState> states;
      // Any of the transitions, then any of the ways to take it.
      look.each(way.facts, from, explore::Twins{}, [&](const explore::Successor& s) {
        if (!chosen(s.by.label)) return;
        if (by != &s.by) {
          by = &s.by;
          ways = 0;
          taken = below(++transitions) == 0;
        }
        if (!taken || below(++ways) != 0) return;
        fired.assign(s.fired.begin(), s.fired.end());
        states.assign(s.states.begin(), s.states.end());
      });
      if (by == nullptr) return;
      for (std::size_t k = 0; k < fired.size(); ++k) {  // within a call, too
        way.fired.push_back(fired[k]);
        try_mutants(way, states[k]);
      }
      state = states.back();
    }
  }

  void try_mutants(const Walked& way, const NativeState& state) {
    std::erase_if(mine_, [&](std::size_t m) {
      const bool falls = !probe_->keeps(m, way.facts, state);
      if (!falls && probe_->alike(m, way.facts, state)) return false;
      out_[m] = shortened(way, m, falls);
      return true;
    });
  }

  /// The state after these steps, where all of them can be taken.
  [[nodiscard]] std::optional<NativeState> after(const Walked& way) const {
    NativeState state{};
    for (const explore::Fired& f : way.fired) {
      NativeState next = state;
      if (!fires(way.facts, f, state, next)) return std::nullopt;
      state = next;
    }
    return state;
  }
  bool fires(const NativeFacts& facts, const explore::Fired& f, const NativeState& state, NativeState& next) const {
    return reading_.rules[static_cast<std::size_t>(f.rule)].apply(facts, state, next, f.args.data(), false).kind ==
           lang::Outcome::Kind::done;
  }

  /// Without what can be left out, as a path.
  [[nodiscard]] std::optional<Shown> shortened(Walked way, std::size_t m, bool falling) const {
    const auto shown = [&](const Walked& w) -> std::optional<Shown> {
      const auto state = after(w);
      return state ? probe_->shown(m, w.facts, *state, falling) : std::nullopt;
    };
    const auto without = [&](std::size_t i, std::size_t k) {
      Walked less = way;
      less.fired.erase(less.fired.begin() + static_cast<std::ptrdiff_t>(i));
      if (k < i) less.fired.erase(less.fired.begin() + static_cast<std::ptrdiff_t>(k));
      const bool enough = shown(less).has_value();
      if (enough) way = std::move(less);
      return enough;
    };
    const auto left_out = [&] {  // one step, or two that belong together
      for (std::size_t i = way.fired.size(); i-- > 0;)
        if (without(i, i)) return true;
      for (std::size_t i = way.fired.size(); i-- > 0;)
        for (std::size_t k = 0; k < i; ++k)
          if (without(i, k)) return true;
      return false;
    };
    while (left_out()) continue;
    auto out = shown(way);
    out->path.facts = way.facts;
    NativeState state{};
    for (const explore::Fired& f : way.fired) {
      NativeState next = state;
      fires(way.facts, f, state, next);
      state = next;
      out->path.steps.push_back(
          {std::string(reading_.rules[static_cast<std::size_t>(f.rule)].label), false, {f}, state, {}});
    }
    return out;
  }

  const Original& original_;
  std::span<const Mutant> mutants_;
  std::mt19937_64 random_;
  review::AnyWorld worlds_;
  explore::Reading reading_;
  std::deque<explore::Transitions> grains_;
  std::deque<explore::Transitions::Walk> looks_;  ///< by grain
  std::vector<std::optional<Shown>> out_;
  std::vector<bool> nothing_breaks_;
  std::vector<std::size_t> mine_;  ///< mutants of which nothing is found yet
  std::unique_ptr<Probe> probe_;
  std::map<std::string_view, bool> chosen_;  ///< families of rules and calls; empty: all
};

}  // namespace

std::vector<std::optional<Shown>> walks(const Original& original, const std::string& design,
                                        std::span<const Mutant> mutants, const WalkOptions& options) {
  std::vector<std::optional<Shown>> out(mutants.size());
  if (mutants.empty()) return out;
  std::vector<std::vector<std::optional<Shown>>> found(walk_shares);
  told_in_parallel(walk_shares, options.threads, options.progress, "shares of walks", [&](std::size_t i, unsigned) {
    found[i] = Walks(original, design, mutants, i + 1).run(options.walks / walk_shares, options.steps);
  });
  for (auto& f : found)
    for (std::size_t m = 0; m < mutants.size(); ++m)
      if (f[m] && (!out[m] || f[m]->steps() < out[m]->steps())) out[m] = std::move(f[m]);
  return out;
}

}  // namespace pasid::mutate
