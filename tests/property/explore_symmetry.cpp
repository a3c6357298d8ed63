// Canonical forms against brute force: every renaming of every state of a small scope.
#include <algorithm>
#include <cstring>
#include <functional>
#include <map>
#include <set>

#include <doctest/doctest.h>

#include "src/explore/search.hpp"
#include "src/explore/topology.hpp"
#include "tests/unit/explore_knobs.hpp"

namespace pasid::explore {
namespace {

using Bytes = std::vector<std::uint8_t>;
using Canonical = std::function<Bytes(const spec::NativeState&)>;

Bytes bytes_of(const spec::NativeState& s) {
  const auto* const from = reinterpret_cast<const std::uint8_t*>(&s);
  return {from, from + sizeof s};
}

/// Every permutation of every sort, record-like ones too, of those that keep the facts.
std::vector<Renaming> all_renamings(const spec::NativeFacts& facts) {
  std::vector<Renaming> all{Renaming::identity()};
  for (const lang::SortInfo* s : entity_sorts(proofs::model())) {
    std::vector<Renaming> more;
    for (const Renaming& r : all)
      for (const auto& row : permutations(lang::size_of(facts, s))) {
        more.push_back(r);
        more.back().to[static_cast<std::size_t>(s->index)] = row;
      }
    all = std::move(more);
  }
  std::erase_if(all, [&](const Renaming& r) {
    const spec::NativeFacts image = renamed(proofs::model(), facts, r);
    return std::memcmp(&image, &facts, sizeof facts) != 0;
  });
  return all;
}

/// Every state that renamings make of this one, itself first.
std::vector<spec::NativeState> images(const spec::NativeFacts& facts, const std::vector<Renaming>& all,
                                      const spec::NativeState& s) {
  std::vector<spec::NativeState> out;
  for (const Renaming& r : all) out.push_back(renamed(proofs::model(), facts, s, r));
  return out;
}

/// Numbers orbits as their states are met.
class Orbits {
 public:
  Orbits(const spec::NativeFacts& facts, const std::vector<Renaming>& all) : facts_(facts), all_(all) {}
  std::size_t of(const spec::NativeState& s) {
    const auto known = number_.find(bytes_of(s));
    if (known != number_.end()) return known->second;
    for (const spec::NativeState& image : images(facts_, all_, s)) number_.emplace(bytes_of(image), size_);
    return size_++;
  }
  std::set<std::size_t> of(const std::vector<spec::NativeState>& states) {
    std::set<std::size_t> out;
    for (const spec::NativeState& s : states) out.insert(of(s));
    return out;
  }

