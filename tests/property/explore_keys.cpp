// What a search takes short cuts with: the set of states, what a rule may write, and the keys of successors.
#include <cstring>
#include <map>
#include <rapidcheck.h>

#include <doctest/doctest.h>

#include "src/explore/exchange.hpp"
#include "src/explore/recent.hpp"
#include "src/explore/state_set.hpp"
#include "src/explore/topology.hpp"
#include "src/explore/transitions.hpp"
#include "src/explore/worlds.hpp"
#include "tests/support/worlds.hpp"
#include "tests/unit/explore_knobs.hpp"

namespace pasid::explore {
namespace {

using Key = std::vector<Word>;

/// A key of so many bytes, of few values, so that some come again.
Key any_key(std::size_t bytes) {
  Key out((bytes + sizeof(Word) - 1) / sizeof(Word));
  for (std::size_t i = 0; i < bytes; ++i)
    reinterpret_cast<std::uint8_t*>(out.data())[i] =
        *rc::gen::element<std::uint8_t>(0, 0, 0, 0xff, static_cast<std::uint8_t>(i));
  return out;
}

TEST_CASE("states: the set has what was put in, in that order, and nothing else") {
  CHECK(rc::check([] {
    const auto bytes = *rc::gen::inRange<std::size_t>(0, 20);
    StateSet set(bytes);
    std::map<Key, StateId> parents;
    std::vector<Key> order;
    const auto many = *rc::gen::inRange<std::size_t>(0, 3000);
    for (std::size_t i = 0; i < many; ++i) {
      const Key key = any_key(bytes);
      const auto parent = static_cast<StateId>(i);
      RC_ASSERT(set.has(key, hash_of(key)) == parents.contains(key));
      const bool is_new = parents.emplace(key, parent).second;
      RC_ASSERT(set.insert(key, hash_of(key), parent) == is_new);
      if (is_new) order.push_back(key);
    }
    RC_ASSERT(set.size() == order.size());
    for (std::size_t s = 0; s < order.size(); ++s) {
      Key key(set.key_words());
      set.key(static_cast<StateId>(s), key.data());
      RC_ASSERT(key == order[s]);
      RC_ASSERT(set.parent(static_cast<StateId>(s)) == parents.at(key));
      RC_ASSERT(set.has(key, hash_of(key)));
    }
  }));
}

/// Sends the keys in rounds of some pieces, which threads take as they come, and gives whether there was room for all.
bool added_in_rounds(StateSet& set, unsigned threads, std::span<const Key> keys, std::size_t max_states) {
  Exchange exchange(threads, set.key_words());
  bool room = true;
  for (std::size_t first = 0; first < keys.size() && room;) {
    const auto pieces = *rc::gen::inRange<std::size_t>(1, 6);
    exchange.clear(pieces);
    for (std::size_t piece = 0; piece < pieces; ++piece) {
      const auto thread = *rc::gen::inRange<unsigned>(0, threads);
      exchange.begin(piece, thread);
      const auto end = std::min(keys.size(), first + *rc::gen::inRange<std::size_t>(0, 400));
      for (; first < end; ++first)
        exchange.send(thread, set.part_of(hash_of(keys[first])), keys[first], static_cast<StateId>(first));
      exchange.end(piece);
    }
    for (unsigned part = threads; part-- > 0;) exchange.claim(set, part);
    room = exchange.make_room(set, max_states);
    for (std::size_t piece = pieces; piece-- > 0;) exchange.settle(set, piece, [](std::span<const Word>, StateId) {});
  }
  return room;
}

TEST_CASE("states: of several threads each claims its own, and the set is as if one had put them in") {
  CHECK(rc::check([] {
    const auto bytes = *rc::gen::inRange<std::size_t>(0, 20);
    const auto threads = *rc::gen::inRange<unsigned>(1, 5);
    const auto max_states = *rc::gen::element<std::size_t>(100, 100000);
    std::vector<Key> keys(*rc::gen::inRange<std::size_t>(0, 5000));
    for (Key& key : keys) key = any_key(bytes);
    StateSet set(bytes, threads);
    const bool room = added_in_rounds(set, threads, keys, max_states);
    StateSet alone(bytes);
    bool fits = true;
    for (std::size_t i = 0; i < keys.size() && fits; ++i) {
      fits = alone.has(keys[i], hash_of(keys[i])) || alone.size() < max_states;
      if (fits) alone.insert(keys[i], hash_of(keys[i]), static_cast<StateId>(i));
    }
    RC_ASSERT(room == fits);
    RC_ASSERT(set.size() == alone.size());
    Key one(set.key_words());
    Key other(set.key_words());
    for (StateId s = 0; s < set.size(); ++s) {
      set.key(s, one.data());
      alone.key(s, other.data());
      RC_ASSERT(one == other);
      RC_ASSERT(set.parent(s) == alone.parent(s));
    }
  }));
}

TEST_CASE("states: what two pieces lead to is of the first, whoever does it when") {
  StateSet set(8, 2);
  Exchange exchange(2, 1);
  const Key key{7};
  exchange.clear(2);
  for (const std::size_t piece : {1U, 0U}) {
    exchange.begin(piece, static_cast<unsigned>(piece));
    exchange.send(static_cast<unsigned>(piece), set.part_of(hash_of(key)), key, static_cast<StateId>(10 + piece));
    exchange.end(piece);
  }
  for (const unsigned part : {1U, 0U}) exchange.claim(set, part);
  CHECK(exchange.make_room(set, 10));
  for (const std::size_t piece : {1U, 0U}) exchange.settle(set, piece, [](std::span<const Word>, StateId) {});
  REQUIRE(set.size() == 1);
  CHECK(set.parent(0) == 10);
}

TEST_CASE("states: only a key that was the last in its place was looked for a moment ago") {
  CHECK(rc::check([] {
    const Key known = any_key(16);
    Recent recent(known);
    std::vector<Key> asked{known};
    for (int i = 0; i < 300; ++i) {
      const Key key = any_key(16);
      if (recent.again(key, hash_of(key))) RC_ASSERT(std::ranges::count(asked, key) > 0);
      RC_ASSERT(recent.again(key, hash_of(key)));
      asked.push_back(key);
    }
  }));
}

/// In how many of some random firings does a rule write outside of what its tree's rule does, or name another guard?
struct Strayed {
  int firings = 0, writes = 0, guards = 0;
};
Strayed strayed(const lang::Tree& tree) {
  test::Random random(7);
  Strayed out;
  while (out.firings < 3000) {
    const auto facts = test::draw_facts(random, proofs::model());
    if (!facts) continue;
    spec::NativeState state;
    for (int i = 0; i < 60 && test::random_step(random, proofs::model(), *facts, state); ++i) {
    }
    for (std::size_t r = 0; r < tree.rules.size(); ++r) {
      const spec::NativeRule& rule = spec::native_rules()[r];
      Cells cells(tree.cells.size());
      for (const lang::Write& w : tree.rules[r].writes) cells[static_cast<std::size_t>(w.cell)] = true;
      const Footprint footprint(tree, cells);
      for (int i = 0; i < 8; ++i) {
        spec::NativeState next = state;
        const auto args = test::draw_args(random, *facts, rule.params);
        const lang::Outcome outcome = rule.apply(*facts, state, next, args.data(), false);
        if (outcome.kind != lang::Outcome::Kind::done) {
          const auto& guards = tree.rules[r].guards;
          out.guards += outcome.guard >= guards.size() || guards[outcome.guard].label != outcome.label ? 1 : 0;
          continue;
        }
        ++out.firings;
        const bool changed = !footprint.same(state, next);
        out.writes += changed != (std::memcmp(&next, &state, sizeof state) != 0) ? 1 : 0;
        footprint.copy(state, next);
        out.writes += std::memcmp(&next, &state, sizeof state) != 0 ? 1 : 0;
      }
    }
  }
  return out;
}

TEST_CASE("rules write only what the tree says they do, and say which of its guards stopped them") {
  const Strayed none = strayed(proofs::model());
  CHECK(none.writes == 0);
  CHECK(none.guards == 0);
  // Tampered twins: a write less, and two guards that have changed places.
  lang::Tree fewer = proofs::model();
  for (lang::RuleTree& rule : fewer.rules)
    if (!rule.writes.empty()) rule.writes.pop_back();
  CHECK(strayed(fewer).writes > 0);
  lang::Tree swapped = proofs::model();
  for (lang::RuleTree& rule : swapped.rules)
    if (rule.guards.size() > 1) std::swap(rule.guards[0], rule.guards[1]);
  CHECK(strayed(swapped).guards > 0);
}

/// For how many successors, over random walks through some worlds, is the key that is worked out from what changed
/// another than that of the state as a whole?
struct Keys {
  int compared = 0, wrong = 0, unchanged = 0;
};
Keys wrong_keys(const lang::Tree& tree, Grain grain, bool symmetry) {
  const Reading reading = native_reading();
  const auto topologies = explore::topologies(proofs::model(), testing::per_device_design(), testing::small_scope());
  const Transitions transitions(tree, reading, topologies.front(), grain);
  Worlds worlds(proofs::model(), topologies, symmetry);
  worlds.prepare(transitions.list());
  test::Random random(11);
  Keys out;
  OpenedState from;
  for (std::size_t w = 0; w < worlds.size(); ++w) {
    Transitions::Walk walk(transitions);
    spec::NativeState state;
    for (int i = 0; i < 100; ++i) {
      Key key((worlds.key_bytes() + sizeof(Word) - 1) / sizeof(Word));
      worlds.key(worlds[w], state, reinterpret_cast<std::uint8_t*>(key.data()));
      worlds.open(key, from);
      std::vector<spec::NativeState> next;
      walk.each(*from.world->facts, from.state, from.twins, [&](const Successor& to) {
        Key expected(key.size());
        Key got(key.size(), ~Word{0});
        worlds.key(*from.world, to.after(), reinterpret_cast<std::uint8_t*>(expected.data()));
        const bool changed = worlds.successor_key(from, to.by, to.after(), got.data());
        ++out.compared;
        out.unchanged += changed ? 0 : 1;
        out.wrong += (changed ? got != expected : key != expected) ? 1 : 0;
        next.push_back(to.after());
      });
      if (next.empty()) break;
      state = next[test::below(random, next.size())];
    }
  }
  return out;
}

TEST_CASE("keys: what changed makes of a state's key what the state after it has") {
  lang::Tree fewer = proofs::model();
  for (lang::RuleTree& rule : fewer.rules)
    if (!rule.writes.empty()) rule.writes.pop_back();
  for (const Grain grain : {Grain::call, Grain::step})
    for (const bool symmetry : {false, true}) {
      const Keys keys = wrong_keys(proofs::model(), grain, symmetry);
      CHECK(keys.compared > 1000);
      CHECK(keys.wrong == 0);
      CHECK(wrong_keys(fewer, grain, symmetry).wrong > 0);
    }
}

}  // namespace
}  // namespace pasid::explore
