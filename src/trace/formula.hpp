// Formulas and rules as text, in the vocabulary of the rules.
#pragma once

#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "spec/lang/tree.hpp"

namespace pasid::trace {

/// Prints terms. Quantified variables get letters by their sort: file b and c, thread t and u, pasid p and q.
class FormulaPrinter {
 public:
  /// Asked for every variable and every index of a cell: a text to print instead of the term, or "".
  using Instead = std::function<std::string(lang::NodeId)>;

  explicit FormulaPrinter(const lang::Tree& tree, std::size_t columns = 100, Instead instead = {});

  /// From here on this variable, or this cell read, is printed by the name.
  void name(lang::NodeId term, std::string_view as) { names_[term] = as; }
  /// The same with a letter by its sort, which is returned.
  std::string letter(lang::NodeId term);
  void forget(lang::NodeId term) { names_.erase(term); }

  /// In one line.
  [[nodiscard]] std::string flat(lang::NodeId term);
  /// The negation of a formula, in one line.
  [[nodiscard]] std::string negated(lang::NodeId formula);
  /// Wrapped, where it starts at column `at` and further lines are indented to where it starts, with room for `after`
  /// columns at the end of each line. No newline at the end.
  [[nodiscard]] std::string wrapped(lang::NodeId term, std::size_t at = 0, std::size_t after = 0);

 private:
  enum class Binding : std::uint8_t { quantifier, implies, or_, and_, eq, unary };
  struct Quantified;

  std::string flat(lang::NodeId term, Binding within);
  std::string lines(lang::NodeId term, std::size_t at, Binding within);
  Binding binding(lang::NodeId term) const;
  std::string constant(const lang::Node& n) const;
  std::string cell_read(const lang::Node& n);
  std::string equation(const lang::Node& n, std::string_view sign);
  Quantified quantified(lang::NodeId term);
  void leave(const Quantified& q);

  const lang::Tree& tree_;
  std::size_t columns_;
  Instead instead_;
  std::string initials_;  ///< of the sorts
  std::unordered_map<lang::NodeId, std::string> names_;
};

/// The word for a sort: "file", "dev", "pasid".
std::string sort_word(const lang::SortInfo* sort);

/// A formula, wrapped at `columns` and indented by `indent` on every line. No newline at the end.
std::string formula_text(const lang::Tree& tree, lang::NodeId term, std::size_t indent = 0, std::size_t columns = 100);

/// A rule: label and parameters, source, the designs that have it, guards in order with label and errno, updates.
/// Ends with a newline.
std::string rule_text(const lang::Tree& tree, const lang::RuleTree& rule, std::size_t columns = 100);

/// The sections of a call, each as "rule?*/undo ": '?' where it may be left out, '*' where it is repeated.
std::string call_text(const lang::Tree& tree, const lang::CallTree& call);

/// A guard or an update of a rule, on one line, over the names of its parameters: it can be read, and compared, alone.
struct RulePart {
  std::string label;  ///< a guard's; of an update the cell
  std::string text;   ///< "require !lam(task_mm(thread)) else -EBUSY"; "slot(group, bond_pasid(file)) := none when …"
  friend bool operator==(const RulePart&, const RulePart&) = default;
};

/// In order.
std::vector<RulePart> guard_parts(const lang::Tree& tree, const lang::RuleTree& rule);
std::vector<RulePart> update_parts(const lang::Tree& tree, const lang::RuleTree& rule);

}  // namespace pasid::trace
