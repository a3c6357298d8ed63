#include "src/review/walker.hpp"

#include <algorithm>
#include <utility>

#include "src/explore/topology.hpp"

namespace pasid::review {

using spec::NativeFacts;
using spec::NativeState;

namespace {

/// Steps of one walk.
constexpr int walk_length = 15;
/// To go through a world costs some twenty walks; a round has up to five.
constexpr std::uint64_t rounds_per_spread = 8;
/// What has happened less often than this is still worth starting from again.
constexpr std::uint64_t rare = 4;
constexpr std::size_t most_places = 4096;

template <class Sort>
lang::Id<Sort> element(std::size_t number) {
  return lang::Id<Sort>{static_cast<std::uint8_t>(number)};
}

spec::Kind kind_of(const NativeFacts& f, std::size_t a) {
  return static_cast<spec::Kind>(f.kind(element<spec::As>(a)).v);
}

template <class Sort>
std::size_t count(const NativeFacts& f) {
  return static_cast<std::size_t>(f.size<Sort>());
}

/// As many of everything as a state holds.
NativeFacts largest(const lang::Tree& tree) {
  NativeFacts out{};
  for (const lang::SortInfo* s : explore::entity_sorts(tree))
    out.count[static_cast<std::size_t>(s->index)] = static_cast<std::uint8_t>(s->capacity);
  return out;
}

}  // namespace

Walker::Walker(const lang::Tree& tree, const NativeFacts& knobs, explore::Reading reading, Coverage& coverage,
               std::uint64_t seed, std::uint64_t attempts)
    : tree_(tree), out_(coverage), attempts_(attempts), random_(seed), worlds_(tree, knobs, coverage.design),
      reading_(std::move(reading)), novelty_(tree, largest(tree), rare) {
  out_.topologies = worlds_.topologies().size();
  count_attempts();
  for (const explore::Grain grain : {explore::Grain::call, explore::Grain::step})
    looks_.emplace_back(grains_.emplace_back(tree_, reading_, knobs, grain));
}

void Walker::wander(std::uint64_t attempts) {
  for (const std::uint64_t end = out_.attempts + attempts; goes_on(end);) {
    trail_ = &from_nothing_;
    if (++rounds_ % rounds_per_spread == 0) spread(worlds_.pick(random_));
    for (int i = 0; i < 2; ++i) walk({worlds_.pick(random_), {}});
    follow(from_nothing_);
    for (int i = 0; i < 2; ++i) follow(beyond_);
  }
}

/// Breadth first through whatever is new in this world. What takes a world as hardly any is, but few steps, shows here.
void Walker::spread(const NativeFacts& world) {
  Novelty here(tree_, world, 1);
  std::vector<NativeState> states(1);
  for (std::size_t i = 0; i < states.size() && out_.attempts < attempts_; ++i) {
    const NativeState from = states[i];
    for (auto& look : looks_)
      look.each(world, from, explore::Twins{}, [&](const explore::Successor& s) {
        if (here.note(world, s.after())) states.push_back(s.after());
      });
  }
}

/// Walks on from where something was new: the first time in the order in which it was.
void Walker::follow(Trail& trail) {
  if (trail.places.empty()) return;
  trail_ = &trail;
  const std::size_t n = trail.places.size();
  walk(trail.places[trail.followed < n ? trail.followed++ : below(n)]);
}

void Walker::go_beyond(const std::vector<explore::Path>& paths) {
  trail_ = &beyond_;
  for (const explore::Path& path : paths) {
    // There may be more to meet than the search that found the path needed.
    NativeFacts world = with_all_kinds(path.facts);
    start_along(path, world);
    for (std::size_t w = 1; w <= count<spec::Wq>(world); ++w) world.shared(element<spec::Wq>(w)) = true;
    if (!spec::broken_axiom(world)) start_along(path, world);
  }
}

/// Remembers the states on the path, as far as it goes in this world.
void Walker::start_along(const explore::Path& path, const NativeFacts& world) {
  Place at{world, {}};
  NativeState next{};
  for (const explore::PathStep& step : path.steps) {
    for (const explore::Fired& f : step.fired) {
      const auto& rule = reading_.rules[static_cast<std::size_t>(f.rule)];
      if (rule.apply(world, at.state, next, f.args.data(), false).kind != lang::Outcome::Kind::done) return;
      at.state = next;
    }
    remember(at);
  }
}

bool Walker::goes_on(std::uint64_t attempts) const {
  return out_.attempts < std::min(attempts, attempts_) && !(out_.unfired().empty() && out_.unmet().empty());
}

/// A world with an address space more of every kind that the design attaches and `f` has not.
NativeFacts Walker::with_all_kinds(NativeFacts f) const {
  const NativeFacts& all = worlds_.topologies().front();
  for (std::size_t a = 1; a <= count<spec::As>(all) && count<spec::As>(f) < count<spec::As>(all); ++a) {
    bool has = false;
    for (std::size_t b = 1; b <= count<spec::As>(f); ++b) has = has || kind_of(f, b) == kind_of(all, a);
    if (has) continue;
    NativeFacts more = f;
    ++more.count[static_cast<std::size_t>(lang::sort_info<spec::As>.index)];
    more.kind(element<spec::As>(count<spec::As>(more))) = kind_of(all, a);
    if (!spec::broken_axiom(more)) f = more;
  }
  return f;
}

/// Every try of a rule counts, whatever for; where something happened that seldom does is worth coming back to.
void Walker::count_attempts() {
  for (RuleCoverage& counts : out_.rules) {
    auto& rule = reading_.rules[static_cast<std::size_t>(tree_.rule_named(counts.label))];
    rule.apply = [this, &counts, apply = rule.apply](const NativeFacts& f, const NativeState& s, NativeState& n,
                                                     const std::uint8_t* args, bool policies) {
      const lang::Outcome outcome = apply(f, s, n, args, policies);
      ++out_.attempts;
      const bool fired = outcome.kind == lang::Outcome::Kind::done;
      std::uint64_t& happened =
          fired
              ? counts.fired
              : std::ranges::find(counts.guards, std::string_view(outcome.label), &GuardCoverage::label)->failed_first;
      if (++happened <= rare) remember({f, fired ? n : s});
      return outcome;
    };
  }
}

void Walker::walk(Place at) {
  const bool only_calls = below(2) == 0;
  for (int i = 0; i < walk_length; ++i)
    if (!step(at, only_calls)) return;
}

/// Takes any of the transitions that are enabled, at one grain or the other, with any arguments.
bool Walker::step(Place& at, bool only_calls) {
  const NativeState from = at.state;
  const explore::Transition* by = nullptr;
  std::size_t transitions = 0;
  std::size_t ways = 0;
  bool taken = false;
  looks_[only_calls ? 0 : below(looks_.size())].each(at.facts, from, explore::Twins{},
                                                     [&](const explore::Successor& s) {
                                                       if (novelty_.note(at.facts, s.after()))
                                                         remember({at.facts, s.after()});
                                                       if (by != &s.by) {
                                                         by = &s.by;
                                                         ways = 0;
                                                         taken = below(++transitions) == 0;
                                                       }
                                                       if (taken && below(++ways) == 0) at.state = s.after();
                                                     });
  return by != nullptr;
}

void Walker::remember(const Place& place) {
  if (trail_->places.size() < most_places) trail_->places.push_back(place);
  else trail_->places[below(most_places)] = place;
}

}  // namespace pasid::review
