#include "src/smt/keeping.hpp"

#include <algorithm>
#include <stdexcept>

#include "spec/lang/edit.hpp"
#include "src/smt/proving.hpp"

namespace pasid::smt {

/// Nothing was asked of these theories yet: what `proof` did not prove is left out of them first.
void Proving::assume_only(const Proof& proof) {
  for (std::size_t i = 0; i < theory_.candidates.size(); ++i) {
    const Item* item = proof.find(theory_.candidates[i].name);
    if (item != nullptr && item->status == Status::proved) continue;
    solving_.drop(i);
    world_.forget(theory_.candidates[i].body);
  }
  std::erase_if(theory_.of_steps, [&](const Candidate& c) {
    const Item* item = proof.find(c.name);
    return item == nullptr || item->status != Status::proved;
  });
}

/// The work, with a rule that is none of the design's as the last one; nothing where the knobs alone refuse it.
template <class Work>
void Proving::with_rule(const lang::RuleTree& whole, const Work& work) {
  lang::RuleTree rule = lang::fold(theory_.tree, whole, &knobs_);
  if (refused_by_knobs(theory_.tree, rule)) return;
  theory_.rules.push_back(std::move(rule));
  work(theory_.rules.size() - 1);
  theory_.forget(theory_.rules.back());
  theory_.rules.pop_back();
}

std::vector<Break> Proving::broken_without(std::string_view label) {
  std::vector<Break> out;
  bool has_it = false;
  for (const lang::RuleTree& whole : whole_.rules) {
    lang::RuleTree rule = whole;
    if (!theory_.tree.is_true(lang::fold(theory_.tree, rule.only_if, &knobs_))) continue;
    if (!lang::take_away(theory_.tree, rule, label)) continue;
    has_it = true;
    with_rule(rule, [&](std::size_t) { ask_of_the_last(out); });
  }
  if (!has_it) throw std::invalid_argument("no rule of the design has '" + std::string(label) + "'");
  return out;
}

bool Proving::keeps(const lang::RuleTree& changed) {
  bool all = true;
  with_rule(changed, [&](std::size_t r) {
    const auto kept = [&](const Candidate& formula) { return solving_.kept(r, formula).answer == Answer::unsat; };
    for (const std::size_t c : solving_.alive()) all = all && kept(theory_.candidates[c]);
    for (const Candidate& property : theory_.of_steps) all = all && kept(property);
  });
  return all;
}

/// What is an invariant, and does the last rule keep it?
void Proving::ask_of_the_last(std::vector<Break>& out) {
  const std::size_t r = theory_.rules.size() - 1;
  const std::string name(theory_.rules[r].label);
  std::vector<std::size_t> open;
  for (const std::size_t c : solving_.alive()) {
    if (solving_.kept(r, theory_.candidates[c]).answer != Answer::unsat) open.push_back(c);
  }
  while (!open.empty()) {
    const auto falls = world_.step_out(knobs_, r, open, SmallWorld::most_conflicts);
    if (falls.empty()) break;
    for (const std::size_t c : falls) out.push_back({name, theory_.candidates[c].name, Answer::sat});
    std::erase_if(open, [&](std::size_t c) { return std::ranges::find(falls, c) != falls.end(); });
  }
  for (const std::size_t c : open) {
    const Answer answer = solving_.by_search(solving_.question(r, theory_.candidates[c])).answer;
    if (answer != Answer::unsat) out.push_back({name, theory_.candidates[c].name, answer});
  }
  for (const Candidate& property : theory_.of_steps) {
    Answer answer = solving_.kept(r, property).answer;
    if (answer != Answer::unsat && world_.step_out(knobs_, r, property)) answer = Answer::sat;
    if (answer == Answer::unknown) answer = solving_.by_search(solving_.question(r, property)).answer;
    if (answer != Answer::unsat) out.push_back({name, property.name, answer});
  }
}

Keeping::Keeping(const lang::Tree& tree, const spec::NativeFacts& knobs, const Proof& proof,
                 std::shared_ptr<const Hints> hints) {
  ProveOptions options;
  options.hints = std::move(hints);
  asking_z3([&] {
    proving_ = std::make_unique<Proving>(tree, knobs, options);
    proving_->assume_only(proof);
  });
}

Keeping::~Keeping() = default;

std::vector<Break> Keeping::without(std::string_view label) {
  return asking_z3([&] { return proving_->broken_without(label); });
}

bool Keeping::keeps(const lang::RuleTree& changed) {
  return asking_z3([&] { return proving_->keeps(changed); });
}

std::vector<Answer> Keeping::follow(const std::vector<Implication>& implications) {
  return asking_z3([&] { return proving_->follow(implications); });
}

}  // namespace pasid::smt
