#include "src/explore/breadth_first.hpp"

#include <algorithm>

#include "src/base/parallel.hpp"
#include "src/explore/offence.hpp"

namespace pasid::explore {
namespace {

/// States are expanded in batches of this many, whatever the number of threads: it bounds the memory for successors
/// that are not merged yet, and a search that stops between two batches stops at the same state every time.
constexpr std::size_t batch = 1 << 15;
/// What a thread takes at a time.
constexpr std::size_t piece = 128;

std::size_t pieces_of(std::size_t first, std::size_t end) { return (end - first + piece - 1) / piece; }

}  // namespace

BreadthFirst::BreadthFirst(const lang::Tree& tree, std::span<const spec::NativeFacts> topologies,
                           const Reading& reading, const Options& options, const Transitions& transitions,
                           const Slice& slice, const std::vector<bool>& last)
    : options_(options), tree_(tree), reading_(reading), transitions_(transitions), last_(transitions),
      worlds_(tree, topologies, options.symmetry, slice.cells()), seen_(worlds_.key_bytes()),
      violating_(options.properties.size(), no_state), initial_(options.properties.size()) {
  transitions_.keep(slice.transitions);
  last_.keep(last);
  for (unsigned t = 0; t < std::max(1U, options.threads); ++t) {
    walks_.emplace_back(transitions_);
    last_walks_.emplace_back(last_);
  }
}

Result BreadthFirst::run() {
  Result result;
  result.topologies = worlds_.size();
  result.end = levels(result.depth);
  for (std::size_t i = 0; i < violating_.size(); ++i)
    result.paths.push_back(violating_[i] == no_state ? std::nullopt : std::optional(path_of(i)));
  for (std::size_t i = 0; i < violating_.size(); ++i)
    if (result.paths[i]) verify(*result.paths[i], property(i));
  result.states = seen_.size();
  for (const auto* walks : {&walks_, &last_walks_})
    for (const Transitions::Walk& w : *walks) result.counts.add(w.counts());
  return result;
}

bool BreadthFirst::all_found() const {
  return !violating_.empty() && std::ranges::find(violating_, no_state) == violating_.end();
}

std::vector<std::size_t> BreadthFirst::still_open() const {
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < violating_.size(); ++i)
    if (violating_[i] == no_state) open.push_back(i);
  return open;
}

/// Level after level; gives the depth of the last with a new state.
End BreadthFirst::levels(int& depth) {
  std::vector<std::uint8_t> key(worlds_.key_bytes());
  for (std::size_t i = 0; i < worlds_.size(); ++i) {
    worlds_.key(worlds_[i], {}, key.data());
    seen_.insert(key, hash_of(key), no_state);
  }
  judge_initial();
  const bool judging = !violating_.empty();
  // Most states of a search are in its last level. Where few transitions can be the last, what violates a property in
  // one more is looked for before any state of the next level is kept; so it is where no level is to follow.
  const bool few_last = 2 * last_.list().size() < transitions_.list().size();
  for (std::size_t first = 0, end = seen_.size(); first < end; first = end, end = seen_.size(), ++depth) {
    if (all_found()) return End::all_found;
    if (depth == options_.max_depth) return End::max_depth;
    const auto leave = [&](End why) {
      if (seen_.size() > end) ++depth;
      return why;
    };
    const bool last_level = judging && depth + 1 == options_.max_depth;
    const bool ahead = judging && (few_last || last_level);
    for (std::size_t at = first; at < end && ahead; at += batch) {
      if (options_.progress && !options_.progress(depth, seen_.size())) return End::stopped;
      judge(at, std::min(end, at + batch));
      if (all_found()) return ++depth, End::all_found;
    }
    if (last_level) return ++depth, End::max_depth;
    for (std::size_t at = first; at < end; at += batch) {
      if (options_.progress && !options_.progress(depth, seen_.size())) return leave(End::stopped);
      const bool room = expand(at, std::min(end, at + batch), judging && !ahead);
      if (all_found()) return ++depth, End::all_found;
      if (!room) return leave(End::max_states);
    }
    if (seen_.size() == end) return End::exhausted;
  }
  return End::exhausted;
}

void BreadthFirst::judge_initial() {
  for (std::size_t i = 0; i < violating_.size(); ++i)
    for (std::size_t s = 0; s < seen_.size() && property(i).judges == lang::PropertyKind::state; ++s) {
      if (violating_[i] != no_state || !violates(property(i), *worlds_[s].facts, {}, {})) continue;
      violating_[i] = static_cast<StateId>(s);
      initial_[i] = true;
    }
}

/// Looks for transitions from states [first, end) that violate a property without a violation so far.
void BreadthFirst::judge(std::size_t first, std::size_t end) {
  const std::vector<std::size_t> open = still_open();
  std::vector<StateId> worst(pieces_of(first, end) * open.size(), no_state);
  in_parallel(pieces_of(first, end), options_.threads, [&](std::size_t i, unsigned thread) {
    for (std::size_t s = first + i * piece; s < std::min(end, first + (i + 1) * piece); ++s) {
      const OpenedState from = worlds_.open(seen_.key(static_cast<StateId>(s)));
      last_walks_[thread].each(*from.world->facts, from.state, from.twins, [&](const Successor& to) {
        for (std::size_t k = 0; k < open.size(); ++k)
          note_offence(open[k], from, to, static_cast<StateId>(s), worst[i * open.size() + k]);
      });
    }
  });
  take_worst(open, worst);
}

void BreadthFirst::note_offence(std::size_t i, const OpenedState& from, const Successor& to, StateId parent,
                                StateId& least) const {
  if (least == no_state && offence(property(i), *from.world->facts, from.state, to) > 0) least = parent;
}

/// `worst`: for each piece, by property in `open`, the first state where a transition starts that violates it.
void BreadthFirst::take_worst(const std::vector<std::size_t>& open, const std::vector<StateId>& worst) {
  for (std::size_t n = 0; n < worst.size(); ++n) {
    StateId& first = violating_[open[n % open.size()]];
    first = std::min(first, worst[n]);
  }
}

/// Adds the successors of states [first, end) in the order of their parents, then of the transitions, and judges them
/// if asked to. False if there was no room for all.
bool BreadthFirst::expand(std::size_t first, std::size_t end, bool judging) {
  const std::size_t pieces = pieces_of(first, end);
  const std::vector<std::size_t> open = judging ? still_open() : std::vector<std::size_t>{};
  std::vector<StateId> worst(pieces * open.size(), no_state);
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
      walks_[thread].each(*from.world->facts, from.state, from.twins, [&](const Successor& to) {
        worlds_.key(*from.world, to.after(), key.data());
        const std::uint64_t hash = hash_of(key);
        const bool seen = seen_.find(key, hash) != no_state;
        for (std::size_t k = 0; k < open.size(); ++k)
          if (!seen || property(open[k]).judges != lang::PropertyKind::state)
            note_offence(open[k], from, to, parent, worst[i * open.size() + k]);
        if (seen) return;
        out.keys.insert(out.keys.end(), key.begin(), key.end());
        out.hashes.push_back(hash);
        out.parents.push_back(parent);
      });
    }
  });
  take_worst(open, worst);
  return merge(pieces);
}

/// Adds what was found. False if there was no room for all.
bool BreadthFirst::merge(std::size_t pieces) {
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

}  // namespace pasid::explore
