// Possible values: what a search can meet at most, from which values each cell can have.
#pragma once

#include <array>
#include <span>
#include <unordered_map>
#include <vector>

#include "spec/lang/tree.hpp"
#include "spec/model.hpp"

namespace pasid::explore {

/// Which values a term can have, a bit each, where all that is known of a state is which values each cell can have. At
/// first those of the empty state of every topology.
class Possible {
 public:
  using Values = std::uint32_t;

  /// `tree` must outlive it.
  Possible(const lang::Tree& tree, std::span<const spec::NativeFacts> topologies);

  /// Adds what a rule that fires may write. True if that is new.
  bool fire(const lang::RuleTree& rule);
  /// Adds what is possible in the other. True if that is new.
  bool merge(const Possible& other);

  /// Can all guards hold?
  bool enabled(const lang::RuleTree& rule);
  /// Can a guard refuse?
  bool refusing(const lang::RuleTree& rule);
  bool can_fail(lang::NodeId condition) { return (of(condition) & no) != 0; }

 private:
  static constexpr Values no = 1;
  static constexpr Values yes = 2;

  Values of(lang::NodeId id);
  Values computed(const lang::Node& n);
  [[nodiscard]] Values some(const lang::SortInfo* sort) const;

  const lang::Tree* tree_;
  std::array<int, lang::max_entity_sorts> size_{};  ///< by sort: the largest
  std::vector<Values> cell_;
  std::unordered_map<lang::NodeId, Values> known_;
};

}  // namespace pasid::explore
