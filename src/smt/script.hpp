// Obligations as SMT-LIB text. The text depends on what an obligation says, not on how it came about: bound variables
// and parameters are named by where they occur, and only what occurs is declared. One obligation of two designs, or of
// one design before and after a change elsewhere, is one text.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace pasid::smt {

/// Formulas as `(assert …)` lines that share their parameters, and what these need declared, in order of occurrence.
struct Assertion {
  std::string text;
  std::vector<std::string> sorts;
  std::vector<std::string> functions;
};

/// One obligation: the guards of its rule and the denial of its goal, and which assumptions go with them.
struct Script {
  Assertion own;
  std::vector<std::size_t> core;  ///< assumptions that the proof leaned on; a proof from fewer is a proof
  std::vector<std::size_t> all;   ///< every assumption there was
};

/// The obligations of one proof share their axioms and assumptions.
struct Scripts {
  std::vector<Assertion> axioms;
  std::vector<Assertion> assumptions;
  std::vector<std::string> names = {};  ///< of the assumptions, one each

  /// The obligation with its core, and axioms of nothing but symbols that occur: unsatisfiable only if `whole` is.
  [[nodiscard]] std::string lean(const Script& script) const;
  /// The obligation with everything that may be assumed.
  [[nodiscard]] std::string whole(const Script& script) const;
};

}  // namespace pasid::smt
