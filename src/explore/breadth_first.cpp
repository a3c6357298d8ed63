#include "src/explore/breadth_first.hpp"

#include <algorithm>

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
      worlds_(tree, topologies, options.symmetry, slice.cells()), team_(std::max(1U, options.threads)),
      seen_(worlds_.key_bytes(), team_.size()), violating_(options.properties.size(), no_state),
      initial_(options.properties.size()) {
  worlds_.prepare(transitions.list());
  for (std::size_t w = 0; w < worlds_.size(); ++w)
    for (std::size_t i = 0; i < violating_.size(); ++i) applies_.push_back(property(i).applies(*worlds_[w].facts));
  transitions_.keep(slice.transitions);
  last_.keep(last);
  if (team_.size() > 1) exchange_.emplace(team_.size(), seen_.key_words());
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
  for (const Worker& w : workers_) {
    result.counts.add(w.walk.counts());
    result.counts.add(w.last_walk.counts());
  }
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
  std::vector<Word> key(seen_.key_words());
  for (std::size_t i = 0; i < worlds_.size(); ++i) {
    worlds_.key(worlds_[i], {}, reinterpret_cast<std::uint8_t*>(key.data()));
    seen_.insert(key, hash_of(key), no_state);
  }
  for (unsigned t = 0; t < team_.size(); ++t) workers_.emplace_back(transitions_, last_, Recent(key));
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
  team_.pieces(pieces_of(first, end), [&](std::size_t i, unsigned thread) {
    OpenedState from;
    std::vector<Word> key(seen_.key_words());
    for (std::size_t s = first + i * piece; s < std::min(end, first + (i + 1) * piece); ++s) {
      seen_.key(static_cast<StateId>(s), key.data());
      worlds_.open(key, from);
      workers_[thread].last_walk.each(*from.world->facts, from.state, from.twins, [&](const Successor& to) {
        for (std::size_t k = 0; k < open.size(); ++k)
          note_offence(open[k], from, to, static_cast<StateId>(s), worst[i * open.size() + k]);
      });
    }
  });
  take_worst(open, worst);
}

void BreadthFirst::note_offence(std::size_t i, const OpenedState& from, const Successor& to, StateId parent,
                                StateId& least) const {
  if (least == no_state && applies(i, *from.world) && offence(property(i), *from.world->facts, from.state, to) > 0)
    least = parent;
}

/// `worst`: for each piece, by property in `open`, the first state where a transition starts that violates it.
void BreadthFirst::take_worst(const std::vector<std::size_t>& open, const std::vector<StateId>& worst) {
  for (std::size_t n = 0; n < worst.size(); ++n) {
    StateId& first = violating_[open[n % open.size()]];
    first = std::min(first, worst[n]);
  }
}

/// Successors are looked for so many at a time, since each has to be waited for.
struct BreadthFirst::Expansion {
  static constexpr std::size_t together = 64;

  unsigned thread;
  Worker& worker;
  std::span<const std::size_t> of_changes;  ///< the properties that are judged, by Options::properties
  std::span<const std::size_t> of_states;
  std::span<StateId> worst;  ///< of these, then of those
  OpenedState from{};
  OpenedState added{};
  std::size_t waiting = 0;
  std::vector<Word> keys{};
  std::array<std::uint64_t, together> hashes{};
  std::array<StateId, together> parents{};
};

