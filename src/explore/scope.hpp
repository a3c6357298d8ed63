// Scopes: how many entities of each sort a search has, and what is said beforehand of their facts.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "spec/lang/native.hpp"
#include "spec/lang/tree.hpp"

namespace pasid::explore {

/// Facts given instead of enumerated: one value for all indices of the cell, or one for each index tuple in order.
/// Values are machine values: entities and enumerators count from 1, true is 1.
struct Pin {
  std::string cell;
  std::vector<std::uint8_t> values;
};

/// Sizes are exact, except for sorts that only classify (values of facts, never an index of one: units, number spaces):
/// these take every size up to the one given, every element in use.
struct Scope {
  std::array<std::uint8_t, lang::max_entity_sorts> size{};
  std::vector<Pin> pins;
  /// Sorts of which every element must have a true fact that is not pinned: leaves out topologies in which, say, a
  /// PASID is in nobody's range, which differ from a smaller scope's only in having an element more.
  std::vector<std::string> mentioned;

  /// Sets the size of the sort called `sort`. Throws std::invalid_argument, naming it, where there is no such sort or
  /// a native state has no room for as many.
  void set(const lang::Tree& tree, std::string_view sort, int count);
  /// Replaces what is pinned of `cell`.
  void pin(std::string_view cell, std::vector<std::uint8_t> values);
};

/// Every entity sort that some cell has as index or value, in the order of the sorts.
std::vector<const lang::SortInfo*> entity_sorts(const lang::Tree& tree);

/// The entity sort of that name. Throws std::invalid_argument where there is none.
const lang::SortInfo* entity_sort(const lang::Tree& tree, std::string_view name);

/// Is `sort` an entity sort, a value of some fact that the topology chooses, and an index of none?
bool only_classifies(const lang::Tree& tree, const lang::SortInfo* sort);

}  // namespace pasid::explore
