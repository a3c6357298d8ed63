#include "src/cli/edits.hpp"

#include <CLI/CLI.hpp>

#include "proofs/model.hpp"
#include "spec/lang/edit.hpp"
#include "src/trace/parse_formula.hpp"

namespace pasid::cli {
namespace {

/// "NAME=CONDITION", in two. A view, for the tree keeps it.
struct LemmaText {
  std::string_view name;
  std::string_view condition;
};

LemmaText lemma_text(std::string_view text) {
  const auto equals = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_");
  if (equals == std::string_view::npos || equals == 0 || text[equals] != '=')
    throw std::invalid_argument("--lemma '" + std::string(text) +
                                "': expected NAME=CONDITION, the name of small letters, digits and _");
  return {text.substr(0, equals), text.substr(equals + 1)};
}

void add_lemma(lang::Tree& tree, std::string_view text) {
  const LemmaText lemma = lemma_text(text);
  if (tree.formula_named(lemma.name) != nullptr)
    throw std::invalid_argument("--lemma " + std::string(lemma.name) + ": there is one of that name");
  try {
    const lang::NodeId body = trace::parse_formula(tree, lemma.condition, &lang::sort_info<bool>, {});
    tree.formulas.push_back({lang::FormulaKind::lemma, lemma.name, "of the command line", tree.truth(true), body});
  } catch (const trace::FormulaError& e) {
    throw std::invalid_argument("--lemma " + std::string(lemma.name) + ", column " + std::to_string(e.column) +
                                " of the condition: " + e.what());
  }
}

}  // namespace

void add_edit_options(CLI::App& command, Edits& edits) {
  command.add_option("--drop", edits.drop, "without this guard, update or lemma, as `pasid rules` names them")
      ->type_name("LABEL")
      ->allow_extra_args(false);
  command.add_option("--block", edits.block, "with this rule never firing")->type_name("RULE")->allow_extra_args(false);
}

void add_lemma_option(CLI::App& command, Edits& edits) {
  command
      .add_option("--lemma", edits.lemma,
                  "try this as a lemma, too: believed only where every rule keeps it; the condition as `pasid rules` "
                  "prints them (may be repeated)")
      ->type_name("NAME=CONDITION")
      ->allow_extra_args(false);
}

std::vector<std::string> added_lemmas(const Edits& edits) {
  std::vector<std::string> out;
  for (const std::string& text : edits.lemma) out.emplace_back(lemma_text(text).name);
  return out;
}

std::string name_with(const std::string& design, const Edits& edits) {
  std::string out = design;
  for (const std::string& label : edits.drop) out += " without " + label;
  for (const std::string& rule : edits.block) out += " with " + rule + " blocked";
  for (const std::string& name : added_lemmas(edits)) out += " with the lemma " + name;
  return out;
}

lang::Tree edited_model(const Edits& edits) {
  lang::Tree tree = proofs::model();
  for (const std::string& label : edits.drop) lang::drop(tree, label);
  for (const std::string& rule : edits.block) lang::block(tree, rule);
  for (const std::string& text : edits.lemma) add_lemma(tree, text);
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
