#include "src/explore/search.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <stdexcept>

#include "src/explore/parallel.hpp"
#include "src/explore/slice.hpp"
#include "src/explore/state_set.hpp"
#include "src/explore/strongest.hpp"

namespace pasid::explore {
namespace {

/// States are expanded in batches of this many, whatever the number of threads: it bounds the memory for successors
/// that are not merged yet, and a search that stops between two batches stops at the same state every time.
constexpr std::size_t batch = 1 << 15;
/// What a thread takes at a time.
constexpr std::size_t piece = 128;

class Search {
 public:
  /// `options` and `topologies` must outlive the search.
  Search(const lang::Tree& tree, std::span<const spec::NativeFacts> topologies, const Options& options,
         const Transitions& transitions, const Slice& slice, const std::vector<bool>& last)
      : options_(options), tree_(tree), transitions_(transitions), last_(transitions),
        worlds_(tree, topologies, options.symmetry, slice.cells()), seen_(worlds_.key_bytes()),
        violating_(options.properties.size(), no_state), initial_(options.properties.size()),
        counts_(std::max(1U, options.threads)) {
    transitions_.keep(slice.transitions);
    last_.keep(last);
  }

  Result run() {
    Result result;
    result.topologies = worlds_.size();
    result.end = levels(result.depth);
    for (std::size_t i = 0; i < violating_.size(); ++i)
      result.paths.push_back(violating_[i] == no_state ? std::nullopt : std::optional(path_of(i)));
    for (std::size_t i = 0; i < violating_.size(); ++i)
      if (result.paths[i]) verify(*result.paths[i], property(i));
    result.states = seen_.size();
    for (const Transitions::Counts& c : counts_) result.counts.add(c);
    return result;
  }

 private:
  /// New states that a piece of the frontier leads to, in order; some may turn out not to be new when merged.
  struct Found {
    std::vector<std::uint8_t> keys;
    std::vector<std::uint64_t> hashes;
    std::vector<StateId> parents;
  };

  [[nodiscard]] const RunnableProperty& property(std::size_t i) const {
    return options_.reading.properties[static_cast<std::size_t>(options_.properties[i])];
  }
  [[nodiscard]] bool all_found() const {
    return !violating_.empty() && std::ranges::find(violating_, no_state) == violating_.end();
  }

  /// Level after level; gives the depth of the last with a new state.
  End levels(int& depth) {
    std::vector<std::uint8_t> key(worlds_.key_bytes());
    for (std::size_t i = 0; i < worlds_.size(); ++i) {
      worlds_.key(worlds_[i], {}, key.data());
      seen_.insert(key, hash_of(key), no_state);
    }
    judge_initial();
    for (std::size_t first = 0, end = seen_.size(); first < end; first = end, end = seen_.size(), ++depth) {
      if (all_found()) return End::all_found;
      if (depth == options_.max_depth) return End::max_depth;
      const auto leave = [&](End why) {
        if (seen_.size() > end) ++depth;
        return why;
      };
      // What violates a property in one transition more is looked for before any state of the next level is kept: most
      // states of a search are in its last level, and few transitions can be the last.
      for (std::size_t at = first; at < end && !violating_.empty(); at += batch) {
        if (options_.progress && !options_.progress(depth, seen_.size())) return End::stopped;
        judge(at, std::min(end, at + batch));
        if (all_found()) return ++depth, End::all_found;
      }
      if (depth + 1 == options_.max_depth && !violating_.empty()) return ++depth, End::max_depth;
      for (std::size_t at = first; at < end; at += batch) {
        if (options_.progress && !options_.progress(depth, seen_.size())) return leave(End::stopped);
        if (!expand(at, std::min(end, at + batch))) return leave(End::max_states);
      }
      if (seen_.size() == end) return End::exhausted;
    }
    return End::exhausted;
  }

  /// Adds the successors of states [first, end) in the order of their parents, then of the transitions. False if there
  /// was no room for all.
  bool expand(std::size_t first, std::size_t end) {
    const std::size_t pieces = (end - first + piece - 1) / piece;
    found_.resize(std::max(found_.size(), pieces));
    in_parallel(pieces, options_.threads, [&](std::size_t i, unsigned thread) {
      Found& out = found_[i];
      out.keys.clear();
      out.hashes.clear();
      out.parents.clear();
      std::vector<std::uint8_t> key(worlds_.key_bytes());
      for (std::size_t s = first + i * piece; s < std::min(end, first + (i + 1) * piece); ++s) {
        const auto parent = static_cast<StateId>(s);
        const OpenedState from = worlds_.open(seen_.key(parent));
        transitions_.each_successor(*from.world->facts, from.state, from.twins, counts_[thread],
                                    [&](const Successor& to) {
                                      worlds_.key(*from.world, to.after(), key.data());
                                      const std::uint64_t hash = hash_of(key);
                                      if (seen_.find(key, hash) != no_state) return;
                                      out.keys.insert(out.keys.end(), key.begin(), key.end());
                                      out.hashes.push_back(hash);
                                      out.parents.push_back(parent);
                                    });
      }
    });
    const std::size_t bytes = worlds_.key_bytes();
    for (std::size_t i = 0; i < pieces; ++i) {
      const Found& f = found_[i];
      for (std::size_t k = 0; k < f.hashes.size(); ++k) {
        const std::span key(f.keys.data() + k * bytes, bytes);
        if (seen_.size() < options_.max_states) seen_.insert(key, f.hashes[k], f.parents[k]);
        else if (seen_.find(key, f.hashes[k]) == no_state) return false;
      }
    }
    return true;
  }

