// Vectors: every answer in them is the model's, and each of them can be got wrong.
#include "tests/support/conform_vectors.hpp"

#include <algorithm>
#include <cstring>
#include <set>
#include <sstream>

#include <doctest/doctest.h>

#include "spec/calls.hpp"
#include "src/conform/checker.hpp"
#include "src/conform/vectors/beside.hpp"
#include "src/conform/vectors/digest.hpp"
#include "src/conform/vectors/file.hpp"

namespace {

using namespace pasid;                    // NOLINT(google-build-using-namespace)
using namespace pasid::conform;           // NOLINT(google-build-using-namespace)
using namespace pasid::conform::vectors;  // NOLINT(google-build-using-namespace)
using test::catalogue;
using test::conform_model;
using test::covering_of;
using test::small_worlds;
using test::world_named;

/// Where the checker, which knows nothing of how vectors are made, does not allow an answer; the length: nowhere.
std::size_t disallowed_at(const World& world, const std::vector<Call>& calls, const std::vector<Answer>& answers) {
  Checker checker(catalogue(), world);
  for (std::size_t i = 0; i < calls.size(); ++i)
    if (checker.step(calls[i], answers[i]) != Checker::Result::ok) return i;
  return calls.size();
}

}  // namespace

TEST_CASE("vectors: the checker allows every answer, and notices every last answer that is altered") {
  for (const auto name : small_worlds) {
    const World world = world_named(name);
    const auto tests = covering_of(world);
    REQUIRE(tests.size() > 300);
    for (const Test& t : tests) {
      const auto calls = calls_of(catalogue(), t);
      auto answers = answers_of(catalogue(), world, t);
      CAPTURE(t.comment);
      REQUIRE(disallowed_at(world, calls, answers) == calls.size());
      Answer& last = answers.back();
      const Answer right = last;
      last = {Answer::Kind::error, right.err == EIO ? EBUSY : EIO, {}, {}};
      REQUIRE(disallowed_at(world, calls, answers) == calls.size() - 1);
      if (right.kind == Answer::Kind::ok) {
        last = {Answer::Kind::would_block, 0, {}, {}};
        REQUIRE(disallowed_at(world, calls, answers) == calls.size() - 1);
      }
      if (right.kind == Answer::Kind::ok && right.results[0] != 0) {
        last = right;
        ++last.results[0];
        REQUIRE(disallowed_at(world, calls, answers) == calls.size() - 1);
      }
    }
  }
}

TEST_CASE("vectors: no two tests of a world ask for the same") {
  for (const auto name : small_worlds) {
    std::set<std::string> seen;
    const World world = world_named(name);
    for (const Test& t : covering_of(world)) {
      std::string key;
      for (const Call& c : calls_of(catalogue(), t)) {
        key += std::to_string(c.kind) + ':';
        for (const auto a : c.args) key += std::to_string(a) + ',';
      }
      CHECK(seen.insert(key).second);
    }
  }
}

TEST_CASE("vectors: what goes wrong beside an answer leaves it, and tells guards that are checked in another order") {
  lang::Tree other = conform_model().tree;  // the twin: a bind asks for memory before it looks at the slot
  auto& guards = other.rules[static_cast<std::size_t>(other.rule_named("bind.reserve"))].guards;
  const auto named = [&](std::string_view label) { return std::ranges::find(guards, label, &lang::Guard::label); };
  REQUIRE(named("bind.slot-free") + 1 == named("bind.memory-for-handle"));
  std::iter_swap(named("bind.slot-free"), named("bind.memory-for-handle"));
  const explore::Reading reading = explore::edited_reading(other, conform_model().tree);
  const Catalogue swapped(other, reading, conform_model().knobs);
  std::size_t told = 0;
  for (const auto name : small_worlds) {
    const World world = world_named(name);
    Asking asking(catalogue(), world.facts);
    Asking asking_swapped(swapped, world.facts);
    const auto covering = covering_of(world);
    for (const Test& t : covering) CHECK(disagreement(asking_swapped, t).empty());
    const auto tests = beside(covering, asking);
    CHECK(!tests.empty());
    for (const Test& t : tests) {
      CAPTURE(t.comment);
      CHECK(disagreement(asking, t).empty());
      CHECK(disallowed_at(world, calls_of(catalogue(), t), answers_of(catalogue(), world, t)) == t.calls.size());
      CHECK(t.flags == std::vector<std::string>{"covering", "beside"});
      if (!disagreement(asking_swapped, t).empty()) ++told;
    }
  }
  CHECK(told > 0);
}

