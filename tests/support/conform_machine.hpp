// A state machine for RapidCheck whose commands are the calls of the catalogue: the model draws them, a backend answers
// them, the checker judges.
#pragma once

#include <algorithm>
#include <map>
#include <rapidcheck.h>
#include <sstream>

#include <rapidcheck/state.h>

#include "src/conform/driver.hpp"
#include "src/conform/replay.hpp"
#include "src/conform/words.hpp"
#include "src/trace/text.hpp"
#include "tests/support/conform_worlds.hpp"

namespace pasid::test {

/// What the model foretells in a world, and its calls; kept for as long as the worlds, for RapidCheck shrinks
/// commands after the run they are of.
struct Scene {
  const conform::Catalogue& calls;
  conform::Foresight foresight;
  const conform::World& world;
  std::vector<int> offered{};  ///< kinds of calls that the backend under test offers
  explicit Scene(const conform::World& w) : calls(catalogue_of(w)), foresight(calls, w), world(w) {}
};

inline Scene& scene_of(const conform::World& world) {
  static std::map<const conform::World*, std::unique_ptr<Scene>> all;
  auto& scene = all[&world];
  if (!scene) scene = std::make_unique<Scene>(world);
  return *scene;
}

/// One run: a world, the implementation in it, and what is known of it.
struct Machine {
  const conform::World& world;
  conform::Backend& backend;
  conform::Checker checker;
  std::vector<int> cells;

  Machine(const conform::World& w, conform::Backend& b)
      : world(w), backend(b), checker(catalogue_of(w), w, {.record = true}) {
    for (const auto& cell : b.capabilities().observes) cells.push_back(conform_model().tree.cell_named(cell));
  }

  /// The calls so far as a trace, and what is wrong with the last.
  [[nodiscard]] std::string story(const std::string& wrong) const {
    trace::Trace t;
    t.design = "linux-7.3";
    t.grain = "call";
    t.facts = world.facts;
    t.steps = checker.steps();
    return trace::text(conform_model().tree, t) + "\n" + wrong;
  }

  /// Empty, or what is wrong with the answer, or with what is shown afterwards.
  std::string ask(const conform::Call& call) {
    const conform::Catalogue& calls = catalogue_of(world);
    const conform::CallKind& kind = calls[call.kind];
    conform::Answer answer;
    backend.apply(std::span(&call, 1), std::span(&answer, 1));
    if (checker.step(call, answer) != conform::Checker::Result::ok) {
      std::string wrong = words(calls, world, call) + ": answers " + words(world, kind, answer);
      for (const auto& a : conform::expected(checker, call))
        wrong += "\n  expected " + words(world, kind, a.answer) + (a.guard.empty() ? "" : " (" + a.guard + ")") + ", " +
                 a.cites;
      return wrong;
    }
    if (const auto view = backend.observe())
      if (checker.look(*view, cells) != conform::Checker::Result::ok)
        return words(calls, world, call) + ": what is shown afterwards is not the model's";
    return {};
  }
};

/// What the commands' preconditions see.
struct Foretold {
  const conform::World* world;
  spec::NativeState state{};
  std::array<std::uint16_t, 64> asked{};  ///< by kind of call, how often

  /// Where the model stands.
  [[nodiscard]] conform::Foresight& foresight() const {
    auto& out = scene_of(*world).foresight;
    out.reset(state);
    return out;
  }
};

/// A call put to a machine: M has a place to ask() and a story() for what was wrong.
template <class M>
struct Ask : rc::state::Command<Foretold, M> {
  conform::Call call;
  const Scene* scene;

