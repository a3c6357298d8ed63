#include "src/smt/prove.hpp"

#include <algorithm>

#include "src/smt/proving.hpp"

namespace pasid::smt {

std::vector<lang::NodeId> Proving::bodies() const {
  std::vector<lang::NodeId> out;
  for (const Candidate& c : theory_.candidates) out.push_back(c.body);
  return out;
}

/// Items in the tree's order, properties first.
void Proving::sort_items(Proof& proof) const {
  const auto rank = [&](const Item& i) {
    const auto at = std::ranges::find(whole_.formulas, i.name, &lang::Formula::name);
    return std::pair(i.kind, at - whole_.formulas.begin());
  };
  std::ranges::stable_sort(proof.items, {}, rank);
}

Proof Proving::run() {
  const double start = cpu_seconds();
  Proof proof;
  prove_states(proof);
  for (const std::string& name : theory_.not_applicable)
    proof.items.push_back({name, lang::FormulaKind::property, Status::not_applicable, {}});
  prove_steps(proof);
  look_for_emptiness(proof);
  prove_calls(proof);  // last: it adds to the tree what no small world can read out
  sort_items(proof);
  share_scripts(proof);
  proof.seconds = cpu_seconds() - start + beside_;
  return proof;
}

const Item* Proof::find(std::string_view name) const {
  for (const Item& i : items)
    if (i.name == name) return &i;
  return nullptr;
}

Proof prove(const lang::Tree& tree, const spec::NativeFacts& knobs, const ProveOptions& options) {
  return asking_z3([&] { return Proving(tree, knobs, options).run(); });
}

std::vector<Answer> can_fail_first(const lang::Tree& tree, const spec::NativeFacts& knobs, const Proof& proof,
                                   const std::vector<GuardName>& guards) {
  return asking_z3([&] { return Proving(tree, knobs, {}).can_fail_first(proof, guards); });
}

std::vector<Answer> follow(const lang::Tree& tree, const spec::NativeFacts& knobs, const Proof& proof,
                           const std::vector<Implication>& implications) {
  return Keeping(tree, knobs, proof).follow(implications);
}

}  // namespace pasid::smt