TEST_CASE("vectors: each guard that a bind on a small device can fail at has a test there") {
  std::set<std::string> met;
  for (const auto name : {"a group with a narrow device", "a device two bits wide", "a device without ATS",
                          "a unit that walks no process tables", "one dedicated queue"})
    for (const Test& t : covering_of(world_named(name)))
      if (catalogue()[t.calls.back().kind.call].name == "bind") met.emplace(t.calls.back().kind.guard);
  for (const lang::RuleTree& rule : conform_model().tree.rules)
    if (rule.label == "bind.pasid" || rule.label == "bind.reserve")
      for (const lang::Guard& g : rule.guards)
        // Its knobs decide two: it has SVA, and its highest numbers are like any others.
        if (g.kind == lang::GuardKind::require && g.label != "bind.sva-supported" &&
            g.label != "bind.pasid-below-maximum")
          CHECK(met.contains(std::string(g.label)));
}

TEST_CASE("vectors: there is a world with a number that no allocator has, though the device takes it") {
  const World world = world_named("a number that nobody hands out");
  const spec::NativeFacts& f = world.facts;
  const lang::Id<spec::Dev> dev{1};
  const lang::Id<spec::Pasid> one{world.atom(1)};
  CHECK((f.fits(dev, one) && !f.user_range(one) && !f.kernel_set(dev, one)));
  const std::vector<std::pair<std::uint32_t, std::uint32_t>> expected{{1, 1}, {4, (1U << 20) - 1}};
  CHECK(reserved(world) == expected);
  bool shown = false;  // binds get 2 and 3
  for (const Test& t : covering_of(world))
    for (const Asked& a : t.calls) {
      const CallKind& call = catalogue()[a.kind.call];
      if (call.name != "bind" || a.kind.says != Answer::Kind::ok) continue;
      CHECK(a.args[call.results[0]] != one.v);
      shown = shown || world.number(a.args[call.results[0]]) == 3;
    }
  CHECK(shown);
}

TEST_CASE("vectors: the file is the same for the same seed, whatever the number of threads") {
  GenerateOptions options;
  options.suites = {.covering = false, .history = false, .chained = true, .smoke = false};
  options.chain_length = 60;
  const auto text = [&](unsigned threads, std::uint64_t seed) {
    options.threads = threads;
    options.seed = seed;
    std::ostringstream out;
    write(out, catalogue(), generate(catalogue(), conform_model().knobs, options), {"linux-7.3", "chained", seed});
    return out.str();
  };
  const std::string one = text(1, 7);
  CHECK(one == text(2, 7));
  CHECK(one != text(1, 8));
}

TEST_CASE("vectors: bugs of real kernels are told by the sequences that made them known") {
  std::vector<World> worlds;
  for (const auto name : {"one shared queue", "a group with a narrow device"}) worlds.push_back(world_named(name));
  const std::vector<const World*> places{&worlds[0], &worlds[1]};
  const auto of = [&](std::string_view id) {
    Told out = told(catalogue(), places, io::load_bug(conform_model().tree, std::string(id)));
    REQUIRE_MESSAGE(out.test, id << ": " << out.why_not);
    return out;
  };
  const auto words = [](const Told& t) {
    std::string out;
    for (const Asked& a : t.test->calls) out += std::string(catalogue()[a.kind.call].name) + ' ';
    return out + answer_name(t.test->calls.back().kind) + ", not " + t.wrong;
  };
  // The mm's end (here by exec) frees its number while the file is open: the next mm gets it and finds the slot taken.
  CHECK(words(of("G07")) == "process.create bind exec bind ok, not EBUSY");
  // No bound on what is attached.
  CHECK(of("G14").test->calls.size() == 1);
  CHECK(of("G14").wrong == "ok");
  // Whoever has the highest number is bound once.
  CHECK(words(of("G34")) == "process.create bind bind ok, not EOVERFLOW");
  // Both ways round of LAM and SVA; one is enough to tell.
  CHECK(of("G31").test->calls.size() == 3);
  // The forked child has its parent's number before it has bound anything.
  CHECK(words(of("G01")).starts_with("process.create bind process.fork "));
  // What comes of an mm struct that goes too early depends on when it goes.
  CHECK_FALSE(of("G08").always);
}

TEST_CASE("vectors: a world says which number is a device's highest where its design asks for it, and nowhere else") {
  World world = world_named("a device two bits wide");
  const auto highest = [&] {
    std::vector<std::uint32_t> out;
    for (std::uint8_t p = 1; p <= world.facts.size<spec::Pasid>(); ++p)
      if (std::as_const(world.facts).highest(lang::Id<spec::Dev>{1}, lang::Id<spec::Pasid>{p}))
        out.push_back(world.number(p));
    return out;
  };
  CHECK(highest().empty());
  world.facts.reuse_check() = spec::ReuseCheck::exclusive;
  tell_highest(world);
  CHECK(highest() == std::vector<std::uint32_t>{3});
  for (const auto& axiom : spec::native_axioms()) CHECK(axiom.holds(world.facts));
  // The axiom holds of nothing else: a second one, or one that has a number above it.
  world.facts.highest(lang::Id<spec::Dev>{1}, lang::Id<spec::Pasid>{2}) = true;
  CHECK_FALSE(std::ranges::all_of(spec::native_axioms(), [&](const auto& a) { return a.holds(world.facts); }));
}

