#include "src/mutate/edited.hpp"

#include <algorithm>

#include "src/check/seek.hpp"

namespace pasid::mutate {

Edited::Edited(const lang::Tree& whole, const Mutant& mutant, explore::Reading of)
    : tree(whole), reading(std::move(of)) {
  // All rules first: what runs one looks at it where it stands.
  if (mutant.of_a_rule()) tree.rules[static_cast<std::size_t>(mutant.rule)] = mutant.changed;
  if (mutant.parted >= 0) {
    tree.rules[static_cast<std::size_t>(mutant.parted)] = mutant.second;
    tree.rules.push_back(mutant.first);
    reading.rules.resize(tree.rules.size());
  }
  for (const int r : {mutant.rule, mutant.parted, mutant.parted < 0 ? -1 : static_cast<int>(tree.rules.size()) - 1})
    if (r >= 0 && mutant.of != check::recycling)
      reading.rules[static_cast<std::size_t>(r)] = explore::tree_rule(tree, tree.rules[static_cast<std::size_t>(r)]);
  if (!mutant.of_a_call()) return;
  tree.calls.resize(std::max(tree.calls.size(), static_cast<std::size_t>(mutant.call) + 1));
  tree.calls[static_cast<std::size_t>(mutant.call)] = mutant.sections;
}

}  // namespace pasid::mutate
