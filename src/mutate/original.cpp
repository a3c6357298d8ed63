#include "src/mutate/original.hpp"

#include <algorithm>

namespace pasid::mutate {

const lang::RuleTree* Original::rule(std::string_view label) const {
  const auto found = std::ranges::find(rules, label, &lang::RuleTree::label);
  return found == rules.end() ? nullptr : &*found;
}

std::vector<std::string> Shown::told(const std::string& of) const {
  std::vector<std::string> out;
  for (const explore::PathStep& s : path.steps) out.push_back(s.label);
  out.push_back(of + ": " + what);
  return out;
}

}  // namespace pasid::mutate
