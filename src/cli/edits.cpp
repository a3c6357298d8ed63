#include "src/cli/edits.hpp"

#include <CLI/CLI.hpp>

#include "proofs/model.hpp"
#include "spec/lang/edit.hpp"

namespace pasid::cli {

void add_edit_options(CLI::App& command, Edits& edits) {
  command.add_option("--drop", edits.drop, "without this guard or update, as `pasid rules` labels them")
      ->type_name("LABEL")
      ->allow_extra_args(false);
  command.add_option("--block", edits.block, "with this rule never firing")->type_name("RULE")->allow_extra_args(false);
}

std::string name_with(const std::string& design, const Edits& edits) {
  std::string out = design;
  for (const std::string& label : edits.drop) out += " without " + label;
  for (const std::string& rule : edits.block) out += " with " + rule + " blocked";
  return out;
}

lang::Tree edited_model(const Edits& edits) {
  lang::Tree tree = proofs::model();
  for (const std::string& label : edits.drop) lang::drop(tree, label);
  for (const std::string& rule : edits.block) lang::block(tree, rule);
  return tree;
}

void require_properties(const lang::Tree& tree, const std::vector<std::string>& names) {
  for (const auto& name : names) {
    const auto* f = tree.formula_named(name);
    if (f == nullptr || f->kind != lang::FormulaKind::property)
      throw std::invalid_argument("--property: there is no property '" + name +
                                  "'; `pasid rules --formulas` lists them");
  }
}

}  // namespace pasid::cli
