// The way to what a search has found, told as a path and run again.
#include <algorithm>
#include <stdexcept>

#include "src/explore/breadth_first.hpp"
#include "src/explore/offence.hpp"

namespace pasid::explore {
namespace {

PathStep step_of(const Successor& to) {
  PathStep out{std::string(to.by.label), to.by.call, {to.fired.begin(), to.fired.end()}, to.after(), {}};
  if (to.refused != nullptr) out.refused = *to.refused;
  return out;
}

}  // namespace

Path BreadthFirst::path_of(std::size_t i) const {
  Path path = path_to(violating_[i]);
  if (!initial_[i]) add_offence(path, property(i));
  return named_by_first_use(tree_, path);
}

/// A concrete path: from each state the first transition into the next one's class.
Path BreadthFirst::path_to(StateId target) const {
  std::vector<StateId> chain;
  for (StateId s = target; s != no_state; s = seen_.parent(s)) chain.push_back(s);
  std::ranges::reverse(chain);
  const auto key_of = [&](StateId s) {
    std::vector<Word> out(seen_.key_words());
    seen_.key(s, out.data());
    return out;
  };
  OpenedState start;
  worlds_.open(key_of(chain.front()), start);
  const World& world = *start.world;
  Path path{*world.facts, {}};
  std::vector<Word> key(seen_.key_words());
  Transitions::Counts ignored;
  for (std::size_t i = 1; i < chain.size(); ++i) {
    const spec::NativeState state = path.last();
    const std::vector<Word> wanted = key_of(chain[i]);
    bool found = false;
    transitions_.each_successor(*world.facts, state, Twins{}, ignored, [&](const Successor& to) {
      if (found) return;
      worlds_.key(world, to.after(), reinterpret_cast<std::uint8_t*>(key.data()));
      found = key == wanted;
      if (found) path.steps.push_back(step_of(to));
    });
    if (!found)
      throw std::logic_error("search: step " + std::to_string(i) +
                             " of a path does not happen from the state before it");
  }
  return path;
}

/// Adds the transition that violates the property. A property of steps is about the firing of one rule: a call is
/// told rule by rule, up to the one that does.
void BreadthFirst::add_offence(Path& path, const RunnableProperty& p) const {
  const spec::NativeState state = path.last();
  bool found = false;
  Transitions::Counts ignored;
  transitions_.each_successor(path.facts, state, Twins{}, ignored, [&](const Successor& to) {
    if (found) return;
    const std::size_t count = offence(p, path.facts, state, to);
    found = count > 0;
    if (!found) return;
    if (p.judges != lang::PropertyKind::step || to.states.size() == 1) return path.steps.push_back(step_of(to));
    for (std::size_t i = 0; i < count; ++i) {
      const auto& rule = tree_.rules[static_cast<std::size_t>(to.fired[i].rule)];
      path.steps.push_back({std::string(rule.label), false, {to.fired[i]}, to.states[i], {}});
    }
  });
  if (!found)
    throw std::logic_error("search: no transition from the state found violates '" + std::string(p.name) + "'");
}

void BreadthFirst::verify(const Path& path, const RunnableProperty& p) const {
  replay(reading_, path);
  if (!violates(p, path.facts, path.before_last(), path.last()))
    throw std::logic_error("replay: after step " + std::to_string(path.steps.size()) + " property '" +
                           std::string(p.name) + "' holds");
}

}  // namespace pasid::explore