/// Adds the successors of states [first, end) in the order of their parents, then of the transitions, and judges them
/// if asked to. False if there was no room for all.
bool BreadthFirst::expand(std::size_t first, std::size_t end, bool judging) {
  const std::size_t pieces = pieces_of(first, end);
  std::vector<std::size_t> open = judging ? still_open() : std::vector<std::size_t>{};
  const auto of_states = std::ranges::stable_partition(
      open, [&](std::size_t i) { return property(i).judges != lang::PropertyKind::state; });
  const auto changes = open.size() - of_states.size();
  std::vector<StateId> worst(pieces * open.size(), no_state);
  const auto expansion = [&](std::size_t i, unsigned thread) {
    return Expansion{thread, workers_[thread], std::span(open).first(changes), std::span(open).subspan(changes),
                     std::span(worst).subspan(i * open.size(), open.size())};
  };
  if (exchange_) exchange_->clear(pieces);
  full_ = false;
  team_.pieces(pieces, [&](std::size_t i, unsigned thread) {
    Expansion by = expansion(i, thread);
    if (exchange_) exchange_->begin(i, thread);
    expand_piece(by, first + i * piece, std::min(end, first + (i + 1) * piece));
    if (exchange_) exchange_->end(i);
  });
  if (exchange_) {
    team_.each([&](unsigned thread) { exchange_->claim(seen_, thread); }, pieces > 1);
    full_ = !exchange_->make_room(seen_, options_.max_states);
    team_.pieces(pieces, [&](std::size_t i, unsigned thread) {
      Expansion by = expansion(i, thread);
      exchange_->settle(seen_, i, [&](std::span<const Word> key, StateId parent) { judge_added(by, key, parent); });
    });
  }
  take_worst(open, worst);
  return !full_;
}

void BreadthFirst::expand_piece(Expansion& by, std::size_t first, std::size_t end) {
  const std::size_t words = seen_.key_words();
  by.keys.resize(Expansion::together * words);
  std::vector<Word> key(words);
  for (std::size_t s = first; s < end; ++s) {
    const auto parent = static_cast<StateId>(s);
    seen_.key(parent, key.data());
    worlds_.open(key, by.from);
    by.worker.walk.each(*by.from.world->facts, by.from.state, by.from.twins, [&](const Successor& to) {
      for (std::size_t k = 0; k < by.of_changes.size(); ++k)
        note_offence(by.of_changes[k], by.from, to, parent, by.worst[k]);
      const std::size_t n = by.waiting;
      Word* const at = by.keys.data() + n * words;
      if (!worlds_.successor_key(by.from, to.by, to.after(), at)) return;
      by.hashes[n] = hash_of({at, words});
      by.worker.recent.fetch(words, by.hashes[n]);
      by.parents[n] = parent;
      if (++by.waiting == Expansion::together) look_up(by);
    });
  }
  look_up(by);
}

/// Of those waiting, what was not looked for a moment ago is sent where it is added, or added if it is new, and judged.
void BreadthFirst::look_up(Expansion& by) {
  const std::size_t words = seen_.key_words();
  const auto key = [&](std::size_t n) { return std::span<const Word>(by.keys.data() + n * words, words); };
  std::array<std::uint8_t, Expansion::together> others{};
  std::size_t many = 0;
  for (std::size_t n = 0; n < by.waiting; ++n) {
    others[many] = static_cast<std::uint8_t>(n);
    many += by.worker.recent.again(key(n), by.hashes[n]) ? 0 : 1;
  }
  by.waiting = 0;
  const auto those = std::span(others).first(many);
  if (exchange_) {
    for (const auto n : those) exchange_->send(by.thread, seen_.part_of(by.hashes[n]), key(n), by.parents[n]);
    return;
  }
  for (const auto n : those) seen_.fetch_entry(by.hashes[n]);
  for (const auto n : those) seen_.fetch_key(by.hashes[n]);
  for (const auto n : those)
    if (add(key(n), by.hashes[n], by.parents[n])) judge_added(by, key(n), by.parents[n]);
}

void BreadthFirst::judge_added(Expansion& by, std::span<const Word> key, StateId parent) const {
  if (by.of_states.empty()) return;
  worlds_.open(key, by.added);
  const World& world = *by.added.world;
  const spec::NativeState& state = by.added.state;
  for (std::size_t k = 0; k < by.of_states.size(); ++k) {
    StateId& least = by.worst[by.of_changes.size() + k];
    if (least == no_state && applies(by.of_states[k], world) &&
        !property(by.of_states[k]).holds(*world.facts, state, state))
      least = parent;
  }
}

/// False if the set has it. Where there is no room for it, it is not added, and is new every time.
bool BreadthFirst::add(std::span<const Word> key, std::uint64_t hash, StateId parent) {
  if (seen_.size() < options_.max_states) return seen_.insert(key, hash, parent);
  if (seen_.has(key, hash)) return false;
  full_ = true;
  return true;
}

}  // namespace pasid::explore
