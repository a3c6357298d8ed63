// Laws: the allocator against a naive one that keeps a set or a list of free numbers, for both policies.
#include <algorithm>
#include <iostream>
#include <list>
#include <memory>
#include <optional>
#include <rapidcheck.h>
#include <set>
#include <sstream>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <pasid/engine.hpp>

using namespace pasid::engine;

namespace {

/// Free numbers in a std::set.
class NaiveLowest {
 public:
  NaiveLowest(unsigned width, const std::vector<Range>& reserved) {
    for (Pasid p = 0; p < 1u << width; ++p)
      if (std::none_of(reserved.begin(), reserved.end(), [p](Range r) { return p >= r.first && p <= r.last; }))
        usable_.insert(p);
    free_ = usable_;
  }
  std::optional<Pasid> allocate(Range r) {
    if (r.last < r.first) return std::nullopt;
    const auto at = free_.lower_bound(r.first);
    if (at == free_.end() || *at > r.last) return std::nullopt;
    const Pasid p = *at;
    free_.erase(at);
    return p;
  }
  bool take(Pasid p) { return free_.erase(p) > 0; }
  bool free(Pasid p) { return usable_.contains(p) && free_.insert(p).second; }
  bool taken(Pasid p) const { return usable_.contains(p) && !free_.contains(p); }
  std::size_t available() const { return free_.size(); }

 private:
  std::set<Pasid> usable_, free_;
};

/// Free numbers in a std::list, in the order in which they became free.
class NaiveOldest {
 public:
  NaiveOldest(unsigned width, const std::vector<Range>& reserved) : usable_(width, reserved) {
    while (const auto p = usable_.allocate({0, UINT32_MAX})) free_.push_back(*p);
  }
  std::optional<Pasid> allocate(Range r) {
    for (auto p = free_.begin(); p != free_.end(); ++p) {
      if (*p < r.first || *p > r.last) continue;
      const Pasid found = *p;
      free_.erase(p);
      return found;
    }
    return std::nullopt;
  }
  bool take(Pasid p) { return allocate({p, p}).has_value(); }
  bool free(Pasid p) {
    if (!taken(p)) return false;
    free_.push_back(p);
    return true;
  }
  bool taken(Pasid p) const { return usable_.taken(p) && std::find(free_.begin(), free_.end(), p) == free_.end(); }
  std::size_t available() const { return free_.size(); }

 private:
  NaiveLowest usable_;  ///< all of its numbers are taken
  std::list<Pasid> free_;
};

struct Call {
  enum Kind { allocate, allocate_in, take, free } kind;
  Range range;
};

std::vector<Call> some_calls(unsigned width) {
  const Pasid end = (1u << width) + 2;  // a little beyond
  const auto number = rc::gen::resize(100, rc::gen::inRange<Pasid>(0, end));
  return *rc::gen::container<std::vector<Call>>(
      *rc::gen::inRange<std::size_t>(0, 300),
      rc::gen::map(rc::gen::tuple(rc::gen::weightedElement<Call::Kind>(
                                      {{4, Call::allocate}, {2, Call::allocate_in}, {1, Call::take}, {5, Call::free}}),
                                  number, number),
                   [](const auto& t) {
                     return Call{std::get<0>(t), {std::get<1>(t), std::get<2>(t)}};
                   }));
}

/// Both answer every call alike.
template <class Tested, class Naive>
bool agree(Tested& tested, Naive& naive, const std::vector<Call>& calls, unsigned width) {
  for (const Call& c : calls) {
    bool same = true;
    switch (c.kind) {
      case Call::allocate: same = tested.allocate({0, UINT32_MAX}) == naive.allocate({0, UINT32_MAX}); break;
      case Call::allocate_in: same = tested.allocate(c.range) == naive.allocate(c.range); break;
      case Call::take: same = tested.take(c.range.first) == naive.take(c.range.first); break;
      case Call::free: same = tested.free(c.range.first) == naive.free(c.range.first); break;
    }
    if (!same || tested.available() != naive.available()) return false;
  }
  for (Pasid p = 0; p < (1u << width) + 2; ++p)
    if (tested.taken(p) != naive.taken(p)) return false;
  return true;
}

std::vector<Range> some_reserved(unsigned width) {
  std::vector<Range> out;
  for (const auto& [first, length] : *rc::gen::container<std::vector<std::pair<Pasid, Pasid>>>(
           rc::gen::pair(rc::gen::inRange<Pasid>(0, (1u << width) + 3), rc::gen::inRange<Pasid>(0, 4))))
    out.push_back({first, first + length});
  return out;
}

/// The law, on a tested allocator that `make` makes.
template <class Naive, class Make>
bool law(Make make) {
  return rc::check([make] {
    const unsigned width = *rc::gen::inRange(1u, 9u);
    const auto reserved = some_reserved(width);
    auto tested = make(width, reserved);
    Naive naive(width, reserved);
    RC_ASSERT(agree(*tested, naive, some_calls(width), width));
  });
}

/// A tampered twin: the real allocator with one thing wrong.
class Broken {
 public:
  enum Wrong { order, double_free, range };
  Broken(Wrong wrong, Pick pick, unsigned width, const std::vector<Range>& reserved)
      : wrong_(wrong),
        a_(width, wrong == order ? (pick == Pick::lowest_free ? Pick::oldest_freed_first : Pick::lowest_free) : pick,
           reserved) {}
  std::optional<Pasid> allocate(Range r) { return a_.allocate(wrong_ == range ? Range{r.first, UINT32_MAX} : r); }
  bool take(Pasid p) { return a_.take(p); }
  bool free(Pasid p) { return a_.free(p) || wrong_ == double_free; }
  bool taken(Pasid p) const { return a_.taken(p); }
  std::size_t available() const { return a_.available(); }

 private:
  Wrong wrong_;
  Allocator a_;
};

template <class Naive>
void check_policy(Pick pick) {
  CHECK(law<Naive>(
      [pick](unsigned width, const auto& reserved) { return std::make_unique<Allocator>(width, pick, reserved); }));
}

/// RapidCheck prints counterexamples: those of the twins are wanted and not shown.
template <class Text>
void silently(Text text) {
  std::ostringstream sink;
  auto* const old = std::cerr.rdbuf(sink.rdbuf());
  text();
  std::cerr.rdbuf(old);
}

template <class Naive>
void check_twins(Pick pick) {
  for (const Broken::Wrong wrong : {Broken::order, Broken::double_free, Broken::range})
    silently([&] {
      CHECK_FALSE(law<Naive>([pick, wrong](unsigned width, const auto& reserved) {
        return std::make_unique<Broken>(wrong, pick, width, reserved);
      }));
    });
}

}  // namespace

TEST_CASE("law: with lowest_free the allocator is a set of free numbers") {
  check_policy<NaiveLowest>(Pick::lowest_free);
}
TEST_CASE("law: with oldest_freed_first the allocator is a queue of free numbers") {
  check_policy<NaiveOldest>(Pick::oldest_freed_first);
}
TEST_CASE("the allocator's laws notice a wrong order, a double free and a range overrun") {
  check_twins<NaiveLowest>(Pick::lowest_free);
  check_twins<NaiveOldest>(Pick::oldest_freed_first);
}
