#include <algorithm>
#include <numeric>

#include "src/smt/proving.hpp"

namespace pasid::smt {

std::optional<InductionCounterexample> explain(const lang::Tree& tree, const spec::NativeFacts& knobs,
                                               const Proof& proof, std::string_view formula, int most) {
  return asking_z3([&]() -> std::optional<InductionCounterexample> {
    Theory theory(tree, knobs);
    auto wanted = std::ranges::find(theory.candidates, formula, &Candidate::name);
    if (wanted == theory.candidates.end()) {
      wanted = std::ranges::find(theory.of_steps, formula, &Candidate::name);
      if (wanted == theory.of_steps.end()) return std::nullopt;
    }
    std::vector<lang::NodeId> invariants;
    for (const Candidate& c : theory.candidates) {
      const Item* item = proof.find(c.name);
      if (item != nullptr && item->status == Status::proved) invariants.push_back(c.body);
    }

    // The rule at which the formula fell comes first, so that the explanation matches the report.
    std::vector<std::size_t> rules(theory.rules.size());
    std::iota(rules.begin(), rules.end(), std::size_t{0});
    if (const Item* item = proof.find(formula))
      std::ranges::stable_partition(rules, [&](std::size_t r) { return theory.rules[r].label == item->fell_at; });

    Sizes sizes = sizes_of(theory.tree, most);
    std::optional<InductionCounterexample> best;
    std::size_t rule = 0;
    SmallWorld world(theory, invariants, sizes);
    for (const std::size_t r : rules) {
      rule = r;
      if ((best = world.step_out(knobs, r, *wanted))) break;
    }
    if (!best) return std::nullopt;
    for (int& size : sizes) {
      while (size > 1) {
        --size;
        SmallWorld smaller(theory, invariants, sizes);
        auto found = smaller.step_out(knobs, rule, *wanted);
        if (!found) {
          ++size;
          break;
        }
        best = std::move(found);
      }
    }
    return SmallWorld(theory, invariants, sizes).step_out(knobs, rule, *wanted, true);
  });
}

}  // namespace pasid::smt
