// Widening: the same question in one arena after another, the smallest first, with ever more states to each.
#pragma once

#include <functional>

#include "src/explore/search.hpp"

namespace pasid::explore {

/// Where to look: a scope at a grain.
struct Arena {
  Grain grain;
  std::function<std::vector<spec::NativeFacts>()> topologies;
  int after = -1;  ///< look here only once the arena of that number, an earlier one, has been gone through; -1: at once
  std::size_t share = 1;  ///< it gets one in so many of a round's states, but all in the last round
};

/// An answer about one property, and the arena it is of.
struct Widened {
  std::size_t arena;
  Result result;
  bool everywhere;  ///< every arena was gone through
};

/// Looks for violations in arenas: in each of them among some 1,000 states, then in each that had more among eight
/// times as many, and so on. What is wrong with a design mostly shows with one or two of what it takes, wherever that
/// is in a list of arenas that differ in what they have two of; such an arena is gone through long before a larger one
/// has been. Properties for which the same part of an arena matters are looked for in one search.
class Widening {
 public:
  /// `tree` must outlive it.
  Widening(const lang::Tree& tree, const Reading& reading, std::vector<Arena> arenas);

  /// By property of `options`: the first violation in the order described; its path is a shortest one of its arena, in
  /// a larger one there may be a shorter. Without one, what came of the last arena. Each arena gets
  /// `options.max_states` in the last round, when those come in too that wait for another. A result's seconds are those
  /// of all searches for the property. Throws std::invalid_argument where there is no arena, and whatever search() and
  /// Arena::topologies throw.
  std::vector<Widened> look(const Options& options);

 private:
  struct Open;
  void round(std::vector<Open>& open, std::size_t states, const Options& options);
  void search_in(std::size_t arena, std::vector<Open*> wanted, Options options);

  const lang::Tree& tree_;
  Reading reading_;
  std::vector<Arena> arenas_;
  std::vector<std::optional<Searcher>> searchers_;
};

}  // namespace pasid::explore
