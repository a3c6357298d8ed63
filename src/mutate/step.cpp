#include "src/mutate/step.hpp"

#include <algorithm>
#include <cstring>

namespace pasid::mutate {

using lang::Guard;
using lang::RuleTree;

namespace {

bool same_outcome(const RuleTree& a, std::size_t x, const RuleTree& b, std::size_t y) {
  const bool fires = x == a.guards.size();
  const bool other_fires = y == b.guards.size();
  if (fires || other_fires) return fires && other_fires;
  return review::outcome_of(a.guards[x]) == review::outcome_of(b.guards[y]);
}

}  // namespace

std::size_t end_of(const RuleTree& rule, const lang::Outcome& outcome) {
  if (outcome.kind == lang::Outcome::Kind::done) return rule.guards.size();
  const auto failed = std::ranges::find(rule.guards, std::string_view(outcome.label), &Guard::label);
  return static_cast<std::size_t>(failed - rule.guards.begin());
}

bool no_new_name(const RuleTree& rule, std::size_t ended, const RuleTree& changed, std::size_t other) {
  if (ended >= rule.guards.size() || other >= changed.guards.size()) return false;
  const Guard& taken = changed.guards[other];
  if (taken.kind != lang::GuardKind::choose || taken.pick != lang::Pick::any) return false;
  const auto own = std::ranges::find(rule.guards, taken.label, &Guard::label);
  return own - rule.guards.begin() > static_cast<std::ptrdiff_t>(ended) && own != rule.guards.end();
}

Parting Stepper::parting(const RuleTree& rule, const Tried& tried, std::size_t ended, const Mutant& mutant) {
  if (ended < mutant.alike) return Parting::nowhere;
  after_ = tried.before;
  outcome_ = evaluate_.apply(mutant.changed, &tried.before, &after_, tried.args);
  if (ended < rule.guards.size() && review::outcome_of(rule.guards[ended]).is == review::Outcome::Is::not_asked)
    return fires() ? Parting::unasked : Parting::nowhere;
  const std::size_t other = end_of(mutant.changed, outcome_);
  if (no_new_name(rule, ended, mutant.changed, other)) return Parting::nowhere;
  if (!same_outcome(rule, ended, mutant.changed, other)) return Parting::asked;
  return fires() && std::memcmp(&after_, &tried.after, sizeof after_) != 0 ? Parting::asked : Parting::nowhere;
}

std::string words(const RuleTree& rule, const lang::Outcome& outcome) {
  if (outcome.kind == lang::Outcome::Kind::done) return "fires";
  const std::size_t at = end_of(rule, outcome);
  std::string said = "does not fire";
  if (at < rule.guards.size()) switch (review::outcome_of(rule.guards[at]).is) {
      case review::Outcome::Is::not_asked: said = "has no meaning"; break;
      case review::Outcome::Is::refused: said = std::string("answers -") + strerrorname_np(rule.guards[at].err); break;
      case review::Outcome::Is::waits: said = "waits"; break;
      case review::Outcome::Is::faults: said = "faults"; break;
      case review::Outcome::Is::not_picked: said = "picks another"; break;
    }
  return said + " (" + outcome.label + ")";
}

}  // namespace pasid::mutate
