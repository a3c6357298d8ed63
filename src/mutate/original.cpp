#include "src/mutate/original.hpp"

#include <algorithm>

namespace pasid::mutate {

const lang::RuleTree* Original::rule(std::string_view label) const {
  const auto found = std::ranges::find(rules, label, &lang::RuleTree::label);
  return found == rules.end() ? nullptr : &*found;
}

}  // namespace pasid::mutate
