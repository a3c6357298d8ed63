// Options that try out an edit of the rules without touching the text.
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "spec/lang/tree.hpp"

namespace pasid::cli {

struct Edits {
  std::vector<std::string> drop;
  std::vector<std::string> block;
  [[nodiscard]] bool any() const { return !drop.empty() || !block.empty(); }
};

void add_edit_options(CLI::App& command, Edits& edits);

/// The model with the edits applied. Throws std::invalid_argument where an edit names nothing.
lang::Tree edited_model(const Edits& edits);

}  // namespace pasid::cli
