// From the tree to Z3 terms. The only header that names z3 types, together with solver-side files of this folder.
//
// Entity sorts are uninterpreted. A cell becomes
//   a predicate            where its value is Boolean,
//   a function             where its value is an enumeration (none is one more constant),
//   a total function       where it is a fact with an entity value,
//   a function and a "has a value" predicate   where its value's sort comes after all its index sorts,
//   a relation             otherwise: no function then leads back to a sort it started from, which keeps quantifier
//                          instantiation finite.
// A relation is functional by an axiom; that writes give one value keeps it so.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include <z3++.h>

#include "spec/lang/tree.hpp"

namespace pasid::smt {

class Lowering {
 public:
  Lowering(z3::context& z3, lang::Tree& tree) : z3_(z3), tree_(tree) {}

  /// A closed formula, or one over rule parameters (which become constants).
  z3::expr formula(lang::NodeId id);

  /// What must be asserted beside the formulas: relations are functional, facts are total.
  [[nodiscard]] std::vector<z3::expr> background();
  /// The same of one cell.
  std::optional<z3::expr> background(int cell);

 private:
  /// A value that may be absent.
  struct Term {
    z3::expr defined;
    z3::expr value;
  };
  struct Declared {
    enum class Shape : std::uint8_t { predicate, enumeration, total, partial, relation } shape;
    std::optional<z3::func_decl> value;  ///< predicate, function or relation
    std::optional<z3::func_decl> some;   ///< partial: does it have a value?
  };
  struct Enumeration {
    z3::sort sort;
    std::vector<z3::expr> constants;  ///< none first
  };

  z3::sort sort(const lang::SortInfo* s);
  Enumeration& enumeration(const lang::SortInfo* s);
  const Declared& declared(int cell);
  z3::expr constant(const lang::SortInfo* s, int value);

  bool relational(lang::NodeId id);
  z3::expr lower(lang::NodeId id);
  z3::expr atom(lang::NodeId id);
  z3::expr equal(lang::NodeId a, lang::NodeId b);
  z3::expr quantified(const lang::Node& n);
  Term term(lang::NodeId id);
  z3::expr indices(const std::vector<lang::NodeId>& args, z3::expr_vector& index);
  z3::expr nothing(int cell, const z3::expr_vector& index);
  z3::expr truth(bool b) { return z3_.bool_val(b); }

  z3::context& z3_;
  lang::Tree& tree_;
  std::map<const lang::SortInfo*, z3::sort> sorts_;
  std::map<const lang::SortInfo*, Enumeration> enumerations_;
  std::map<int, Declared> cells_;
  std::map<int, std::optional<z3::expr>> background_;
  std::map<lang::NodeId, z3::expr> known_;
  std::map<lang::NodeId, bool> relational_;
};

}  // namespace pasid::smt
