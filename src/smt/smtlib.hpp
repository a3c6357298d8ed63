// Z3's terms as SMT-LIB text with names that do not depend on serial numbers.
#pragma once

#include <span>

#include <z3++.h>

#include "src/smt/script.hpp"

namespace pasid::smt {

/// One `(assert …)` for each formula that says something. Parameters (free constants with a serial number, "Bond?69")
/// are named by sort and order of occurrence, and are the same in all of `formulas`; a formula that is asserted with
/// others apart from these must have none. Throws std::logic_error for a term that no lowering gives.
Assertion smtlib(std::span<const z3::expr> formulas);

/// One formula without parameters. Throws std::logic_error where it has one.
Assertion smtlib_closed(const z3::expr& formula);

}  // namespace pasid::smt
