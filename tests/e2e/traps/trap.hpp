// What the texts in this folder share. Each has one mistake that must not compile, and compiles without it (-DCLEAN).
#pragma once

#include "spec/effects.hpp"
#include "spec/lang/ast.hpp"
#include "spec/lang/native.hpp"

using namespace pasid::spec;  // NOLINT(google-build-using-namespace): the vocabulary of the rules

/// Instantiates a text for both readings.
#define READ_BOTH_WAYS(text)                                                                              \
  template void text<pasid::lang::Native>(Rule<pasid::lang::Native>&, const Facts<pasid::lang::Native>&,  \
                                          const State<pasid::lang::Native>&, State<pasid::lang::Native>&, \
                                          Val<pasid::lang::Native, Dev>, Val<pasid::lang::Native, Pasid>, \
                                          Val<pasid::lang::Native, As>);                                  \
  template void text<pasid::lang::Ast>(                                                                   \
      Rule<pasid::lang::Ast>&, const Facts<pasid::lang::Ast>&, const State<pasid::lang::Ast>&,            \
      State<pasid::lang::Ast>&, Val<pasid::lang::Ast, Dev>, Val<pasid::lang::Ast, Pasid>, Val<pasid::lang::Ast, As>);
