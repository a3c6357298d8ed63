// Breadth first: one search through one slice of some topologies, level by level.
#pragma once

#include <deque>

#include "src/base/team.hpp"
#include "src/explore/exchange.hpp"
#include "src/explore/recent.hpp"
#include "src/explore/search.hpp"
#include "src/explore/slice.hpp"
#include "src/explore/state_set.hpp"
#include "src/explore/worlds.hpp"

namespace pasid::explore {

class BreadthFirst {
 public:
  /// Everything must outlive the search. `last`: the transitions that can violate a property.
  BreadthFirst(const lang::Tree& tree, std::span<const spec::NativeFacts> topologies, const Reading& reading,
               const Options& options, const Transitions& transitions, const Slice& slice,
               const std::vector<bool>& last);

  Result run();

 private:
  /// What each thread has to itself, far enough from what the others have that none waits for what another writes.
  struct alignas(128) Worker {
    Worker(const Transitions& all, const Transitions& last, Recent known)
        : walk(all), last_walk(last), recent(std::move(known)) {}
    Transitions::Walk walk;
    Transitions::Walk last_walk;
    Recent recent;
  };
  /// What a thread goes through its piece of the frontier with.
  struct Expansion;

  [[nodiscard]] const RunnableProperty& property(std::size_t i) const {
    return reading_.properties[static_cast<std::size_t>(options_.properties[i])];
  }
  [[nodiscard]] bool all_found() const;
  [[nodiscard]] std::vector<std::size_t> still_open() const;
  [[nodiscard]] bool applies(std::size_t i, const World& world) const {
    return applies_[static_cast<std::size_t>(&world - &worlds_[0]) * violating_.size() + i];
  }

  End levels(int& depth);
  void judge_initial();
  void judge(std::size_t first, std::size_t end);
  bool expand(std::size_t first, std::size_t end, bool judging);
  void expand_piece(Expansion& by, std::size_t first, std::size_t end);
  void look_up(Expansion& by);
  bool add(std::span<const Word> key, std::uint64_t hash, StateId parent);
  void judge_added(Expansion& by, std::span<const Word> key, StateId parent) const;
  void note_offence(std::size_t i, const OpenedState& from, const Successor& to, StateId parent, StateId& least) const;
  void take_worst(const std::vector<std::size_t>& open, const std::vector<StateId>& worst);

  [[nodiscard]] Path path_of(std::size_t i) const;
  [[nodiscard]] Path path_to(StateId target) const;
  void add_offence(Path& path, const RunnableProperty& p) const;
  void verify(const Path& path, const RunnableProperty& p) const;

  const Options& options_;
  const lang::Tree& tree_;
  const Reading& reading_;
  Transitions transitions_;
  Transitions last_;  ///< those that can violate a property
  Worlds worlds_;
  Team team_;
  StateSet seen_;
  bool full_ = false;  ///< there was no room for a state
  /// By Options::properties: the first state where a transition starts that violates it, or that does so itself.
  std::vector<StateId> violating_;
  std::vector<bool> applies_;         ///< by world, then by Options::properties
  std::vector<bool> initial_;         ///< by Options::properties: it is violated before the first transition
  std::deque<Worker> workers_;        ///< by thread
  std::optional<Exchange> exchange_;  ///< where there are several threads
};

}  // namespace pasid::explore
