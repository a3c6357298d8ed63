// Rules as JSON: what `pasid rules --json` writes, and `pasid diff --rules-from` reads.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "spec/lang/tree.hpp"

namespace pasid::review {

/// {"label", "source", "only_if", "parameters": [{"name", "sort"}], "guards": [{"label", "kind", "condition", "errno",
/// "picks", "policy"}], "updates": [{"label", "cell", "index", "value", "when", "each": [{"name", "sort"}]}]}; formulas
/// as trace::parse_formula() reads them. What says nothing is left out.
nlohmann::json to_json(const lang::Tree& tree, const lang::RuleTree& rule);

/// The model's calls, of these rules: [{"label", "sections"}], sections as lang::parse_call() reads them.
nlohmann::json calls_json(const std::vector<lang::RuleTree>& rules);

/// The model with the rules and calls of a file in the place of its own. The file may be edited: a condition is text.
/// Throws io::InputError where it is not what is written, or speaks of what this program has not.
std::shared_ptr<const lang::Tree> read_rules(const std::string& path);

}  // namespace pasid::review
