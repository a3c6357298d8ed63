#include "src/mutate/edited.hpp"

#include <algorithm>

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
  // A rule that the reading leaves out stays out, and a part of it does, too.
  const auto run = [&](int rule, int as) {
    const auto only_if = reading.rules[static_cast<std::size_t>(as)].only_if;
    reading.rules[static_cast<std::size_t>(rule)] =
        explore::tree_rule(tree, tree.rules[static_cast<std::size_t>(rule)]);
    reading.rules[static_cast<std::size_t>(rule)].only_if = only_if;
  };
  if (mutant.of_a_rule()) run(mutant.rule, mutant.rule);
  if (mutant.parted >= 0) {
    run(static_cast<int>(tree.rules.size()) - 1, mutant.parted);
    run(mutant.parted, mutant.parted);
  }
  if (!mutant.of_a_call()) return;
  tree.calls.resize(std::max(tree.calls.size(), static_cast<std::size_t>(mutant.call) + 1));
  tree.calls[static_cast<std::size_t>(mutant.call)] = mutant.sections;
}

}  // namespace pasid::mutate
