// Options that try out an edit of the rules without touching the text.
#pragma once

#include <string>
#include <vector>

#include "spec/lang/tree.hpp"

namespace CLI {
class App;
}

namespace pasid::cli {

struct Edits {
  std::vector<std::string> drop;
  std::vector<std::string> block;
  [[nodiscard]] bool any() const { return !drop.empty() || !block.empty(); }
};

void add_edit_options(CLI::App& command, Edits& edits);

/// What an edited design is called: "linux-7.3 without drain.work-finished". Nothing said of it is said of the design.
std::string name_with(const std::string& design, const Edits& edits);

/// The model with the edits applied. Throws std::invalid_argument where an edit names nothing.
lang::Tree edited_model(const Edits& edits);

/// Throws std::invalid_argument, naming it, where one of `names` is no property's.
void require_properties(const lang::Tree& tree, const std::vector<std::string>& names);

}  // namespace pasid::cli
