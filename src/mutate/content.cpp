#include "src/mutate/content.hpp"

#include <fmt/format.h>

#include "src/trace/formula.hpp"

namespace pasid::mutate {

std::string hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3U;
  return fmt::format("{:016x}", hash);
}

std::string content_hash(const lang::Tree& tree, const Mutant& mutant, std::string_view said) {
  std::string text = mutant.name() + "\n";
  if (!mutant.of_a_rule()) text += said;
  if (mutant.of_a_rule())
    text += trace::rule_text(tree, tree.rules[static_cast<std::size_t>(mutant.rule)]) + '\n' +
            trace::rule_text(tree, mutant.changed);
  if (mutant.parted >= 0) text += trace::rule_text(tree, mutant.first) + '\n' + trace::rule_text(tree, mutant.second);
  const auto label = [&](int rule) -> std::string_view {
    const auto r = static_cast<std::size_t>(rule);
    return rule < 0 ? "" : r < tree.rules.size() ? tree.rules[r].label : mutant.first.label;
  };
  for (const lang::CallSection& s : mutant.sections.sections)
    text += fmt::format(" {}/{}", label(s.rule), label(s.undo));
  if (mutant.of_a_formula())
    text += trace::formula_text(tree, tree.formulas[static_cast<std::size_t>(mutant.formula)].body);
  return hash_of(text);
}

}  // namespace pasid::mutate
