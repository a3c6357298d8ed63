#include "src/review/mover_questions.hpp"

#include <algorithm>

#include "spec/lang/rewrite.hpp"
#include "src/smt/keeping.hpp"

namespace pasid::review {

using lang::NodeId;
using lang::RuleTree;

void MoverQuestions::commute(const RuleTree& first, NodeId first_fires, const RuleTree& second, NodeId second_fires,
                             NodeId apart, const Clash& clash, std::vector<Clash>& clashes) {
  const NodeId then = lang::after(tree_, first, second_fires);
  std::vector<NodeId> goals{second_fires, lang::after(tree_, second, first_fires)};
  for (const int cell : cells_) {
    const NodeId read = tree_.read_anywhere(cell);
    const NodeId by_first = lang::after(tree_, first, read);
    const NodeId by_second = lang::after(tree_, second, read);
    if (by_first == read && by_second == read) continue;
    goals.push_back(tree_.eq(lang::after(tree_, first, by_second), lang::after(tree_, second, by_first)));
  }
  show(tree_.conj(apart, tree_.conj(first_fires, then)), goals, {first_fires, then}, clash, clashes);
}

void MoverQuestions::show(NodeId premise, const std::vector<NodeId>& goals, const std::vector<NodeId>& given,
                          const Clash& clash, std::vector<Clash>& clashes) {
  ++all_;
  NodeId goal = tree_.truth(true);
  for (const NodeId g : goals)
    if (std::ranges::find(given, g) == given.end()) goal = tree_.conj(goal, g);
  if (tree_.is_true(goal) || tree_.is_false(premise)) ++by_frame_;
  else asked_.push_back({{premise, goal}, &clashes, clash});
}

std::vector<std::vector<smt::Answer>> MoverQuestions::follow(
    const std::vector<std::vector<smt::Implication>>& groups) const {
  smt::Keeping solver(tree_, knobs_, proof_);
  std::vector<std::vector<smt::Answer>> out;
  for (const auto& group : groups) out.push_back(solver.follow(group));
  return out;
}

void MoverQuestions::answer(bool all) {
  std::vector<std::vector<smt::Implication>> groups;
  std::vector<std::vector<std::size_t>> places;
  for (std::size_t i = 0; i < asked_.size(); ++i) {
    const auto same = [&](const std::vector<std::size_t>& g) { return asked_[g[0]].clashes == asked_[i].clashes; };
    auto place = all ? places.end() : std::ranges::find_if(places, same);
    if (place == places.end()) {
      place = places.insert(place, std::vector<std::size_t>{});
      groups.emplace_back();
    }
    place->push_back(i);
    groups[static_cast<std::size_t>(place - places.begin())].push_back(asked_[i].implication);
  }
  const auto answers = follow(groups);
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const auto stuck = std::ranges::find_if(answers[g], [](smt::Answer a) { return a != smt::Answer::unsat; });
    if (stuck == answers[g].end()) continue;
    Obligation& asked = asked_[places[g][static_cast<std::size_t>(stuck - answers[g].begin())]];
    asked.clash.unknown = *stuck == smt::Answer::unknown;
    asked.clashes->push_back(asked.clash);
  }
  look_for_emptiness();
}

/// A section that cannot fire commutes with everything.
void MoverQuestions::look_for_emptiness() {
  std::vector<std::vector<smt::Implication>> questions;
  for (const auto& [never, mover] : happens_) questions.push_back({never});
  const auto answers = follow(questions);
  for (std::size_t i = 0; i < happens_.size(); ++i)
    happens_[i].second->never = answers[i].front() == smt::Answer::unsat;
}

void MoverQuestions::happens(NodeId where, Mover& mover) { happens_.push_back({{where, tree_.truth(false)}, &mover}); }

}  // namespace pasid::review
