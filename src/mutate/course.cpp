#include "src/mutate/course.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace pasid::mutate {

using spec::NativeFacts;
using spec::NativeState;

Watch::Watch(const Original& original, std::span<const Mutant> mutants, const std::vector<char>& open)
    : original_(original), mutants_(mutants), open_(open), reading_(explore::native_reading()),
      parted_(mutants.size()) {
  for (std::size_t m = 0; m < mutants.size(); ++m)
    if (mutants[m].of_a_rule()) by_rule_[mutants[m].rule].push_back(m);
  for (const auto& [rule, of] : by_rule_) watch(rule);
  catalogue_.emplace(original.tree, reading_, original.knobs);
}

bool same(const conform::World& a, const conform::World& b) {
  return a.numbers == b.numbers && std::memcmp(&a.facts, &b.facts, sizeof a.facts) == 0;
}

/// Between the rule and whoever tries it: what do the mutants?
void Watch::watch(int rule) {
  auto& apply = reading_.rules[static_cast<std::size_t>(rule)].apply;
  apply = [this, rule, own = apply](const NativeFacts& f, const NativeState& s, NativeState& n,
                                    const std::uint8_t* args, bool policies) {
    const lang::Outcome outcome = own(f, s, n, args, policies);
    if (stepper_) look(rule, s, n, args, outcome);
    return outcome;
  };
}

void Watch::look(int number, const NativeState& s, const NativeState& n, const std::uint8_t* args,
                 const lang::Outcome& outcome) {
  std::vector<std::size_t>& mutants = by_rule_[number];
  std::erase_if(mutants, [&](std::size_t m) { return open_[m] == 0; });
  if (mutants.empty()) return;
  const lang::RuleTree& rule = *original_.rule(mutants_[mutants.front()].of);
  const std::size_t params = rule.params.size();
  const std::size_t ended = end_of(rule, outcome);
  if (ended > rule.guards.size()) return;  // a number that the policy passes over
  const std::size_t hash = std::hash<std::string_view>{}({reinterpret_cast<const char*>(&s), sizeof s}) ^
                           std::hash<std::string_view>{}({reinterpret_cast<const char*>(args), params}) * 31 ^
                           static_cast<std::size_t>(number) * 0x9e3779b97f4a7c15U;
  const auto [place, is_new] = parting_.try_emplace(hash);
  if (is_new)
    for (const std::size_t m : mutants)
      if (stepper_->parting(rule, {{args, params}, s, outcome, n}, ended, mutants_[m]) != Parting::nowhere)
        place->second.push_back(m);
  for (const std::size_t m : place->second) parted_[m] = 1;
}

std::optional<Course> Watch::run(const conform::VectorGroup& group, const conform::VectorTest& test) {
  if (!test.lacks.empty()) return std::nullopt;
  if (world_ == nullptr || !same(*world_, group.world)) {
    world_ = &group.world;
    parting_.clear();
    stepper_.emplace(original_.tree, group.world.facts);
    asking_.emplace(*catalogue_, group.world.facts);
  }
  std::ranges::fill(parted_, 0);
  Course out{&group, &test, {}, {}};
  conform::vectors::Belief belief = conform::vectors::Asking::start();
  for (const conform::Call& call : test.calls) {
    conform::vectors::Belief after;
    const conform::CallKind& listed = (*group.catalogue)[call.kind];
    const int kind = catalogue_->named(listed.name);
    if (!asking_->ask(belief, kind, conform::vectors::inputs_for(listed, call.args, (*catalogue_)[kind]), after))
      return std::nullopt;
    belief = std::move(after);
    out.after.push_back(belief);
  }
  for (std::size_t m = 0; m < parted_.size(); ++m)
    if (parted_[m] != 0 && open_[m] != 0) out.parted.push_back(m);
  return out;
}

}  // namespace pasid::mutate
