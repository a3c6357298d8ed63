#include "src/mutate/selection.hpp"

#include <algorithm>
#include <stdexcept>

#include "src/mutate/operators.hpp"

namespace pasid::mutate {

std::vector<Mutant> wanted(lang::Tree& tree, const spec::NativeFacts& knobs, const MutateOptions& options) {
  std::vector<Mutant> all = mutants_of(tree, knobs);
  std::erase_if(all, [&](const Mutant& m) { return !options.of.empty() && m.of != options.of; });
  if (all.empty())
    throw std::invalid_argument("the design has no rule, call, knob, property or lemma '" + options.of +
                                "' that could be another");
  std::erase_if(all, [&](const Mutant& m) { return options.by && m.by != *options.by; });
  if (options.only) {
    std::erase_if(all, [&](const Mutant& m) { return !options.only->contains(m.of); });
    return all;
  }
  if (all.empty()) throw std::invalid_argument("there is no mutant of '" + options.of + "' by that operator");
  return all;
}

}  // namespace pasid::mutate
