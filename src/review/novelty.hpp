// Novelty: what a state says of one thing that was hardly ever said of one thing before.
#pragma once

#include <bitset>
#include <cstdint>
#include <vector>

#include "spec/lang/memory.hpp"
#include "spec/model.hpp"

namespace pasid::review {

/// Counts what is said of an entity together with something else that is said of it or is not: that work is for an
/// address space that has been dropped, that work is under a number which nobody owns. What can be said is that a cell
/// has the entity as its value, or as an index where it is not empty; of a cell of an enumeration, with which value.
class Novelty {
 public:
  /// No state to come has more of anything than `sizes`. `tree` need not outlive it.
  Novelty(const lang::Tree& tree, const lang::Domain<lang::Native>& sizes, unsigned enough);

  /// Was something that `facts` and `state` say seen less often than enough? Counts it.
  bool note(const spec::NativeFacts& facts, const spec::NativeState& state);

 private:
  static constexpr std::size_t most = 256;
  using Said = std::bitset<most>;
  struct Entity {
    std::size_t sort;
    Said said;
  };
  /// A byte of the state, and of whom it says what where it is not zero.
  struct Slot {
    struct Of {
      std::size_t entity;
      std::size_t fact;
    };
    std::size_t offset;
    std::vector<Of> indices;
    bool fact;           ///< a byte of the facts: what is said is that it is zero
    bool counts_values;  ///< of an enumeration: the facts after that one are of its further values
    bool names;          ///< its values are entities, and
    Of first;            ///< that is said of value 1, and of the next entity of value 2
  };
  /// Of one fact: which others were seen often enough with it, or without.
  struct Row {
    Said with;
    Said without;
    std::vector<std::uint8_t> seen;
  };
  bool count(Row& row, Said& full, Said fresh, std::size_t from) const;

  unsigned enough_;
  std::vector<Slot> slots_;
  std::vector<Entity> entities_;
  std::vector<Said> of_sort_;  ///< what can be said of its entities
  std::vector<Row> rows_;
};

}  // namespace pasid::review
