// Designs × properties at a glance.
#pragma once

#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "src/check/check.hpp"
#include "src/cli/commands.hpp"

namespace pasid::cli {

/// A row for each design: proved, or how many steps break it; and of how many the verdict is not the expected one.
void print_matrix(const Session& session, const lang::Tree& tree, const std::vector<check::DesignResult>& designs);

/// A line for each verdict that is not the expected one, with what led to it.
void print_unexpected(const Session& session, const std::vector<check::DesignResult>& designs);

/// {"design", "properties": [{"name", "verdict", "expected", "steps"}], "errors"}
nlohmann::json matrix_row(const check::DesignResult& design);

}  // namespace pasid::cli
