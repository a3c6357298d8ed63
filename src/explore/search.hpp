// Search: every state within a scope, breadth first, over all topologies at once; so that the first violation met is
// a shortest one over all of them.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "src/explore/path.hpp"
#include "src/explore/worlds.hpp"

namespace pasid::explore {

struct Options {
  Grain grain = Grain::call;
  unsigned threads = 1;
  std::vector<int> properties;  ///< to look for, as indices into the reading; none: go through everything
  std::size_t max_states = 100'000'000;
  int max_depth = -1;  ///< no more transitions than this; -1: any number
  bool symmetry = true;
  /// Leave out what cannot matter to the properties looked for (see Slice). The tree must be that of the reading.
  bool slice = true;
  Reading reading = native_reading();
  /// Called now and then with the level being left and the states so far; false stops the search.
  std::function<bool(int depth, std::size_t states)> progress;
};

/// Why a search ended.
enum class End : std::uint8_t {
  exhausted = 1,  ///< every reachable state was looked at
  all_found,      ///< each property looked for has a violation
  max_states,
  max_depth,
  stopped,  ///< by the progress callback
};

struct Result {
  /// By Options::properties: a shortest to a state where it does not hold, or that ends with the transition that
  /// violates it. A call in which one rule violates a property of steps is told rule by rule at the end.
  std::vector<std::optional<Path>> paths;
  End end = End::exhausted;
  std::size_t topologies = 0;
  std::size_t states = 0;  ///< canonical ones, with the initial state of each topology
  int depth = 0;           ///< transitions to the last level with a new state
  Transitions::Counts counts;
  double seconds = 0;
};

/// Searches from the empty state of every topology. Everything but `seconds` is the same for any number of threads.
/// A path is concrete: it was replayed from the empty state with the rules of the reading, and the property evaluated
/// again at its end.
/// Throws std::logic_error naming the step where that replay disagrees, std::invalid_argument where the reading has
/// not the tree's rules or a property is not in it, std::length_error beyond 2^32 - 2 states.
Result search(const lang::Tree& tree, std::span<const spec::NativeFacts> topologies, const Options& options);

/// Searches in the same topologies for one thing after another, with what can be worked out once worked out once.
class Searcher {
 public:
  /// `tree` must outlive it. Throws as search() does.
  Searcher(const lang::Tree& tree, std::vector<spec::NativeFacts> topologies, Grain grain, const Reading& reading);
  ~Searcher();
  Searcher(Searcher&&) noexcept;
  Searcher& operator=(Searcher&&) noexcept;

  /// Do the same transitions matter to two properties? Then looking for both costs little more than looking for one.
  bool alike(int property, int other);

  /// As search(), at the grain and with the reading that the searcher has.
  Result run(const Options& options);

 private:
  struct Prepared;
  std::unique_ptr<Prepared> prepared_;
};

}  // namespace pasid::explore
