// A condition that names elements of one world, as one about any elements like them.
#pragma once

#include "src/review/shell_condition.hpp"

namespace pasid::review {

/// "There are elements, no two of one sort the same, with the facts that the named ones have in this world, of which
/// the condition holds": true wherever the condition is, and of every world. Facts that relate a named element to one
/// that is not named are left out. A condition that names none is as it was.
ShellCondition of_any_elements(const ShellCondition& condition, const spec::NativeFacts& facts);

}  // namespace pasid::review
