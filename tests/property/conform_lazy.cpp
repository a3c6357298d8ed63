// Law: taking what happens by itself as late as possible gives the verdicts that taking it at any time gives. Its
// twins, checkers that take it once and for all, or forget one of two ways it may have gone, do not.
#include <rapidcheck.h>
#include <sstream>

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
  int kept = 0;      ///< also where everything is taken late
};

/// What a twin does to a checker after each answer.
using Spoil = void (*)(Checker&);

/// The verdicts of a checker and of one that takes everything at once differ nowhere.
auto same_verdicts(Seen& seen, Spoil spoil = nullptr) {
  return [&seen, spoil] {
    const auto& world = two_devices()[*rc::gen::inRange<std::size_t>(0, two_devices().size())];
    Checker late(catalogue(), world);
    Checker all(catalogue(), world, {.eager = true});
    conform::Foresight foresight(catalogue(), world);
    const int length = *rc::gen::resize(100, rc::gen::inRange(20, 160));
    const auto below = [](int n) { return *rc::gen::resize(100, rc::gen::inRange(0, n)); };
    const auto kinds = static_cast<int>(catalogue().calls().size());
    for (int i = 0; i < length; ++i) {
      // Processes that end while others hold numbers are what this is about.
      foresight.follow(all.states()[*rc::gen::inRange<std::size_t>(0, all.states().size())]);
      constexpr std::array often{"process.create", "bind", "bind", "bind", "exit", "unbind"};
      const int which = below(2 * static_cast<int>(often.size()));
      const bool any = which >= static_cast<int>(often.size());
      const int kind = any ? below(kinds) : catalogue().named(often.at(static_cast<std::size_t>(which)));
      auto call = foresight.draw(kind, below, 4);
      if (!call) continue;
      // A bind that runs out of memory keeps a number that nobody was told of.
      for (const std::uint8_t k : catalogue()[kind].inputs)
        if (const auto* sort = catalogue()[kind].params[k].sort;
            sort == &lang::sort_info<spec::Memory> && below(2) == 0)
          call->args[k] = static_cast<std::uint8_t>(1 + below(static_cast<int>(sort->enumerators.size())));
      const Answer answer = some_answer(all, *call);
      const auto a = late.step(*call, answer);
      const auto b = all.step(*call, answer);
      RC_ASSERT(a == b);
      if (spoil != nullptr) spoil(late);
      ++seen.judged;
      seen.disallowed += a == Checker::Result::disallowed ? 1 : 0;
      seen.doubtful += all.states().size() > 1 ? 1 : 0;
      seen.kept += late.states().size() > 1 ? 1 : 0;
      RC_ASSERT(late.states().size() <= all.states().size());
    }
  };
}

/// Empty, or how the law fails. It is put to more sequences than usual: what it is about is rare.
std::string failure_of_law(Seen& seen, Spoil spoil = nullptr) {
  auto params = rc::detail::configuration().testParams;
  params.maxSuccess *= 20;
  params.disableShrinking = spoil != nullptr;
  const auto result = rc::detail::checkTestable(same_verdicts(seen, spoil), rc::detail::TestMetadata{}, params);
  std::ostringstream out;
  if (!result.is<rc::detail::SuccessResult>()) rc::detail::printResultMessage(result, out);
  return out.str();
}

bool is_noticed(Spoil spoil) {
  Seen seen;
  return !failure_of_law(seen, spoil).empty();
}

}  // namespace

TEST_CASE("law: what happens by itself can be taken as late as an answer needs it") {
  Seen seen;
  CHECK(failure_of_law(seen) == "");
  CHECK(seen.judged > 20'000);
  CHECK(seen.disallowed > 1000);
  CHECK(seen.doubtful > 2000);
  CHECK(seen.kept > 500);
}

TEST_CASE("the law notices a checker that forgets that something may have happened by itself") {
  CHECK(is_noticed([](Checker& late) { late.reset(spec::NativeState(late.states().front())); }));
}

TEST_CASE("the law notices a checker that takes what happens by itself once and for all") {
  CHECK(is_noticed([](Checker& late) {
    spec::NativeState state = late.states().front();
    std::vector<conform::Stepper::HiddenStep> steps;
    while (steps.clear(), late.stepper().hidden(state, steps), !steps.empty()) state = steps.front().after;
    late.reset(state);
  }));
}
