#include "src/conform/driver.hpp"

#include "spec/lang/memory.hpp"

namespace pasid::conform {

Foresight::Foresight(const Catalogue& catalogue, const World& world) : stepper_(catalogue, world, true) {}

void Foresight::reset(const spec::NativeState& state) {
  state_ = state;
  settle();
}

void Foresight::follow(const spec::NativeState& state) { reset(state); }

/// One hidden step after another; they end, for what is dropped and forgotten does not come back by itself.
void Foresight::settle() {
  std::vector<Stepper::HiddenStep> steps;
  for (int limit = 0; limit < 64; ++limit) {
    steps.clear();
    stepper_.hidden(state_, steps);
    if (steps.empty()) return;
    state_ = steps.front().after;
  }
}

std::optional<Answer> Foresight::foretell(const Call& call) {
  ways_.clear();
  if (stepper_.ways(state_, call, ways_) == Stepper::Meaning::not_given || ways_.empty()) return std::nullopt;
  return stepper_.answer(ways_.front(), stepper_.catalogue()[call.kind]);
}

bool Foresight::take(const Call& call) {
  if (!foretell(call)) return false;
  reset(ways_.front().after);
  return true;
}

std::optional<Call> Foresight::draw(int kind, const std::function<int(int)>& below, int tries) {
  const CallKind& k = stepper_.catalogue()[kind];
  for (; tries > 0; --tries) {
    Call call{kind, {}};
    bool possible = true;
    for (const std::uint8_t p : k.inputs) {
      const int n = lang::size_of(stepper_.world().facts, k.params[p].sort);
      possible = possible && n > 0;
      if (!possible) break;
      // The environment's ordinary outcome comes first; others are as likely all together.
      const bool ordinary = k.params[p].sort->kind == lang::SortKind::enumeration && below(4) != 0;
      call.args[p] = static_cast<std::uint8_t>(ordinary ? 1 : 1 + below(n));
    }
    if (!possible) return std::nullopt;
    if (foretell(call)) return call;
  }
  return std::nullopt;
}

}  // namespace pasid::conform
