#include "src/review/behaviours.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <limits>
#include <set>

#include "src/base/parallel.hpp"
#include "src/conform/vectors/plans.hpp"
#include "src/review/lockstep.hpp"
#include "src/review/retelling.hpp"

namespace pasid::review {
namespace {

using conform::CallKind;
using conform::Catalogue;

/// The facts are the same but for the knobs.
bool same_topology(const lang::Tree& tree, const spec::NativeFacts& a, const spec::NativeFacts& b) {
  const auto* const x = reinterpret_cast<const std::uint8_t*>(&a);
  const auto* const y = reinterpret_cast<const std::uint8_t*>(&b);
  bool same = true;
  for (const lang::CellInfo& cell : tree.cells)
    if (cell.rigid && !lang::is_knob(cell))
      lang::each_index(a, cell, [&](std::span<const std::uint8_t> index) {
        same = same && x[lang::place(cell, index)] == y[lang::place(cell, index)];
      });
  return same;
}

std::deque<Shared> worlds_of_both(const Side& a, const Side& b, Behaviours& out) {
  std::deque<Shared> all;
  for (const conform::vectors::Plan& plan : conform::vectors::plans()) {
    const auto of_a = conform::vectors::world_of(*a.tree, a.knobs, plan);
    const auto of_b = conform::vectors::world_of(*b.tree, b.knobs, plan);
    if (of_a && of_b) {
      all.push_back({plan.name, *of_a, *of_b, same_topology(*a.tree, of_a->facts, of_b->facts)});
      out.worlds.push_back(plan.name);
    } else {
      out.left_out.push_back(plan.name + ": not a world of " + (of_a ? b.name : of_b ? a.name : "either design"));
    }
  }
  return all;
}

std::vector<std::string> only_in(const Catalogue& here, const Catalogue& there) {
  std::vector<std::string> out;
  for (const CallKind& c : here.calls())
    if (there.named(c.name) < 0) out.emplace_back(c.name);
  return out;
}

/// What makes two of them one kind: the call, and the answer that is new or gone, without numbers.
std::string kind_of(const Behaviour& b, const Said& said) {
  return b.name + ": " + said.answer.substr(0, said.answer.find(' ')) + '/' + said.guard;
}

/// Plain ones first, then the shortest; of each kind one.
std::vector<Behaviour> best(std::vector<Behaviour> all, bool allowed) {
  std::erase_if(all, [&](const Behaviour& b) { return (allowed ? b.only_b : b.only_a).empty(); });
  std::ranges::stable_sort(all, {}, [](const Behaviour& b) { return std::pair(b.environment, b.calls()); });
  std::vector<Behaviour> out;
  std::set<std::string> seen;
  for (const Behaviour& b : all) {
    bool is_new = false;
    for (const Said& s : allowed ? b.only_b : b.only_a) is_new = seen.insert(kind_of(b, s)).second || is_new;
    if (is_new) out.push_back(b);
  }
  return out;
}

/// What came of one world.
struct Found {
  std::vector<Behaviour> behaviours;
  std::vector<std::string> disagreed;
  std::size_t questions = 0;
  std::size_t depth = 0;
  bool exhausted = false;
};

/// Goes through worlds on several threads.
class Search {
 public:
  Search(const Side& a, const Side& b, const BehaviourOptions& options, Behaviours& out)
      : a_(a), b_(b), options_(options), catalogue_a_(*a.tree, a.reading, a.knobs),
        catalogue_b_(*b.tree, b.reading, b.knobs), worlds_(worlds_of_both(a, b, out)) {
    out.calls_only_a = only_in(catalogue_a_, catalogue_b_);
    out.calls_only_b = only_in(catalogue_b_, catalogue_a_);
  }

  std::vector<Found> run(std::size_t nodes, const std::vector<std::string>& among) const {
    std::vector<Found> out(worlds_.size());
    std::atomic<std::size_t> done = 0;
    std::atomic<std::size_t> shortest = std::numeric_limits<std::size_t>::max();
    in_parallel(worlds_.size(), options_.threads, [&](std::size_t w, unsigned) {
      conform::vectors::Asking asking_a(catalogue_a_, worlds_[w].a.facts);
      conform::vectors::Asking asking_b(catalogue_b_, worlds_[w].b.facts);
      Lockstep lockstep(asking_a, asking_b, worlds_[w].same_numbers);
      if (!among.empty()) lockstep.narrow(among, shortest);
      lockstep.search(nodes);
      out[w] = told(worlds_[w], lockstep);
      options_.progress("asking both: " + std::to_string(++done) + " of " + std::to_string(worlds_.size()) + " worlds");
    });
    return out;
  }

 private:
  Found told(const Shared& world, const Lockstep& lockstep) const {
    Found out{{}, {}, lockstep.questions(), lockstep.depth(), lockstep.exhausted()};
    for (const Difference& d : lockstep.differences())
      out.behaviours.push_back(retold(d, world, a_, catalogue_a_, b_, catalogue_b_, out.disagreed));
    return out;
  }

  const Side& a_;
  const Side& b_;
  const BehaviourOptions& options_;
  Catalogue catalogue_a_;
  Catalogue catalogue_b_;
  std::deque<Shared> worlds_;
};

}  // namespace

Behaviours differing_behaviours(const Side& a, const Side& b, const BehaviourOptions& options) {
  Behaviours out;
  const Search search(a, b, options, out);
  std::vector<Found> found = search.run(options.nodes, {});
  out.exhausted = !found.empty();
  for (const Found& f : found) {
    out.depth = std::max(out.depth, f.depth);
    out.exhausted = out.exhausted && f.exhausted;
  }
  for (const Found& f : found)
    if (!f.exhausted) out.depth = std::min(out.depth, f.depth);
  const auto nothing = [](const Found& f) { return f.behaviours.empty(); };
  if (std::ranges::all_of(found, nothing) && !options.among.empty() && !out.exhausted)
    std::ranges::move(search.run(10 * options.nodes, options.among), std::back_inserter(found));
  std::vector<Behaviour> all;
  // Of long sequences that were looked for, only the shortest do not depend on who was first.
  std::size_t most = std::numeric_limits<std::size_t>::max();
  if (found.size() > out.worlds.size())
    for (const Found& f : found)
      for (const Behaviour& b : f.behaviours) most = std::min(most, b.calls());
  for (Found& f : found) {
    std::erase_if(f.behaviours, [&](const Behaviour& b) { return b.calls() > most; });
    if (static_cast<std::size_t>(&f - found.data()) < out.worlds.size()) out.questions += f.questions;
    std::ranges::move(f.behaviours, std::back_inserter(all));
    std::ranges::move(f.disagreed, std::back_inserter(out.disagreed));
  }
  out.newly_allowed = best(all, true);
  out.newly_forbidden = best(std::move(all), false);
  return out;
}

}  // namespace pasid::review