TEST_CASE("vectors: a long run ends in the state that its answers lead the checker to") {
  for (const auto name : small_worlds) {
    const World world = world_named(name);
    Asking asking(catalogue(), world.facts);
    const Chain chain = chained(conform_model().tree, world, asking, 300, 1);
    REQUIRE(chain.test.calls.size() == 300);
    const auto calls = calls_of(catalogue(), chain.test);
    const auto answers = answers_of(catalogue(), world, chain.test);
    Checker checker(catalogue(), world);
    std::set<std::string> digests;
    for (std::size_t i = 0; i < calls.size(); ++i) REQUIRE(checker.step(calls[i], answers[i]) == Checker::Result::ok);
    for (const auto& s : checker.states()) digests.insert(digest(conform_model().tree, world, s));
    CHECK(digests == std::set<std::string>{chain.digest});
  }
}

TEST_CASE("vectors: of a belief that is bounded it is said where that is not all") {
  const World world = world_named(small_worlds[0]);
  Asking asking(catalogue(), world.facts);
  Asking bounded(catalogue(), world.facts);
  bounded.at_most(1);
  std::vector<Belief> open{Asking::start()};
  std::size_t wide = 0;
  std::size_t narrow = 0;
  for (std::size_t i = 0; i < open.size() && i < 40; ++i) {
    const Belief before = open[i];
    asking.each(before, [&](const Asked& asked, Belief&& after) {
      open.push_back(after);
      if (after.size() == 1 && !bounded.overflowed()) {
        Belief same;
        CHECK(bounded.ask(before, asked.kind.call, asked.args, same) == std::optional(asked));
        CHECK(std::memcmp(same.data(), after.data(), sizeof same[0]) == 0);
        CHECK_FALSE(bounded.overflowed());
        ++narrow;
      } else if (after.size() > 1) {
        Belief less;
        (void)bounded.ask(before, asked.kind.call, asked.args, less);
        CHECK(less.size() <= 1);
        CHECK(bounded.overflowed());
        ++wide;
      }
      return true;
    });
  }
  CHECK(narrow > 0);
  CHECK(wide > 0);
  CHECK_FALSE(asking.overflowed());
}

TEST_CASE("vectors: another design, or a rule that is not the same, is another model") {
  const auto& model = conform_model();
  const std::string here = digest(model.tree, model.knobs);
  spec::NativeFacts other = model.knobs;
  other.occupancy_check() = spec::Switch::off;
  CHECK(digest(model.tree, other) != here);
  lang::Tree tree = model.tree;
  auto& guards = tree.rules[static_cast<std::size_t>(tree.rule_named("bind.pasid"))].guards;
  guards.pop_back();
  CHECK(digest(tree, model.knobs) != here);
  CHECK(digest(model.tree, world_named("two devices").facts) == here);  // nothing but the knobs counts
}

TEST_CASE("vectors: a digest is of the text that its docstring gives") {
  const World world = world_named("one shared queue");
  spec::NativeState s;
  CHECK(digest(conform_model().tree, world, s) == "cbf29ce484222325");  // of no text: FNV's offset basis
  s.resetting(lang::Id<spec::Dev>{1}) = true;
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : std::string("resetting(dev1)=true\n"))
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  std::ostringstream hex;
  hex << std::hex << hash;
  CHECK(digest(conform_model().tree, world, s) == hex.str());
}

TEST_CASE("vectors: of a belief of more states than it may have it is said that it is not all, and of others not") {
  const World world = world_named("one shared queue");
  /// The most states that it may be in on the way, as far as that goes.
  const auto most_after = [](Asking& asking, const Test& test) {
    Belief belief = Asking::start();
    std::size_t most = 0;
    for (const Asked& call : test.calls) {
      Belief after;
      if (!asking.ask(belief, call.kind.call, call.args, after)) break;
      belief = std::move(after);
      most = std::max(most, belief.size());
    }
    return most;
  };
  Asking all(catalogue(), world.facts);
  Asking enough(catalogue(), world.facts);
  enough.at_most(256);
  std::size_t with_several = 0;
  for (const Test& test : covering_of(world)) {
    const std::size_t most = most_after(all, test);
    CHECK(most_after(enough, test) == most);
    if (most < 2 || with_several == 5) continue;
    ++with_several;
    Asking one(catalogue(), world.facts);  // the twin
    one.at_most(1);
    CHECK_FALSE(one.overflowed());
    CHECK(most_after(one, test) == 1);
    CHECK(one.overflowed());
  }
  CHECK(with_several == 5);
  CHECK_FALSE(all.overflowed());
  CHECK_FALSE(enough.overflowed());
}
