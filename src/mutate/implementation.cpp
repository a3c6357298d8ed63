#include "src/mutate/implementation.hpp"

#include <utility>

#include "src/mutate/knobs.hpp"

namespace pasid::mutate {

Implementation::Implementation(lang::Tree& scratch, const Mutant& mutant, const conform::World& world, std::size_t most)
    : tree_(scratch), rule_(mutant.rule), reading_(explore::native_reading()), facts_(world.facts) {
  if (mutant.of_a_call()) {
    edited_.emplace(tree_, mutant, explore::native_reading());
    catalogue_.emplace(edited_->tree, edited_->reading, facts_);
  } else if (mutant.of_a_rule()) {
    const auto r = static_cast<std::size_t>(rule_);
    own_ = std::exchange(tree_.rules[r], mutant.changed);
    reading_.rules[r] = explore::tree_rule(tree_, tree_.rules[r]);
    catalogue_.emplace(tree_, reading_, facts_);
  } else {
    facts_ = with_knobs(tree_, world, mutant.facts);
    catalogue_.emplace(tree_, reading_, facts_);
  }
  asking_.emplace(*catalogue_, facts_);
  asking_->at_most(most);
}

Implementation::~Implementation() {
  if (rule_ >= 0) tree_.rules[static_cast<std::size_t>(rule_)] = std::move(own_);
}

spec::NativeFacts Implementation::with_knobs(const lang::Tree& tree, conform::World world,
                                             const spec::NativeFacts& knobs) {
  world.facts = mutate::with_knobs(tree, world.facts, knobs);
  conform::tell_highest(world);
  return world.facts;
}

}  // namespace pasid::mutate
