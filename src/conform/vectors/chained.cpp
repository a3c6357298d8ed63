#include "src/conform/vectors/chained.hpp"

#include <algorithm>
#include <map>
#include <random>

#include "src/conform/vectors/digest.hpp"

namespace pasid::conform::vectors {
namespace {

/// Every mm is there or not, and none is on its way out: its names and numbers can be used again.
bool settled(const spec::NativeFacts& facts, const Belief& belief) {
  if (belief.size() != 1) return false;
  for (int a = 1; a <= facts.size<spec::As>(); ++a) {
    const auto at = belief.front().mm_at(lang::Id<spec::As>{static_cast<std::uint8_t>(a)});
    if (!(at == lang::none) && at != spec::Step::live) return false;
  }
  return true;
}

}  // namespace

Chain chained(const lang::Tree& tree, const World& world, Asking& asking, std::size_t length, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::map<std::pair<int, std::string>, std::size_t> answered;
  Belief belief = Asking::start();
  Chain out;
  out.test.flags = {"chained"};
  while (out.test.calls.size() < length) {
    struct Choice {
      Asked asked;
      Belief after;
      std::size_t answered;
    };
    std::vector<Choice> choices;
    std::size_t least = static_cast<std::size_t>(-1);
    asking.each(belief, [&](const Asked& asked, Belief&& after) {
      if (!settled(asking.facts(), after)) return true;
      const std::size_t so_far = answered[{asked.kind.call, answer_name(asked.kind) + std::string(asked.kind.guard)}];
      if (so_far < least) choices.clear();
      least = std::min(least, so_far);
      if (so_far == least) choices.push_back({asked, std::move(after), so_far});
      return true;
    });
    if (choices.empty()) break;
    Choice& taken = choices[random() % choices.size()];
    ++answered[{taken.asked.kind.call, answer_name(taken.asked.kind) + std::string(taken.asked.kind.guard)}];
    out.test.calls.push_back(taken.asked);
    belief = std::move(taken.after);
  }
  out.test.comment = std::to_string(out.test.calls.size()) + " calls, " + std::to_string(answered.size()) +
                     " kinds of answers, and the state at the end";
  out.digest = digest(tree, world, belief.front());
  return out;
}

}  // namespace pasid::conform::vectors
