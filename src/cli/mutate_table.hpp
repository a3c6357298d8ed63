// The table of `pasid mutate`.
#pragma once

#include <string>
#include <vector>

#include "src/cli/commands.hpp"
#include "src/mutate/mutate.hpp"

namespace pasid::cli {

/// Throws std::invalid_argument, naming it, where one of `names` is of none of them.
void require_mutants_of(const std::vector<mutate::Mutant>& mutants, const std::vector<std::string>& names);

/// Mutants that are left, or `all`, and how many came to what.
void print_mutation(const Session& session, const std::string& design, const mutate::Mutation& m, bool all);

/// 1 where a mutant is left, or a reason is too many.
int exit_code(const mutate::Mutation& m);

}  // namespace pasid::cli
