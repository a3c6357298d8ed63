#include "src/conform/vectors/generate.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>
#include <thread>

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

void pick_smoke(std::deque<WorldTests>& worlds, std::size_t most) {
  using Met = std::pair<Kind, Kind>;
  const auto less = [](const Kind& a, const Kind& b) {
    return std::tie(a.call, a.says, a.err, a.guard, a.number) < std::tie(b.call, b.says, b.err, b.guard, b.number);
  };
  const auto pair_less = [&](const Met& a, const Met& b) {
    return less(a.first, b.first) || (!less(b.first, a.first) && less(a.second, b.second));
  };
  std::set<Kind, decltype(less)> kinds(less);
  std::set<Met, decltype(pair_less)> pairs(pair_less);
  std::vector<Test*> left;
  for (WorldTests& w : worlds)
    for (Test& t : w.tests) left.push_back(&t);
  // What a test adds only shrinks as others are picked: one that was worth less the last time need not be looked at.
  std::vector<std::size_t> worth(left.size(), static_cast<std::size_t>(-1));
  for (std::size_t picked = 0; picked < most && !left.empty(); ++picked) {
    std::size_t best = 0;
    std::size_t best_worth = 0;
    for (std::size_t i = 0; i < left.size(); ++i) {
      if (worth[i] <= best_worth) continue;
      std::set<Kind, decltype(less)> new_kinds(less);
      std::set<Met, decltype(pair_less)> new_pairs(pair_less);
      for (std::size_t k = 0; k < left[i]->calls.size(); ++k) {
        const Kind& kind = left[i]->calls[k].kind;
        if (!kinds.contains(kind)) new_kinds.insert(kind);
        if (k > 0 && !pairs.contains({left[i]->calls[k - 1].kind, kind}))
          new_pairs.insert({left[i]->calls[k - 1].kind, kind});
      }
      worth[i] = 1000 * new_kinds.size() + new_pairs.size();
      if (worth[i] > best_worth) best = i, best_worth = worth[i];
    }
    if (best_worth == 0) break;
    Test& taken = *left[best];
    taken.flags.emplace_back("smoke");
    for (std::size_t k = 0; k < taken.calls.size(); ++k) {
      kinds.insert(taken.calls[k].kind);
      if (k > 0) pairs.insert({taken.calls[k - 1].kind, taken.calls[k].kind});
    }
    left.erase(left.begin() + static_cast<std::ptrdiff_t>(best));
    worth.erase(worth.begin() + static_cast<std::ptrdiff_t>(best));
  }
}

Generated generate(const Catalogue& catalogue, const spec::NativeFacts& knobs, const GenerateOptions& options) {
  Generated out;
  for (Plan& plan : plans()) {
    const auto world = world_of(catalogue.tree(), knobs, plan);
    if (world) out.worlds.push_back({std::move(plan), *world, {}, {}, {}});
    else out.left_out.push_back(plan.name);
  }
  std::atomic<std::size_t> done = 0;
  spread(out.worlds.size(), options.threads, [&](std::size_t i) {
    fill(catalogue, options, out.worlds[i]);
    options.progress(std::to_string(++done) + " of " + std::to_string(out.worlds.size()) + " worlds surveyed");
  });
  if (options.suites.smoke) pick_smoke(out.worlds, most_smoke);
  if (!options.suites.covering)
    for (WorldTests& w : out.worlds)
      std::erase_if(w.tests, [](const Test& t) { return std::ranges::find(t.flags, "smoke") == t.flags.end(); });
  if (options.suites.history) {
    options.progress("looking for what tells bugs");
    std::vector<const World*> worlds;
    for (const WorldTests& w : out.worlds) worlds.push_back(&w.world);
    out.told.resize(bugs().size());
    spread(bugs().size(), options.threads, [&](std::size_t i) { out.told[i] = told(catalogue, worlds, bugs()[i]); });
    for (const Told& t : out.told)
      if (t.test) out.worlds[t.world].history.push_back(*t.test);
  }
  std::vector<std::vector<const Test*>> by_world;
  for (const WorldTests& w : out.worlds) {
    auto& all = by_world.emplace_back();
    for (const Test& t : w.tests) all.push_back(&t);
    for (const Test& t : w.history) all.push_back(&t);
    for (const Chain& c : w.chains) all.push_back(&c.test);
  }
  options.progress("asking the solver for what no test has");
  out.table = table_of(catalogue, knobs, by_world, options.prove);
  return out;
}

}  // namespace pasid::conform::vectors