  [[nodiscard]] std::vector<std::size_t> still_open() const {
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < violating_.size(); ++i)
      if (violating_[i] == no_state) open.push_back(i);
    return open;
  }

  void judge_initial() {
    for (std::size_t i = 0; i < violating_.size(); ++i)
      for (std::size_t s = 0; s < seen_.size() && property(i).judges == lang::PropertyKind::state; ++s) {
        if (violating_[i] != no_state || !violates(property(i), *worlds_[s].facts, {}, {})) continue;
        violating_[i] = static_cast<StateId>(s);
        initial_[i] = true;
      }
  }

  /// Looks for transitions from states [first, end) that violate a property without a violation so far.
  void judge(std::size_t first, std::size_t end) {
    const std::vector<std::size_t> open = still_open();
    const std::size_t pieces = (end - first + piece - 1) / piece;
    std::vector<StateId> worst(pieces * open.size(), no_state);
    in_parallel(pieces, options_.threads, [&](std::size_t i, unsigned thread) {
      for (std::size_t s = first + i * piece; s < std::min(end, first + (i + 1) * piece); ++s) {
        const OpenedState from = worlds_.open(seen_.key(static_cast<StateId>(s)));
        last_.each_successor(*from.world->facts, from.state, from.twins, counts_[thread], [&](const Successor& to) {
          for (std::size_t k = 0; k < open.size(); ++k) {
            StateId& least = worst[i * open.size() + k];
            if (least == no_state && offence(property(open[k]), *from.world->facts, from.state, to) > 0)
              least = static_cast<StateId>(s);
          }
        });
      }
    });
    for (std::size_t i = 0; i < pieces; ++i)
      for (std::size_t k = 0; k < open.size(); ++k)
        violating_[open[k]] = std::min(violating_[open[k]], worst[i * open.size() + k]);
  }

  static bool violates(const RunnableProperty& p, const spec::NativeFacts& f, const spec::NativeState& before,
                       const spec::NativeState& after) {
    return p.applies(f) && !p.holds(f, before, after);
  }

  /// The rule fired within a transition, counted from 1, that violates a property of steps; its last, where the state
  /// after it violates a property of states or the call as a whole one of calls; 0 where there is none.
  static std::size_t offence(const RunnableProperty& p, const spec::NativeFacts& f, const spec::NativeState& before,
                             const Successor& to) {
    if (p.judges == lang::PropertyKind::state) return violates(p, f, to.after(), to.after()) ? to.states.size() : 0;
    if (p.judges == lang::PropertyKind::call)
      return to.refused != nullptr && violates(p, f, before, to.after()) ? to.states.size() : 0;
    for (std::size_t i = 0; i < to.states.size(); ++i)
      if (violates(p, f, i == 0 ? before : to.states[i - 1], to.states[i])) return i + 1;
    return 0;
  }

  static PathStep step_of(const Successor& to) {
    PathStep out{std::string(to.by.label), to.by.call, {to.fired.begin(), to.fired.end()}, to.after(), {}};
    if (to.refused != nullptr) out.refused = *to.refused;
    return out;
  }

  /// Adds the transition that violates the property. A property of steps is about the firing of one rule: a call is
  /// told rule by rule, up to the one that does.
  void add_offence(Path& path, const RunnableProperty& p) {
    const spec::NativeState state = path.last();
    bool found = false;
    Transitions::Counts ignored;
    last_.each_successor(path.facts, state, Twins{}, ignored, [&](const Successor& to) {
      if (found) return;
      const std::size_t count = offence(p, path.facts, state, to);
      found = count > 0;
      if (!found) return;
      if (p.judges != lang::PropertyKind::step || to.states.size() == 1) return path.steps.push_back(step_of(to));
      for (std::size_t i = 0; i < count; ++i) {
        const auto& rule = tree_.rules[static_cast<std::size_t>(to.fired[i].rule)];
        path.steps.push_back({std::string(rule.label), false, {to.fired[i]}, to.states[i], {}});
      }
    });
    if (!found)
      throw std::logic_error("search: no transition from the state found violates '" + std::string(p.name) + "'");
  }

  Path path_of(std::size_t i) {
    Path path = path_to(violating_[i]);
    if (!initial_[i]) add_offence(path, property(i));
    return named_by_first_use(tree_, path);
  }

