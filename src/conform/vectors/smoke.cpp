#include "src/conform/vectors/smoke.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <tuple>

namespace pasid::conform::vectors {
namespace {

bool less(const Kind& a, const Kind& b) {
  return std::tie(a.call, a.says, a.err, a.guard, a.number) < std::tie(b.call, b.says, b.err, b.guard, b.number);
}
struct Less {
  using Met = std::pair<Kind, Kind>;
  bool operator()(const Kind& a, const Kind& b) const { return less(a, b); }
  bool operator()(const Met& a, const Met& b) const {
    return less(a.first, b.first) || (!less(b.first, a.first) && less(a.second, b.second));
  }
};

/// Picks one test after another, always one that adds the most.
class Picking {
 public:
  Picking(const Catalogue& catalogue, std::deque<WorldTests>& worlds) {
    for (WorldTests& w : worlds)
      for (Test& t : w.tests) left_.push_back({&t, beyond(basic(), catalogue, w.world, t)});
  }

  static constexpr std::size_t a_kind = 1000;  ///< what a kind that a test adds is worth; a pair is worth 1

  /// Until `most` are picked, or none that needs no more than that adds what is worth at least so much.
  void pick(std::size_t most, std::size_t needs, std::size_t least = 1) {
    for (; picked_ < most; ++picked_) {
      Left* best = nullptr;
      std::size_t wanted = least;
      for (Left& one : left_) {
        // What a test adds only shrinks as others are picked: one that was worth less the last time is not looked at.
        if (one.needs > needs || one.worth < wanted) continue;
        one.worth = worth(*one.test);
        if (one.worth < wanted) continue;
        best = &one;
        wanted = one.worth + 1;
      }
      if (best == nullptr) return;
      take(*best->test);
      best->worth = 0;
    }
  }

 private:
  struct Left {
    Test* test;
    std::size_t needs;
    std::size_t worth = std::numeric_limits<std::size_t>::max();
  };

  [[nodiscard]] std::size_t worth(const Test& test) const {
    std::set<Kind, Less> kinds;
    std::set<Less::Met, Less> pairs;
    for (std::size_t k = 0; k < test.calls.size(); ++k) {
      const Kind& kind = test.calls[k].kind;
      if (!kinds_.contains(kind)) kinds.insert(kind);
      if (k > 0 && !pairs_.contains({test.calls[k - 1].kind, kind})) pairs.insert({test.calls[k - 1].kind, kind});
    }
    return a_kind * kinds.size() + pairs.size();
  }

  void take(Test& test) {
    test.flags.emplace_back("smoke");
    for (std::size_t k = 0; k < test.calls.size(); ++k) {
      kinds_.insert(test.calls[k].kind);
      if (k > 0) pairs_.insert({test.calls[k - 1].kind, test.calls[k].kind});
    }
  }

  std::vector<Left> left_;
  std::size_t picked_ = 0;
  std::set<Kind, Less> kinds_;
  std::set<Less::Met, Less> pairs_;
};

}  // namespace

const Capabilities& basic() {
  static const Capabilities out{.name = "basic",
                                .calls = {"process.create", "exit", "bind", "unbind"},
                                .several_units = false,
                                .grouped_devices = false};
  return out;
}

std::size_t beyond(const Capabilities& offered, const Catalogue& catalogue, const World& world, const Test& test) {
  std::set<std::string> missing;
  for (const Asked& a : test.calls) {
    const CallKind& kind = catalogue[a.kind.call];
    if (!offered.offers(kind.name)) missing.emplace(kind.name);
    for (const std::uint8_t k : kind.inputs)
      if (!offered.can_tell(kind.params[k], a.args[k])) missing.insert(choice_name(kind.params[k], a.args[k]));
  }
  return missing.size() + (offered.lacks(world).empty() ? 0 : 1);
}

void pick_smoke(const Catalogue& catalogue, std::deque<WorldTests>& worlds, std::size_t most) {
  Picking picking(catalogue, worlds);
  picking.pick(most / 4, 0);
  picking.pick(most / 2, 1);
  picking.pick(3 * most / 4, 3, Picking::a_kind);
  picking.pick(most, std::numeric_limits<std::size_t>::max());
}

}  // namespace pasid::conform::vectors
