#include "src/explore/slice_model.hpp"

#include <algorithm>

#include "spec/lang/rewrite.hpp"
#include "src/explore/uniform.hpp"

namespace pasid::explore {

using lang::NodeId;

Slicer::Model::Model(const lang::Tree& original, std::span<const spec::NativeFacts> topologies, const Transitions& all)
    : tree(original), transitions(all.list()), rules_(tree.rules.size()) {
  Uniform uniform(tree, topologies);
  const auto folded = [&](NodeId id) { return uniform.fold(lang::fold(tree, id, &topologies.front())); };
  for (const Transition& t : transitions)
    for (const Section& s : t.sections)
      for (const int number : {s.rule, s.undo}) {
        if (number < 0) continue;
        auto& known = rules_[static_cast<std::size_t>(number)];
        if (known) continue;
        known = tree.rules[static_cast<std::size_t>(number)];
        for (lang::Guard& g : known->guards) g.condition = folded(g.condition);
        for (lang::Write& w : known->writes) {
          for (NodeId& i : w.index) i = folded(i);
          w.condition = folded(w.condition);
          w.value = folded(w.value);
        }
        std::erase_if(known->writes, [&](const lang::Write& w) { return tree.is_false(w.condition); });
      }
  for (const lang::Formula& f : tree.formulas)
    if (f.kind == lang::FormulaKind::property) properties.push_back({f.judges, folded(f.applies), folded(f.body)});
  find_earliest(topologies);
}

int Slicer::Model::least(std::span<const int> wanted) const {
  int out = any_length + 1;
  for (const int p : wanted) out = std::min(out, violated_[static_cast<std::size_t>(p)]);
  return out;
}

/// Step by step, what every transition possible by now adds to the values that cells can have.
void Slicer::Model::find_earliest(std::span<const spec::NativeFacts> topologies) {
  earliest.assign(transitions.size(), any_length + 1);
  violated_.assign(properties.size(), any_length + 1);
  Possible now(tree, topologies);
  judge(now, 0);
  bool more = true;
  for (int step = 1; step <= any_length && more; ++step) {
    Possible next = now;
    more = false;
    for (std::size_t i = 0; i < transitions.size(); ++i) {
      Possible within = now;
      if (!happens(transitions[i], within)) continue;
      earliest[i] = std::min(earliest[i], step);
      more = next.merge(within) || more;
    }
    now = std::move(next);
    judge(now, step);
  }
}

void Slicer::Model::judge(Possible& now, int step) {
  for (std::size_t p = 0; p < properties.size(); ++p)
    if (now.can_fail(properties[p].body)) violated_[p] = std::min(violated_[p], step);
}

/// Can it come to an end? Adds what its sections write to the values that cells can have.
bool Slicer::Model::happens(const Transition& t, Possible& within) {
  if (decided_by_first(t) && !within.enabled(rule(t.sections[0].rule))) return false;
  for (bool more = true; more;) {
    more = false;
    for (const Section& s : t.sections)
      for (const int number : {s.rule, s.undo})
        if (number >= 0 && within.enabled(rule(number))) more = within.fire(rule(number)) || more;
    more = more && !alone(t);
  }
  return std::ranges::all_of(
             t.sections, [&](const Section& s) { return s.optional || s.repeated || within.enabled(rule(s.rule)); }) ||
         std::ranges::any_of(t.sections, [&](const Section& s) { return within.refusing(rule(s.rule)); });
}

}  // namespace pasid::explore