  /// A concrete path: from each state the first transition into the next one's class.
  Path path_to(StateId target) {
    std::vector<StateId> chain;
    for (StateId s = target; s != no_state; s = seen_.parent(s)) chain.push_back(s);
    std::ranges::reverse(chain);
    const World& world = *worlds_.open(seen_.key(chain.front())).world;
    Path path{*world.facts, {}};
    std::vector<std::uint8_t> key(worlds_.key_bytes());
    Transitions::Counts ignored;
    for (std::size_t i = 1; i < chain.size(); ++i) {
      const spec::NativeState state = path.last();
      bool found = false;
      transitions_.each_successor(*world.facts, state, Twins{}, ignored, [&](const Successor& to) {
        if (found) return;
        worlds_.key(world, to.after(), key.data());
        found = std::ranges::equal(key, seen_.key(chain[i]));
        if (found) path.steps.push_back(step_of(to));
      });
      if (!found)
        throw std::logic_error("search: step " + std::to_string(i) +
                               " of a path does not happen from the state before it");
    }
    return path;
  }

  void verify(const Path& path, const RunnableProperty& p) const {
    replay(options_.reading, path);
    if (!violates(p, path.facts, path.before_last(), path.last()))
      throw std::logic_error("replay: after step " + std::to_string(path.steps.size()) + " property '" +
                             std::string(p.name) + "' holds");
  }

  const Options& options_;
  const lang::Tree& tree_;
  Transitions transitions_;
  Transitions last_;  ///< those that can violate a property
  Worlds worlds_;
  StateSet seen_;
  /// By Options::properties: the first state where a transition starts that violates it, or that does so itself.
  std::vector<StateId> violating_;
  std::vector<bool> initial_;                ///< by Options::properties: it is violated before the first transition
  std::vector<Transitions::Counts> counts_;  ///< by thread
  std::vector<Found> found_;
};

/// Searches in the slice for violations of length 1, then as far as the slice is right, then in the next larger slice:
/// a shortest violation is met in the slice for its length, which is small while violations are short.
Result search_in_slices(const lang::Tree& tree, std::span<const spec::NativeFacts> topologies, const Options& options,
                        const Transitions& transitions) {
  Result result;
  result.paths.resize(options.properties.size());
  const Slicer slicer(tree, topologies, transitions);
  Options open = options;
  std::vector<std::size_t> number(options.properties.size());  // of the open ones, in the result
  std::iota(number.begin(), number.end(), std::size_t{0});
  for (int length = slicer.least(open.properties);; ++length) {
    if (length > Slicer::any_length) return result;
    const Slice slice = slicer.slice(open.properties, length);
    while (length < Slicer::any_length && slicer.slice(open.properties, length + 1) == slice) ++length;
    const bool last = length >= Slicer::any_length;
    const bool limited = !last && (options.max_depth < 0 || length < options.max_depth);
    open.max_depth = limited ? length : options.max_depth;
    const auto strong = strongest(tree, topologies, slice.ways);
    Result round = Search(tree, strong, open, transitions, slice, slicer.last(open.properties)).run();
    round.topologies = topologies.size();
    round.paths.swap(result.paths);
    round.counts.add(result.counts);
    std::vector<std::optional<Path>>& found = result.paths;
    for (std::size_t i = 0; i < found.size(); ++i)
      if (found[i]) round.paths[number[i]] = std::move(found[i]);
    result = std::move(round);
    std::erase_if(number, [&](std::size_t i) { return result.paths[i].has_value(); });
    const bool over = result.end == End::max_states || result.end == End::stopped;
    if (number.empty() || !limited || over) return result;
    open.properties.clear();
    for (const std::size_t i : number) open.properties.push_back(options.properties[i]);
  }
}

}  // namespace

Result search(const lang::Tree& tree, std::span<const spec::NativeFacts> topologies, const Options& options) {
  if (options.reading.rules.size() != tree.rules.size())
    throw std::invalid_argument("search: the reading has " + std::to_string(options.reading.rules.size()) +
                                " rules and the tree " + std::to_string(tree.rules.size()));
  for (const int p : options.properties)
    if (p < 0 || static_cast<std::size_t>(p) >= options.reading.properties.size())
      throw std::invalid_argument("search: no property number " + std::to_string(p));
  if (topologies.empty())
    return Result{std::vector<std::optional<Path>>(options.properties.size()), End::exhausted, 0, 0, 0, {}, 0};
  const auto start = std::chrono::steady_clock::now();
  const Transitions transitions(tree, options.reading, topologies.front(), options.grain);
  const Slice all = whole(tree, transitions);
  Result result = options.slice && !options.properties.empty()
                      ? search_in_slices(tree, topologies, options, transitions)
                      : Search(tree, topologies, options, transitions, all, all.transitions).run();
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

}  // namespace pasid::explore
