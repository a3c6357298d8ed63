#include "tests/bench/core/core.hpp"

#include <algorithm>
#include <stdexcept>

#include "src/explore/scope.hpp"

namespace pasid::core {

lang::Tree model() {
  lang::Tree tree;
  spec::build(tree);
  return tree;
}

spec::NativeFacts facts(const lang::Tree& tree, const Scope& scope) {
  if (scope.pasids < 2) throw std::invalid_argument("of a PASID's values two are none's and the kernel's");
  explore::Scope sizes;
  sizes.set(tree, "Mm", scope.mms);
  sizes.set(tree, "Task", scope.tasks);
  sizes.set(tree, "Dev", scope.devices);
  sizes.set(tree, "Pasid", scope.pasids - 2);
  spec::NativeFacts out;
  out.count = sizes.size;
  return out;
}

explore::Result search(const lang::Tree& tree, const Scope& scope, const Ways& ways) {
  explore::Options options;
  options.grain = explore::Grain::step;
  options.threads = ways.threads;
  options.symmetry = ways.symmetry;
  options.slice = false;
  options.reading = ways.reading;
  for (std::size_t p = 0; p < ways.reading.properties.size(); ++p)
    if (ways.properties.empty() || std::ranges::count(ways.properties, ways.reading.properties[p].name) > 0)
      options.properties.push_back(static_cast<int>(p));
  const spec::NativeFacts one = facts(tree, scope);
  return explore::search(tree, std::span(&one, 1), options);
}

}  // namespace pasid::core
