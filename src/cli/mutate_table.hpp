// The table of `pasid mutate`.
#pragma once

#include <string>

#include "src/cli/commands.hpp"
#include "src/mutate/mutate.hpp"

namespace pasid::cli {

/// Mutants that are left, or `all`, and how many came to what.
void print_mutation(const Session& session, const std::string& design, const mutate::Mutation& m, bool all);

/// 1 where a mutant is left, or a reason is too many.
int exit_code(const mutate::Mutation& m);

}  // namespace pasid::cli
