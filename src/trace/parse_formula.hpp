// Formulas from their text: what FormulaPrinter::flat() prints is read as the same formula.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>

#include "spec/lang/tree.hpp"

namespace pasid::trace {

/// What is wrong with a text, and where.
class FormulaError : public std::runtime_error {
 public:
  FormulaError(std::size_t at, const std::string& wrong) : std::runtime_error(wrong), column(at + 1) {}
  std::size_t column;  ///< in the text, from 1, in bytes
};

/// The sort of that name ("As"), or of that word ("as"), among those that the tree's cells speak of; null: none.
const lang::SortInfo* sort_named(const lang::Tree& tree, std::string_view name);

/// Variables by the names that stand for them.
using Scope = std::unordered_map<std::string, lang::NodeId>;

/// Reads a term of that sort, over as many lines as it takes; what it is made of goes to `tree`. Names are variables of
/// `scope`, else cells. Chains of && and || may be nested otherwise than they were. There is no old(): rules speak of
/// one state. Throws FormulaError.
lang::NodeId parse_formula(lang::Tree& tree, std::string_view text, const lang::SortInfo* sort, const Scope& scope);

}  // namespace pasid::trace