  Ask(const conform::Call& c, const Scene& s) : call(c), scene(&s) {}
  void checkPreconditions(const Foretold& f) const override { RC_PRE(f.foresight().foretell(call).has_value()); }
  void apply(Foretold& f) const override {
    conform::Foresight& foresight = f.foresight();
    RC_PRE(foresight.take(call));
    f.state = foresight.state();
    ++f.asked.at(static_cast<std::size_t>(call.kind));
  }
  void run(const Foretold&, M& m) const override {
    const std::string wrong = m.ask(call);
    if (!wrong.empty()) RC_FAIL(m.story(wrong));
  }
  void show(std::ostream& out) const override { out << words(scene->calls, scene->world, call); }
};

template <class M>
using AskAny = std::shared_ptr<const rc::state::Command<Foretold, M>>;

/// How much there is in a state.
inline std::size_t fullness(const spec::NativeState& state) {
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(&state);
  return static_cast<std::size_t>(sizeof state - static_cast<std::size_t>(std::count(bytes, bytes + sizeof state, 0)));
}

/// A call of any kind that the backend offers and that makes sense.
template <class M>
rc::Gen<AskAny<M>> gen_call(const Foretold& f) {
  return rc::gen::exec([f]() -> AskAny<M> {
    conform::Foresight& foresight = f.foresight();
    const auto below = [](int n) { return *rc::gen::resize(100, rc::gen::inRange(0, n)); };
    std::optional<conform::Call> chosen;
    std::size_t fullest = 0;
    // Most of the time the call of two that leaves more behind: what takes things away comes by itself, and much can be
    // wrong only where there is much.
    for (int tries = 0, candidates = below(3) == 0 ? 1 : 2; tries < 60 && candidates > 0; ++tries) {
      // Of two kinds the one that was asked for less: what makes sense seldom comes when it does.
      const auto& offered = scene_of(*f.world).offered;
      int kind = *rc::gen::elementOf(offered);
      const int other = *rc::gen::elementOf(offered);
      if (f.asked.at(static_cast<std::size_t>(other)) < f.asked.at(static_cast<std::size_t>(kind))) kind = other;
      const auto call = foresight.draw(kind, below, 4);
      if (!call) continue;
      // Most of those that fail lead nowhere.
      const bool fails = foresight.foretell(*call)->kind != conform::Answer::Kind::ok;
      if (fails && below(3) != 0) continue;
      --candidates;
      foresight.take(*call);
      const std::size_t leaves = fullness(foresight.state());
      foresight.reset(f.state);
      if (!chosen || leaves > fullest) chosen = call;
      fullest = std::max(fullest, leaves);
    }
    if (chosen) return std::make_shared<Ask<M>>(*chosen, scene_of(*f.world));
    RC_DISCARD("nothing to ask for");
    return nullptr;
  });
}

/// The kinds of calls that a backend offers.
inline std::vector<int> offered_by(const conform::Backend& backend, const conform::Catalogue& calls) {
  std::vector<int> out;
  for (int k = 0; k < static_cast<int>(calls.calls().size()); ++k)
    if (backend.capabilities().offers(calls[k].name)) out.push_back(k);
  return out;
}

/// Any implementation, made once a run for the calls of a catalogue; in any world.
template <class M, class Make>
auto machine_runs(const std::vector<conform::World>& worlds, Make make) {
  return [&worlds, make] {
    const auto& world = worlds[*rc::gen::inRange<std::size_t>(0, worlds.size())];
    const auto backend = make(catalogue_of(world));
    RC_ASSERT(backend->reset(world) == conform::Ready{});
    scene_of(world).offered = offered_by(*backend, catalogue_of(world));
    M machine(world, *backend);
    const Foretold start{&world};
    // Long ones: a fault may need a process, an open file, its portal and work in flight.
    const auto calls = *rc::gen::scale(4.0, rc::state::gen::commands(start, gen_call<M>));
    rc::state::runAll(calls, start, machine);
  };
}

template <class M = Machine, class Make>
bool machine_law(const std::vector<conform::World>& worlds, Make make) {
  return rc::check(machine_runs<M>(worlds, make));
}

/// The same for what must fail, without a word; `said` is what is said of the first failure, which is not made shorter,
/// for that takes most of the time.
template <class M = Machine, class Make>
bool silent_law(const std::vector<conform::World>& worlds, Make make, std::string* said = nullptr) {
  rc::detail::TestParams params = rc::detail::configuration().testParams;
  params.disableShrinking = true;
  const auto result = rc::detail::checkTestable(machine_runs<M>(worlds, make), rc::detail::TestMetadata{}, params);
  if (said != nullptr) {
    std::ostringstream out;
    rc::detail::printResultMessage(result, out);
    *said = out.str();
  }
  return result.template is<rc::detail::SuccessResult>();
}

}  // namespace pasid::test
