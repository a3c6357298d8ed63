// Breadth first: one search through one slice of some topologies, level by level.
#pragma once

#include <deque>

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
  /// New states that a piece of the frontier leads to, in order; some may turn out not to be new when merged.
  struct Found {
    std::vector<std::uint8_t> keys;
    std::vector<std::uint64_t> hashes;
    std::vector<StateId> parents;
  };

  [[nodiscard]] const RunnableProperty& property(std::size_t i) const {
    return reading_.properties[static_cast<std::size_t>(options_.properties[i])];
  }
  [[nodiscard]] bool all_found() const;
  [[nodiscard]] std::vector<std::size_t> still_open() const;

  End levels(int& depth);
  void judge_initial();
  void judge(std::size_t first, std::size_t end);
  bool expand(std::size_t first, std::size_t end, bool judging);
  bool merge(std::size_t pieces);
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
  StateSet seen_;
  /// By Options::properties: the first state where a transition starts that violates it, or that does so itself.
  std::vector<StateId> violating_;
  std::vector<bool> initial_;                 ///< by Options::properties: it is violated before the first transition
  std::deque<Transitions::Walk> walks_;       ///< by thread
  std::deque<Transitions::Walk> last_walks_;  ///< by thread
  std::vector<Found> found_;
};

}  // namespace pasid::explore
