// Why a formula fell: a step that breaks it, as small as it can be, and what it fell for want of.
#include <algorithm>
#include <numeric>

#include "src/smt/proving.hpp"

namespace pasid::smt {
namespace {

/// A counterexample to the induction of one formula, looked for.
class Explaining {
 public:
  Explaining(const lang::Tree& tree, const spec::NativeFacts& knobs, const Proof& proof, std::string_view formula)
      : theory_(tree, knobs), knobs_(knobs), rules_(theory_.rules.size()) {
    for (const auto* among : {&theory_.candidates, &theory_.of_steps})
      if (const auto it = std::ranges::find(*among, formula, &Candidate::name); it != among->end()) formula_ = &*it;
    for (const Candidate& c : theory_.candidates) {
      const Item* item = proof.find(c.name);
      if (item != nullptr && item->status == Status::proved) proved_.push_back(c.body);
      else if (&c != formula_ && c.kind == lang::FormulaKind::lemma) fallen_.push_back(&c);
    }
    // The rule at which the formula fell comes first, so that the explanation matches the report.
    std::iota(rules_.begin(), rules_.end(), std::size_t{0});
    if (const Item* item = proof.find(formula))
      std::ranges::stable_partition(rules_, [&](std::size_t r) { return theory_.rules[r].label == item->fell_at; });
  }

  std::optional<InductionCounterexample> run(int most) {
    if (formula_ == nullptr) return std::nullopt;
    std::vector<lang::NodeId> all = proved_;
    for (const Candidate* c : fallen_) all.push_back(c->body);
    if (auto out = smallest(all, sizes_of(theory_.tree, std::min(most, few)))) {
      out->beside_fallen = true;
      return out;
    }
    auto out = smallest(proved_, sizes_of(theory_.tree, most));
    if (out) out->kept_with = kept_with();
    return out;
  }

 private:
  /// A step from a state with these invariants, in a world in which no sort can have fewer.
  std::optional<InductionCounterexample> smallest(const std::vector<lang::NodeId>& invariants, Sizes sizes) {
    z3::context z3;
    SmallWorld world(z3, theory_, invariants, sizes);
    std::size_t rule = 0;
    const auto breaks = [&](std::size_t r) {
      rule = r;
      return world.step_out(knobs_, r, *formula_).has_value();
    };
    if (!std::ranges::any_of(rules_, breaks)) return std::nullopt;
    for (int& size : sizes) {
      while (size > 1) {
        --size;
        if (step_out(invariants, sizes, rule, false)) continue;
        ++size;
        break;
      }
    }
    return step_out(invariants, sizes, rule, true);
  }

  /// In a context of its own: which step is found hangs on no world that was looked at before.
  std::optional<InductionCounterexample> step_out(const std::vector<lang::NodeId>& invariants, const Sizes& sizes,
                                                  std::size_t rule, bool sparse) {
    z3::context z3;
    return SmallWorld(z3, theory_, invariants, sizes).step_out(knobs_, rule, *formula_, sparse);
  }

  std::vector<std::string> kept_with() {
    std::vector<lang::NodeId> spare;
    for (const Candidate* c : fallen_) spare.push_back(c->body);
    z3::context z3;
    const auto needed = SmallWorld(z3, theory_, proved_, sizes_of(theory_.tree, few)).needed(rules_, *formula_, spare);
    std::vector<std::string> out;
    for (const Candidate* c : fallen_)
      if (needed && std::ranges::find(*needed, c->body) != needed->end()) out.push_back(c->name);
    return out;
  }

  Theory theory_;
  const spec::NativeFacts& knobs_;
  std::vector<std::size_t> rules_;
  const Candidate* formula_ = nullptr;
  std::vector<lang::NodeId> proved_;
  std::vector<const Candidate*> fallen_;  ///< lemmas besides the formula; a property that fell may well be false
};

}  // namespace

std::optional<InductionCounterexample> explain(const lang::Tree& tree, const spec::NativeFacts& knobs,
                                               const Proof& proof, std::string_view formula, int most) {
  return asking_z3([&] { return Explaining(tree, knobs, proof, formula).run(most); });
}

}  // namespace pasid::smt