 private:
  const spec::NativeFacts& facts_;
  const std::vector<Renaming>& all_;
  std::map<Bytes, std::size_t> number_;
  std::size_t size_ = 0;
};

/// Do two of these states get one form exactly if they are of one orbit? Each list is the whole of an orbit.
bool exact(const std::vector<std::vector<spec::NativeState>>& orbits, const Canonical& canonical) {
  if (orbits.empty()) return false;
  std::set<Bytes> forms;
  for (const auto& orbit : orbits) {
    const Bytes form = canonical(orbit.front());
    if (!forms.insert(form).second) return false;
    for (const spec::NativeState& s : orbit)
      if (canonical(s) != form) return false;
  }
  return true;
}

Canonical canonical_by(const Layout& layout, const Symmetry& symmetry) {
  return [&](const spec::NativeState& s) {
    Bytes slots(layout.slots().size());
    Bytes form(slots.size());
    layout.spread(s, slots.data());
    symmetry.canonical(slots.data(), form.data());
    return form;
  };
}

/// The same of a state in which that cell is empty.
Canonical blind_to(const spec::NativeFacts& facts, const char* name, const Canonical& canonical) {
  const lang::CellInfo& cell = proofs::model().cells[static_cast<std::size_t>(proofs::model().cell_named(name))];
  return [&facts, &cell, &canonical](spec::NativeState s) {
    lang::each_index(facts, cell, [&](std::span<const std::uint8_t> index) {
      reinterpret_cast<std::uint8_t*>(&s)[lang::place(cell, index)] = 0;
    });
    return canonical(s);
  };
}

Options within(int depth, Grain grain, bool symmetry) {
  Options o;
  o.grain = grain;
  o.symmetry = symmetry;
  o.max_depth = depth;
  o.slice = false;  // the tree does not know the predicate below
  return o;
}

std::size_t count(const spec::NativeFacts& facts, const Options& options) {
  return search(proofs::model(), std::span(&facts, 1), options).states;
}

/// The states that such a search judges, each once: all within its depth, or some of each orbit.
std::vector<spec::NativeState> judged(const spec::NativeFacts& facts, Options options) {
  std::vector<spec::NativeState> out;
  std::set<Bytes> known;
  options.properties = {0};
  options.reading.properties = {{"Seen", lang::PropertyKind::state, [](const spec::NativeFacts&) { return true; },
                                 [&](const spec::NativeFacts&, const spec::NativeState&, const spec::NativeState& s) {
                                   if (known.insert(bytes_of(s)).second) out.push_back(s);
                                   return true;
                                 }}};
  (void)count(facts, options);
  return out;
}

/// How many states a search meets within `depth` calls that keeps one of each form.
std::size_t forms_met(const spec::NativeFacts& facts, int depth, const Canonical& canonical) {
  const Reading reading = native_reading();
  const Transitions transitions(proofs::model(), reading, facts, Grain::call);
  Transitions::Walk walk(transitions);
  std::vector<spec::NativeState> level{spec::NativeState{}};
  std::set<Bytes> known{canonical(level.front())};
  for (; depth > 0; --depth) {
    std::vector<spec::NativeState> next;
    for (const spec::NativeState& s : level)
      walk.each(facts, s, Twins{}, [&](const Successor& to) {
        if (known.insert(canonical(to.after())).second) next.push_back(to.after());
      });
    level = std::move(next);
  }
  return known.size();
}

/// Of each property the steps of a shortest violation within so many; -1: there is none.
std::vector<int> lengths(const spec::NativeFacts& facts, Options options) {
  options.slice = true;
  for (std::size_t i = 0; i < options.reading.properties.size(); ++i) options.properties.push_back(static_cast<int>(i));
  std::vector<int> out;
  for (const auto& path : search(proofs::model(), std::span(&facts, 1), options).paths)
    out.push_back(path ? static_cast<int>(path->steps.size()) : -1);
  return out;
}

/// Evenly spread over the list, the last ones (the fullest) included.
std::vector<spec::NativeState> sample(const std::vector<spec::NativeState>& states, std::size_t n) {
  std::vector<spec::NativeState> out;
  for (std::size_t i = 0; i < n; ++i) out.push_back(states[states.size() - 1 - i * states.size() / n]);
  return out;
}

/// The topologies on which the tests run: one number space and two, queues on two devices.
std::vector<spec::NativeFacts> worlds() {
  std::vector<spec::NativeFacts> out;
  for (const spec::NativeFacts& knobs : {testing::unflushed_design(), testing::per_device_design()})
    for (const spec::NativeFacts& f : topologies(proofs::model(), knobs, testing::small_scope())) out.push_back(f);
  return out;
}

TEST_CASE("symmetry: canonical forms agree with the orbits under all renamings") {
  for (const spec::NativeFacts& facts : worlds()) {
    const auto all = all_renamings(facts);
    const Layout layout(proofs::model(), facts);
    const auto group = automorphisms(proofs::model(), facts);
    REQUIRE(group.size() > 1);
    const Symmetry symmetry(proofs::model(), layout, group);
    Orbits known(facts, all);
    std::vector<std::vector<spec::NativeState>> orbits;
    for (const spec::NativeState& s : sample(judged(facts, within(6, Grain::call, false)), 400))
      if (known.of(s) == orbits.size()) orbits.push_back(images(facts, all, s));
    REQUIRE(orbits.size() > 100);
    CHECK(exact(orbits, canonical_by(layout, symmetry)));
    CHECK_FALSE(exact({}, canonical_by(layout, symmetry)));

    // Tampered twins: each renaming left out in turn, then cells ignored.
    for (std::size_t left_out = 1; left_out < group.size(); ++left_out) {
      auto fewer = group;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(left_out));
      const Symmetry tampered(proofs::model(), layout, fewer);
      CHECK_FALSE(exact(orbits, canonical_by(layout, tampered)));
    }
    const Canonical form = canonical_by(layout, symmetry);
    for (const char* ignored : {"disabled", "portal", "iotlb"}) {
      INFO(std::string(ignored));
      CHECK_FALSE(exact(orbits, blind_to(facts, ignored, form)));
    }
  }
}

TEST_CASE("symmetry: a search finds as many canonical states as the unreduced one has orbits") {
  for (const spec::NativeFacts& facts : worlds()) {
    for (const Grain grain : {Grain::call, Grain::step}) {
      const auto all = all_renamings(facts);
      Orbits orbits(facts, all);
      const auto whole = judged(facts, within(5, grain, false));
      const auto reduced = judged(facts, within(5, grain, true));
      CHECK(count(facts, within(5, grain, false)) == whole.size());
      CHECK(count(facts, within(5, grain, true)) == orbits.of(whole).size());
      CHECK(orbits.of(whole) == orbits.of(reduced));
      CHECK(orbits.of(whole).size() < whole.size());
    }
  }
}

TEST_CASE("symmetry: the sizes of the orbits that a search keeps one of add up to the states of the unreduced one") {
  for (const spec::NativeFacts& facts : worlds()) {
    const auto all = all_renamings(facts);
    Orbits orbits(facts, all);
    std::map<std::size_t, std::size_t> size;
    for (const spec::NativeState& s : judged(facts, within(5, Grain::call, true))) {
      std::set<Bytes> orbit;
      for (const spec::NativeState& image : images(facts, all, s)) orbit.insert(bytes_of(image));
      size[orbits.of(s)] = orbit.size();
    }
    CHECK(size.size() == count(facts, within(5, Grain::call, true)));
    std::size_t sum = 0;
    for (const auto& [orbit, n] : size) sum += n;
    CHECK(sum == count(facts, within(5, Grain::call, false)));
    CHECK(sum > size.size());
  }
}

TEST_CASE("symmetry: verdicts are those of the unreduced search, and a wrong reduction or none at all is noticed") {
  int violated = 0;
  for (const spec::NativeFacts& facts : worlds()) {
    for (const Grain grain : {Grain::call, Grain::step}) {
      const auto reduced = lengths(facts, within(5, grain, true));
      CHECK(reduced == lengths(facts, within(5, grain, false)));
      violated += static_cast<int>(std::ranges::count_if(reduced, [](int n) { return n > 0; }));
    }
    const Layout layout(proofs::model(), facts);
    auto group = automorphisms(proofs::model(), facts);
    const std::size_t right = count(facts, within(5, Grain::call, true));
    const Symmetry symmetry(proofs::model(), layout, group);
    const Canonical form = canonical_by(layout, symmetry);
    CHECK(forms_met(facts, 5, form) == right);
    CHECK(forms_met(facts, 5, bytes_of) == count(facts, within(5, Grain::call, false)));
    CHECK(forms_met(facts, 5, bytes_of) > right);
    group.pop_back();
    const Symmetry one_less(proofs::model(), layout, group);
    CHECK(forms_met(facts, 5, canonical_by(layout, one_less)) > right);
    CHECK(forms_met(facts, 5, blind_to(facts, "disabled", form)) < right);
  }
  CHECK(violated > 5);
}

TEST_CASE("symmetry: record-like sorts are those that nothing names") {
  std::set<std::string_view> names;
  for (const lang::SortInfo* s : record_sorts(proofs::model())) names.insert(s->name);
  CHECK(names == std::set<std::string_view>{"Task", "Bond", "Desc"});
}

TEST_CASE("symmetry: every automorphism keeps the facts, and no renaming that does is missing") {
  for (const spec::NativeFacts& facts : worlds()) {
    const auto group = automorphisms(proofs::model(), facts);
    CHECK(group.front() == Renaming::identity());
    std::set<std::string> listed;
    std::set<std::string> all;
    const auto on_states = [](const Renaming& r) {
      std::string out;
      for (const std::size_t s :
           {spec::Wq::index, spec::Dev::index, spec::Space::index, spec::As::index, spec::Pasid::index})
        out.append(r.to[s].begin(), r.to[s].end());
      return out;
    };
    for (const Renaming& r : group) {
      const spec::NativeFacts image = renamed(proofs::model(), facts, r);
      CHECK(std::memcmp(&image, &facts, sizeof facts) == 0);
      CHECK(listed.insert(on_states(r)).second);
    }
    for (const Renaming& r : all_renamings(facts)) all.insert(on_states(r));
    CHECK(listed == all);
  }
}

}  // namespace
}  // namespace pasid::explore
