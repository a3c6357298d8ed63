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
  std::vector<std::string> lemma;  ///< "work_has_slot=forall work d: …"
  [[nodiscard]] bool any() const { return !drop.empty() || !block.empty() || !lemma.empty(); }
};

/// --drop and --block.
void add_edit_options(CLI::App& command, Edits& edits);
/// --lemma: for a command that proves.
void add_lemma_option(CLI::App& command, Edits& edits);

/// The names of the lemmas that the edits add.
std::vector<std::string> added_lemmas(const Edits& edits);

/// What an edited design is called: "linux-7.3 without drain.work-finished". Nothing said of it is said of the design.
std::string name_with(const std::string& design, const Edits& edits);

/// The model with the edits applied; it holds views of their text. Throws std::invalid_argument where an edit names
/// nothing, and where a lemma is none.
lang::Tree edited_model(const Edits& edits);

/// Throws std::invalid_argument, naming it, where one of `names` is no property's.
void require_properties(const lang::Tree& tree, const std::vector<std::string>& names);

}  // namespace pasid::cli
