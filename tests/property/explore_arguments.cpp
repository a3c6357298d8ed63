// What the walk through a transition's arguments leaves out must not matter: against every argument and every order.
#include <cstring>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "spec/lang/memory.hpp"
#include "spec/lang/rewrite.hpp"
#include "src/explore/search.hpp"
#include "src/explore/topology.hpp"
#include "tests/unit/explore_knobs.hpp"

namespace pasid::explore {
namespace {

/// What a transition leads to: its label, whether it was refused, and the bytes of the state.
using Results = std::set<std::string>;

std::string result(std::string_view label, bool refused, const spec::NativeState& after) {
  return std::string(label) + (refused ? '!' : '.') + std::string(reinterpret_cast<const char*>(&after), sizeof after);
}

class BruteForce {
 public:
  BruteForce(const Reading& reading, const spec::NativeFacts& facts, const spec::NativeState& state)
      : facts_(facts), state_(state), runner_(reading, facts, state) {}

  Results all(const Transitions& transitions) {
    for (const Transition& t : transitions.list()) choose(t, 0);
    return std::move(results_);
  }

 private:
  void choose(const Transition& t, std::size_t k) {
    if (k == t.params.size()) return run(t);
    const int size = lang::size_of(facts_, t.params[k]);
    if (k >= t.loops_from) {
      for (const auto& row : permutations(size)) {
        std::copy_n(row.begin() + 1, size, orders_[k].begin());
        choose(t, k + 1);
      }
      return;
    }
    for (int x = 1; x <= size; ++x) {
      args_[k] = static_cast<std::uint8_t>(x);
      choose(t, k + 1);
    }
  }

  void run(const Transition& t) {
    const CallOutcome outcome = runner_.run(t, args_, orders_);
    const bool changed = std::memcmp(&runner_.after(), &state_, sizeof state_) != 0;
    if (outcome.kind == CallOutcome::Kind::done && !runner_.fired().empty())
      results_.insert(result(t.label, false, runner_.after()));
    if (outcome.kind == CallOutcome::Kind::error && changed) results_.insert(result(t.label, true, runner_.after()));
  }

  const spec::NativeFacts& facts_;
  const spec::NativeState& state_;
  CallRunner runner_;
  Arguments args_{};
  CallRunner::Orders orders_{};
  Results results_;
};

/// States on the way: the first of every hundred that a search of so many transitions meets.
std::vector<spec::NativeState> states(const spec::NativeFacts& facts, Grain grain) {
  std::vector<spec::NativeState> out;
  std::size_t met = 0;
  Options o;
  o.grain = grain;
  o.max_depth = 6;
  o.slice = false;  // the tree does not know the predicate
  o.properties = {0};
  o.reading.properties = {{"Seen", lang::PropertyKind::state, [](const spec::NativeFacts&) { return true; },
                           [&](const spec::NativeFacts&, const spec::NativeState&, const spec::NativeState& s) {
                             if (met++ % 100 == 0) out.push_back(s);
                             return true;
                           }}};
  search(proofs::model(), std::span(&facts, 1), o);
  return out;
}

/// In how many of the states do the walk and brute force disagree on what can happen? Adds up what happens.
int disagreements(const lang::Tree& tree, Grain grain, std::size_t& results) {
  const Reading reading = native_reading();
  int out = 0;
  for (const spec::NativeFacts& knobs : {testing::global_design(), testing::per_device_design(), test::linux_7_3()}) {
    const spec::NativeFacts facts = topologies(proofs::model(), knobs, testing::small_scope()).back();
    const Transitions transitions(tree, reading, facts, grain);
    Transitions::Walk walk(transitions);  // one for all states, as in a search: nothing of a state may stay behind
    for (const spec::NativeState& s : states(facts, grain)) {
      Results walked;
      walk.each(facts, s, Twins{},
                [&](const Successor& to) { walked.insert(result(to.by.label, to.refused != nullptr, to.after())); });
      const Results all = BruteForce(reading, facts, s).all(transitions);
      results += all.size();
      out += walked != all ? 1 : 0;
    }
  }
  return out;
}

TEST_CASE("arguments: those that are left out lead nowhere else") {
  for (const Grain grain : {Grain::call, Grain::step}) {
    std::size_t results = 0;
    CHECK(disagreements(proofs::model(), grain, results) == 0);
    CHECK(results > 1000);
  }
}

/// The tampered twins: a tree that does not say what guards read, and one that takes a comparison for another.
TEST_CASE("arguments: where the tree does not say what decides, brute force finds what is missed") {
  std::size_t results = 0;
  lang::Tree silent = proofs::model();
  for (lang::RuleTree& rule : silent.rules) {
    for (lang::Guard& g : rule.guards) g.condition = silent.truth(true);
    rule.writes.clear();
  }
  CHECK(disagreements(silent, Grain::call, results) > 0);

  lang::Tree confused = proofs::model();
  const lang::SortInfo* const memory = &lang::sort_info<spec::Memory>;
  lang::Substitution other;
  for (lang::RuleTree& rule : confused.rules)
    for (const lang::Param& p : rule.params)
      if (p.sort == memory)
        for (int v = 1; v <= memory->capacity; ++v)
          other[confused.eq(p.variable, confused.constant(memory, v))] =
              confused.eq(p.variable, confused.constant(memory, 1));
  for (lang::RuleTree& rule : confused.rules)
    for (lang::Guard& g : rule.guards) g.condition = lang::substitute(confused, g.condition, other);
  CHECK(disagreements(confused, Grain::call, results) > 0);
}

}  // namespace
}  // namespace pasid::explore
