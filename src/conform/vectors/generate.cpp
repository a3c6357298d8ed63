#include "src/conform/vectors/generate.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include "src/conform/vectors/beside.hpp"
#include "src/conform/vectors/smoke.hpp"

namespace pasid::conform::vectors {
namespace {

/// Calls `work(i)` for each i below n, on several threads; the first exception comes back.
template <class Work>
void spread(std::size_t n, unsigned threads, Work work) {
  std::atomic<std::size_t> next = 0;
  std::exception_ptr failed;
  std::mutex mutex;
  const auto run = [&] {
    for (std::size_t i = next++; i < n; i = next++) {
      try {
        work(i);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!failed) failed = std::current_exception();
        next = n;
      }
    }
  };
  std::vector<std::jthread> others;
  for (unsigned t = 1; t < std::min<std::size_t>(threads, n); ++t) others.emplace_back(run);
  run();
  others.clear();
  if (failed) std::rethrow_exception(failed);
}

void fill(const Catalogue& catalogue, const GenerateOptions& options, WorldTests& w) {
  Asking asking(catalogue, w.world.facts);
  if (options.suites.covering || options.suites.smoke) {
    Kinds kinds;
    const Survey survey(catalogue.tree(), asking, kinds, {}, options.seed);
    w.tests = covering(survey, asking, kinds);
    std::ranges::move(beside(w.tests, asking), std::back_inserter(w.tests));
    w.tells = survey.tells();
    w.beliefs = static_cast<std::size_t>(std::ranges::count(survey.nodes(), true, &Survey::Node::looked_at));
    w.exhausted = w.beliefs == survey.nodes().size();
  }
  if (options.suites.chained)
    w.chains.push_back(chained(catalogue.tree(), w.world, asking, options.chain_length, options.seed));
}

}  // namespace

std::size_t Generated::tests() const {
  std::size_t out = 0;
  for (const WorldTests& w : worlds) out += w.tests.size() + w.history.size() + w.chains.size();
  return out;
}

namespace {

/// A call that changes nothing in any world and is never refused is met once after, and once before, each other answer;
/// not in every world again.
void once_for_all(const Catalogue& catalogue, std::deque<WorldTests>& worlds) {
  std::vector<bool> tells(catalogue.calls().size());
  for (const WorldTests& w : worlds)
    for (std::size_t c = 0; c < w.tells.size(); ++c) tells[c] = tells[c] || w.tells[c];
  std::set<std::pair<std::string, std::string>> met;
  for (WorldTests& w : worlds)
    std::erase_if(w.tests, [&](const Test& t) {
      const Kind& last = t.calls.back().kind;
      const Kind before = t.calls.size() > 1 ? t.calls[t.calls.size() - 2].kind : Kind{};
      if (tells[static_cast<std::size_t>(last.call)] &&
          (before.call < 0 || tells[static_cast<std::size_t>(before.call)]))
        return false;
      return !met.emplace(before.call < 0 ? "" : said(catalogue, before), said(catalogue, last)).second;
    });
}

}  // namespace

Generated generate(const Catalogue& catalogue, const spec::NativeFacts& knobs, const GenerateOptions& options) {
  Generated out;
  for (Plan& plan : plans()) {
    const auto world = world_of(catalogue.tree(), knobs, plan);
    if (world)
      out.worlds.push_back({.plan = std::move(plan), .world = *world, .tests = {}, .history = {}, .chains = {}});
    else out.left_out.push_back(plan.name);
  }
  std::atomic<std::size_t> done = 0;
  spread(out.worlds.size(), options.threads, [&](std::size_t i) {
    fill(catalogue, options, out.worlds[i]);
    options.progress(std::to_string(++done) + " of " + std::to_string(out.worlds.size()) + " worlds surveyed");
  });
  once_for_all(catalogue, out.worlds);
  if (options.suites.smoke) pick_smoke(catalogue, out.worlds, most_smoke);
  std::deque<std::vector<Test>> left_out;  // of what was found, by world
  if (!options.suites.covering)
    for (WorldTests& w : out.worlds) {
      const auto smoke = [](const Test& t) { return std::ranges::find(t.flags, "smoke") != t.flags.end(); };
      const auto rest = std::ranges::stable_partition(w.tests, smoke);
      left_out.emplace_back(std::move_iterator(rest.begin()), std::move_iterator(rest.end()));
      w.tests.erase(rest.begin(), rest.end());
    }
  if (options.suites.history) {
    options.progress("looking for what tells bugs");
    std::vector<const World*> worlds;
    for (const WorldTests& w : out.worlds) worlds.push_back(&w.world);
    const auto ids = io::shipped_bugs();
    out.told.resize(ids.size());
    spread(ids.size(), options.threads,
           [&](std::size_t i) { out.told[i] = told(catalogue, worlds, io::load_bug(catalogue.tree(), ids[i])); });
    for (const Told& t : out.told)
      if (t.test) out.worlds[t.world].history.push_back(*t.test);
  }
  TestLists by_world;
  for (const WorldTests& w : out.worlds) {
    auto& all = by_world.emplace_back();
    for (const Test& t : w.tests) all.push_back(&t);
    for (const Test& t : w.history) all.push_back(&t);
    for (const Chain& c : w.chains) all.push_back(&c.test);
  }
  options.progress("asking the solver for what no test has");
  TestLists others;
  for (const auto& tests : left_out) {
    auto& all = others.emplace_back();
    for (const Test& t : tests) all.push_back(&t);
  }
  const bool sought = options.suites.covering || options.suites.smoke;
  out.table = table_of(catalogue, knobs, by_world, sought ? &others : nullptr, options.prove);
  return out;
}

}  // namespace pasid::conform::vectors
