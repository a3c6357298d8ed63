// The whole model as a tree: the specification and the lemmas that proofs rest on.
#pragma once

#include "spec/lang/tree.hpp"

namespace pasid::proofs {

/// Built at first use. Throws lang::RuleError where a rule's text breaks a rule of the language.
const lang::Tree& model();

}  // namespace pasid::proofs
