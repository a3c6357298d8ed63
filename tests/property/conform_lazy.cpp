// Law: taking what happens by itself as late as possible gives the verdicts that taking it at any time gives.
#include <rapidcheck.h>

#include <doctest/doctest.h>

#include "src/conform/checker.hpp"
#include "src/conform/driver.hpp"
#include "tests/support/conform_worlds.hpp"

using namespace pasid;
using namespace pasid::test;
using conform::Answer;
using conform::Checker;

namespace {

/// An answer that some implementation gives: one that the model allows in some open state, with what happens by itself
/// or without; or any.
Answer some_answer(Checker& all, const conform::Call& call) {
  const auto ways = all.ways(call);
  const conform::CallKind& kind = catalogue()[call.kind];
  if (!ways.empty() && *rc::gen::inRange(0, 6) != 0)
    return all.stepper().answer(ways[*rc::gen::inRange<std::size_t>(0, ways.size())], kind);
  Answer out;
  out.kind = *rc::gen::element(Answer::Kind::ok, Answer::Kind::error, Answer::Kind::would_block);
  out.err = *rc::gen::element(EBUSY, ENOSPC, EINVAL, ENOMEM);
  out.results[0] = *rc::gen::inRange<std::uint32_t>(1, 4);
  return out;
}

struct Seen {
  int judged = 0;
  int disallowed = 0;
  int doubtful = 0;  ///< with several states open
};

/// The verdicts of `options` and of a checker that takes everything at once differ nowhere.
bool same_verdicts(const conform::CheckerOptions& options, Seen& seen) {
  return rc::check([&] {
    const auto& world = two_devices()[*rc::gen::inRange<std::size_t>(0, two_devices().size())];
    Checker late(catalogue(), world, options);
    Checker all(catalogue(), world, {.eager = true});
    conform::Foresight foresight(catalogue(), world);
    const int length = *rc::gen::inRange(0, 80);
    const auto below = [](int n) { return *rc::gen::resize(100, rc::gen::inRange(0, n)); };
    const auto kinds = static_cast<int>(catalogue().calls().size());
    for (int i = 0; i < length; ++i) {
      // Processes that end while others hold numbers are what this is about.
      foresight.follow(all.states()[*rc::gen::inRange<std::size_t>(0, all.states().size())]);
      const bool bind = below(3) == 0;
      const auto call = foresight.draw(bind ? catalogue().named("bind") : below(kinds), below, 4);
      if (!call) continue;
      const Answer answer = some_answer(all, *call);
      const auto a = late.step(*call, answer);
      const auto b = all.step(*call, answer);
      RC_ASSERT(a == b);
      ++seen.judged;
      seen.disallowed += a == Checker::Result::disallowed ? 1 : 0;
      seen.doubtful += all.states().size() > 1 ? 1 : 0;
      RC_ASSERT(late.states().size() <= all.states().size());
    }
  });
}

}  // namespace

TEST_CASE("law: what happens by itself can be taken as late as an answer needs it") {
  Seen seen;
  CHECK(same_verdicts({}, seen));
  CHECK(seen.judged > 1000);
  CHECK(seen.disallowed > 50);
  CHECK(seen.doubtful > 100);
}
