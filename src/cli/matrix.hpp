// Designs × properties at a glance.
#pragma once

#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "src/check/check.hpp"
#include "src/cli/commands.hpp"

namespace pasid::cli {

/// A row for each design: proved, or how many steps break it; what is not as expected is named below.
void print_matrix(const Session& session, const lang::Tree& tree, const std::vector<check::DesignResult>& designs);

/// {"design", "properties": [{"name", "verdict", "expected", "steps"}], "errors"}
nlohmann::json matrix_row(const check::DesignResult& design);

}  // namespace pasid::cli
