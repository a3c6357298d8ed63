#include "src/mutate/lemma_falls.hpp"

#include "spec/lang/eval.hpp"
#include "src/mutate/step.hpp"

namespace pasid::mutate {

std::optional<std::string> fallen_lemma(const lang::Tree& tree, const smt::Proof& proof, const Mutant& mutant,
                                        const spec::NativeFacts& facts, const spec::NativeState& state) {
  lang::Evaluator evaluate(tree, facts, &facts);
  std::optional<std::string> fallen;
  const spec::NativeRule& rule = spec::native_rules()[static_cast<std::size_t>(mutant.rule)];
  each_arguments(facts, rule, [&](std::span<const std::uint8_t> args) {
    spec::NativeState after = state;
    if (evaluate.apply(mutant.changed, &state, &after, args).kind != lang::Outcome::Kind::done) return true;
    for (const lang::Formula& f : tree.formulas) {
      if (f.kind != lang::FormulaKind::lemma) continue;
      const smt::Item* const item = proof.find(f.name);
      if (item == nullptr || item->status != smt::Status::proved) continue;
      if (evaluate.value(f.body, &after) == 0) return fallen = f.name, false;
    }
    return true;
  });
  return fallen;
}

}  // namespace pasid::mutate
