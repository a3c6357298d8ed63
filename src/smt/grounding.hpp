// From the tree to propositional terms: every entity sort is so many elements, every cell at elements is a choice among
// its values, and a term is "when it has which value". Nothing is left to instantiate: an answer always comes.
#pragma once

#include <array>
#include <map>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include <z3++.h>

#include "spec/lang/native.hpp"
#include "spec/lang/tree.hpp"

namespace pasid::smt {

/// How many elements each entity sort has; by sort index.
using Sizes = std::array<int, lang::max_entity_sorts>;

class Grounding {
 public:
  Grounding(z3::context& z3, lang::Tree& tree, const Sizes& sizes) : z3_(z3), tree_(tree), sizes_(sizes) {}

  /// A closed formula, or one over rule parameters (each of which stands for some element).
  z3::expr formula(lang::NodeId id);

  /// As if every cell of the state and every fact had been lowered.
  void declare_cells();

  /// What must be asserted beside the formulas lowered since the last time: a cell and a parameter have one value.
  [[nodiscard]] std::vector<z3::expr> background();

  /// A term that says that a cell is none or false at an index.
  z3::expr is_empty(int cell, std::span<const std::uint8_t> index) { return at(cell, {index.begin(), index.end()})[0]; }

  /// The value (0 none or false) that a model gives to a rule parameter, or to a cell at an index.
  std::uint8_t value(const z3::model& model, lang::NodeId parameter) { return among(model, values(parameter)); }
  std::uint8_t cell_value(const z3::model& model, int cell, std::span<const std::uint8_t> index) {
    return among(model, at(cell, {index.begin(), index.end()}));
  }

 private:
  /// For each value from none or false on: when it is that.
  using Values = std::vector<z3::expr>;
  using Index = std::vector<std::uint8_t>;

  [[nodiscard]] int count(const lang::SortInfo* s) const;
  const std::vector<std::int32_t>& free_in(lang::NodeId id);
  const Values& values(lang::NodeId id);
  Values compute(lang::NodeId id);
  Values exactly(const lang::SortInfo* s, int value);
  Values read(const lang::Node& n);
  Values quantified(const lang::Node& n);
  Values parameter(const lang::Node& n);
  Values one_of(const std::string& name, const lang::SortInfo* s, bool may_be_none);
  const Values& at(int cell, const Index& index);
  Values boolean(const z3::expr& holds) { return {negate(holds), holds}; }
  z3::expr negate(const z3::expr& a);
  z3::expr both(const z3::expr& a, const z3::expr& b);
  z3::expr either(const z3::expr& a, const z3::expr& b);
  z3::expr any(const std::vector<z3::expr>& parts);
  static std::uint8_t among(const z3::model& model, const Values& values);

  z3::context& z3_;
  lang::Tree& tree_;
  Sizes sizes_;
  z3::expr true_ = z3_.bool_val(true);
  z3::expr false_ = z3_.bool_val(false);
  std::unordered_map<std::int32_t, std::uint8_t> bound_;  ///< what a quantified variable stands for now
  std::unordered_map<lang::NodeId, std::vector<std::int32_t>> free_;
  std::map<std::pair<lang::NodeId, Index>, Values> known_;  ///< by the term and what its bound variables stand for
  std::map<std::pair<int, Index>, Values> cells_;
  std::vector<z3::expr> background_;
};

}  // namespace pasid::smt
