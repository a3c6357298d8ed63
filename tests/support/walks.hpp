// Walks for RapidCheck: a world and steps in it, drawn and shrunk to fewer steps.
#pragma once

#include <optional>
#include <ostream>
#include <ranges>
#include <rapidcheck.h>
#include <vector>

#include <fmt/format.h>

#include "proofs/model.hpp"
#include "tests/support/triples.hpp"

namespace pasid::test {

inline const lang::Tree& model() { return proofs::model(); }

/// Where the walks of every case start: for each rule some worlds with a state in which it fires or nearly does.
inline const std::vector<Generator::World>& worlds() {
  static const std::vector<Generator::World> all = [] {
    std::vector<Generator::World> out;
    Random random(test::seed());
    Outcomes seen(model());
    Generator generator(random, model(), seen);
    const auto rules = model().rules.size();
    const auto enough = [&](std::size_t r) { return generator.fired_in(r).size() >= 8; };
    std::uint64_t left = 1'000'000;  // ten times what it takes
    generator.run([&](const Triple& t) {
      NativeState next = t.state;
      seen.count(t.rule, spec::native_rules()[t.rule].apply(t.facts, t.state, next, t.args.data(), false));
      return --left > 0 &&
             (left % 10'000 != 0 || !std::ranges::all_of(std::views::iota(std::size_t{0}, rules), enough));
    });
    for (std::size_t r = 0; r < rules; ++r) {
      for (const auto* list : {&generator.fired_near(r), &generator.fired_in(r)})
        out.insert(out.end(), list->begin(), list->begin() + std::min<std::ptrdiff_t>(std::ssize(*list), 8));
    }
    return out;
  }();
  return all;
}

/// A world and a walk in it; shrinks to fewer steps.
struct Walk {
  std::size_t world;
  std::vector<std::uint32_t> steps;  ///< what each step is drawn from
  std::uint32_t disturbance;         ///< which cell is changed at each state, and how
};

inline std::ostream& operator<<(std::ostream& out, const Walk& w) {
  return out << fmt::format("world {}, steps [{}], disturbance {}", w.world, fmt::join(w.steps, " "), w.disturbance);
}

inline rc::Gen<Walk> a_walk() {
  return rc::gen::build<Walk>(
      rc::gen::set(&Walk::world, rc::gen::inRange<std::size_t>(0, worlds().size())),
      rc::gen::set(&Walk::steps, rc::gen::resize(60, rc::gen::container<std::vector<std::uint32_t>>(
                                                         rc::gen::inRange<std::uint32_t>(0, 1U << 30)))),
      rc::gen::set(&Walk::disturbance, rc::gen::inRange<std::uint32_t>(0, 1U << 30)));
}

/// Calls `visit(generator, triple, successor)` for triples whose rule fires, until it answers false.
template <class Visit>
void on_firing(Random& random, const Visit& visit) {
  Outcomes seen(model());
  Generator generator(random, model(), seen);
  generator.run([&](const Triple& t) {
    NativeState next = t.state;
    const Outcome o = spec::native_rules()[t.rule].apply(t.facts, t.state, next, t.args.data(), false);
    seen.count(t.rule, o);
    return o.kind != Outcome::Kind::done || visit(generator, t, next);
  });
}

/// Calls `visit(facts, state, random)` in each state of the walk and in one that is a cell away from it.
template <class Visit>
void along(const Walk& walk, const Visit& visit) {
  static const auto tables = disturbable(model(), false);
  const NativeFacts& f = worlds()[walk.world].facts;
  NativeState s = worlds()[walk.world].state;
  Random random(walk.disturbance);
  for (const std::uint32_t step : walk.steps) {
    visit(f, s, random);
    NativeState near = s;
    perturb(random, *tables[below(random, tables.size())], f, bytes_of(near));
    visit(f, near, random);
    Random choice(step);
    random_step(choice, model(), f, s);
  }
}

inline std::optional<Args> firing(Random& random, const NativeFacts& f, const NativeState& s, std::size_t rule,
                                  NativeState& next, int tries = 12) {
  return firing(random, model(), f, s, rule, next, tries);
}

}  // namespace pasid::test
