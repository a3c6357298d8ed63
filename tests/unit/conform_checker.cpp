// The checker on sequences by hand: what it allows, what it does not, and how it says so.
#include <doctest/doctest.h>

#include "src/conform/replay.hpp"
#include "src/trace/text.hpp"
#include "tests/support/conform_calls.hpp"

using namespace pasid;
using namespace pasid::test;
using conform::Answer;
using conform::Call;
using conform::Checker;
using Result = Checker::Result;

namespace {

constexpr auto ok = Answer::Kind::ok;
constexpr auto error = Answer::Kind::error;

Answer number(std::uint32_t p) { return {ok, 0, {p}, {}}; }

struct Run {
  Checker checker{catalogue(), shared_world()};
  Result operator()(const Call& c, const Answer& a = {}) { return checker.step(c, a); }
};

}  // namespace

TEST_CASE("a process opens a queue under the lowest free number") {
  Run run;
  CHECK(run(call("process.create", {{"thread", 1}, {"mm", 1}})) == Result::ok);
  const Call bind = call("bind", {{"thread", 1}, {"wq", 1}, {"file", 1}});
  CHECK(run(bind, number(2)) == Result::disallowed);
  CHECK(run(bind, number(9)) == Result::disallowed);  // no such number in this world
  CHECK(run(bind, {error, EBUSY, {}, {}}) == Result::disallowed);
  CHECK(run(bind, number(1)) == Result::ok);
  CHECK(run(bind, number(1)) == Result::not_given);  // the file is open
  CHECK(run.checker.states().size() == 1);
}

TEST_CASE("any number will do where allocators may pick as they like") {
  Checker checker(catalogue(), shared_world(), {.policies = false});
  CHECK(checker.step(call("process.create", {{"thread", 1}, {"mm", 1}}), {}) == Result::ok);
  CHECK(checker.step(call("bind", {{"thread", 1}, {"wq", 1}, {"file", 1}}), number(3)) == Result::ok);
  // What a bind gives that fails later is not told: any of them.
  CHECK(checker.step(call("process.create", {{"thread", 3}, {"mm", 2}}), {}) == Result::ok);
  CHECK(checker.step(call("bind", {{"thread", 3}, {"wq", 1}, {"file", 2}, {"memory", 3}}), {error, ENOMEM, {}, {}}) ==
        Result::ok);
  CHECK(checker.states().size() == 3);
  CHECK(checker.step(call("bind", {{"thread", 3}, {"wq", 1}, {"file", 2}}), number(3)) == Result::disallowed);
  CHECK(checker.step(call("bind", {{"thread", 3}, {"wq", 1}, {"file", 2}}), number(4)) == Result::ok);
  CHECK(checker.states().size() == 1);
}

TEST_CASE("waiting means that nothing is done, and the answer of a call that has no meaning is none") {
  Run run;
  run(call("process.create", {{"thread", 1}, {"mm", 1}}));
  run(call("bind", {{"thread", 1}, {"wq", 1}, {"file", 1}}), number(1));
  CHECK(run(call("portal.map", {{"thread", 1}, {"file", 1}})) == Result::ok);
  CHECK(run(call("unbind", {{"file", 1}})) == Result::disallowed);  // the portal is mapped
  CHECK(run(call("unbind", {{"file", 1}}), {Answer::Kind::would_block, 0, {}, {}}) == Result::ok);
  CHECK(run(call("portal.unmap", {{"thread", 1}, {"file", 1}})) == Result::ok);
  CHECK(run(call("unbind", {{"file", 1}}), {Answer::Kind::would_block, 0, {}, {}}) == Result::disallowed);
  CHECK(run(call("unbind", {{"file", 1}})) == Result::ok);
  CHECK(run(call("unbind", {{"file", 1}})) == Result::not_given);
}

TEST_CASE("ENQCMD fills the MSR once for each thread: a thread that executes another program faults for good") {
  Run run;
  run(call("process.create", {{"thread", 1}, {"mm", 1}}));
  run(call("bind", {{"thread", 1}, {"wq", 1}, {"file", 1}}), number(1));
  run(call("portal.map", {{"thread", 1}, {"file", 1}}));
  const Call enqcmd = call("enqcmd.submit", {{"thread", 1}, {"file", 1}, {"work", 1}});
  CHECK(run(enqcmd, {Answer::Kind::gp_fault, 0, {}, {}}) == Result::disallowed);
  CHECK(run(enqcmd) == Result::ok);
  CHECK(run(call("work.reap", {{"work", 1}})) == Result::ok);
  CHECK(run(call("exec", {{"thread", 1}, {"new", 2}})) == Result::ok);
  CHECK(run(call("bind", {{"thread", 1}, {"wq", 1}, {"file", 2}}), number(2)) == Result::ok);
  CHECK(run(call("portal.map", {{"thread", 1}, {"file", 2}})) == Result::ok);
  const Call again = call("enqcmd.submit", {{"thread", 1}, {"file", 2}, {"work", 1}});
  CHECK(run(again) == Result::disallowed);
  CHECK(run(again, {Answer::Kind::gp_fault, 0, {}, {}}) == Result::ok);
}

TEST_CASE("an mm is dropped when an answer needs it, and not before") {
  Run run;
  run(call("process.create", {{"thread", 1}, {"mm", 1}}));
  run(call("bind", {{"thread", 1}, {"wq", 1}, {"file", 1}}), number(1));
  run(call("exit", {{"thread", 1}}));
  run(call("unbind", {{"file", 1}}));
  CHECK(run(call("process.create", {{"thread", 1}, {"mm", 2}})) == Result::ok);
  SUBCASE("it was") {
    CHECK(run(call("bind", {{"thread", 1}, {"wq", 1}, {"file", 1}}), number(1)) == Result::ok);
    CHECK(run(call("process.create", {{"thread", 2}, {"mm", 1}})) == Result::ok);  // and its name is free again
  }
  SUBCASE("a lazy-TLB borrower has it still") {
    CHECK(run(call("bind", {{"thread", 1}, {"wq", 1}, {"file", 1}}), number(2)) == Result::ok);
  }
  SUBCASE("nobody can tell: a bind that fails took one or the other") {
    const Answer no_slot{error, ENOMEM, {}, {}};
    CHECK(run(call("bind", {{"thread", 1}, {"wq", 1}, {"file", 1}, {"memory", 4}}), no_slot) == Result::ok);
    CHECK(run.checker.states().size() == 2);
    CHECK(run(call("bind", {{"thread", 1}, {"wq", 1}, {"file", 1}}), number(3)) == Result::disallowed);
    CHECK(run(call("bind", {{"thread", 1}, {"wq", 1}, {"file", 1}}), number(2)) == Result::ok);
    CHECK(run.checker.states().size() == 1);
  }
}

namespace {

/// Answers from lists.
struct Scripted : conform::Backend {
  conform::Capabilities can{.name = "scripted"};
  std::vector<Answer> script;
  std::vector<conform::Ready> resets;  ///< to the first resets; the others are well
  std::string wrong;                   ///< with nobody asking
  std::size_t at = 0;
  std::size_t reset_at = 0;
  [[nodiscard]] const conform::Capabilities& capabilities() const override { return can; }
  conform::Ready reset(const conform::World&) override {
    at = 0;
    return reset_at < resets.size() ? resets[reset_at++] : conform::Ready{};
  }
  void apply(std::span<const Call> calls, std::span<Answer> answers) override {
    for (std::size_t i = 0; i < calls.size(); ++i) answers[i] = script[at++];
  }
  std::string failed() override { return wrong; }
};

using Kind = conform::Verdict::Kind;
using Where = conform::Verdict::Where;

}  // namespace

TEST_CASE(
    "replay: what goes wrong at a reset, or with nobody asking, is a verdict, and what is not supported is none") {
  const std::vector<Call> sequence{call("process.create", {{"thread", 1}, {"mm", 1}})};
  const auto replayed = [&](std::vector<conform::Ready> resets, const std::string& wrong = {}) {
    Scripted backend;
    backend.script = {{}};
    backend.resets = std::move(resets);
    backend.wrong = wrong;
    return conform::replay(catalogue(), shared_world(), sequence, backend);
  };
  const conform::Ready yes;
  const conform::Ready no{conform::Ready::Kind::unsupported, "too small"};
  const conform::Ready dead{conform::Ready::Kind::failed, "it died"};
  const auto is = [](const conform::Verdict& v, Kind kind, std::size_t at) {
    return v.kind == kind && v.where == Where::reset && v.at == at && v.calls() == at;
  };
  CHECK(replayed({yes, yes}).kind == Kind::ok);
  CHECK(is(replayed({no}), Kind::not_asked, 0));
  CHECK(is(replayed({dead}), Kind::backend_failed, 0));
  CHECK(replayed({dead}).what == "at its reset: it died");
  // A reset follows the last call too. What was supported before is so still.
  CHECK(is(replayed({yes, dead}), Kind::backend_failed, 1));
  CHECK(is(replayed({yes, no}), Kind::backend_failed, 1));
  const auto after = replayed({}, "it spoke");
  CHECK(after.kind == Kind::backend_failed);
  CHECK(after.where == Where::after);
  CHECK(after.what == "after call 1: it spoke");
}

TEST_CASE("replay says what is wrong with a number that was picked") {
  const std::vector<Call> sequence{
      call("process.create", {{"thread", 1}, {"mm", 1}}), call("bind", {{"thread", 1}, {"wq", 1}, {"file", 1}}),
      call("process.create", {{"thread", 3}, {"mm", 2}}), call("bind", {{"thread", 3}, {"wq", 1}, {"file", 2}}),
      call("bind", {{"thread", 1}, {"wq", 1}, {"file", 3}})};
  const auto about = [&](std::uint32_t first, std::uint32_t second, std::uint32_t third) {
    Scripted backend;
    backend.script = {{}, number(first), {}, number(second), number(third)};
    return conform::replay(catalogue(), shared_world(), sequence, backend).pick;
  };
  CHECK(about(1, 2, 1).empty());
  CHECK(about(1, 1, 1) == "1 (p2) is held by A");
  CHECK(about(1, 3, 1) == "3 (p4) is free, but so is 2 (p3), which is lower");
  CHECK(about(1, 2, 2) == "A has a number already, 1 (p2)");
  CHECK(about(0, 2, 1) == "0 is the number of requests without a PASID");
  const std::uint32_t most = conform::max_pasids(shared_world(), 1);
  CHECK(about(most, 2, 1).ends_with("does not fit dev1, which has " + std::to_string(most) + " PASIDs"));
}

TEST_CASE("replay says which call was wrong, what was expected and by which guard") {
  const std::vector<Call> sequence{
      call("process.create", {{"thread", 1}, {"mm", 1}}), call("bind", {{"thread", 1}, {"wq", 2}, {"file", 1}}),
      call("process.create", {{"thread", 3}, {"mm", 2}}), call("bind", {{"thread", 3}, {"wq", 2}, {"file", 2}})};
  Scripted backend;
  backend.script = {{}, number(1), {}, number(2)};
  const auto replayed = [&] { return conform::replay(catalogue(), shared_world(), sequence, backend); };
  const auto wrong = replayed();
  CHECK(wrong.kind == Kind::disallowed);
  CHECK(wrong.at == 3);
  CHECK(wrong.what == "bind thread=T3 wq=wq2 file=file2: answers ok pasid=2 (p3)");
  REQUIRE(wrong.expected.size() == 1);
  CHECK(wrong.expected[0].answer.err == EBUSY);
  CHECK(wrong.expected[0].guard == "bind.queue-takes-client");
  CHECK(wrong.expected[0].cites.find("idxd_cdev_open()") != std::string::npos);
  CHECK(wrong.trace.steps.size() == 3);

  backend.script[3] = {error, EBUSY, {}, {}};
  CHECK(replayed().kind == Kind::ok);
  backend.script[1] = {Answer::Kind::failure, 0, {}, "hangs"};
  CHECK(replayed().kind == Kind::backend_failed);
  CHECK(replayed().at == 1);
  backend.script[0] = {Answer::Kind::unsupported, 0, {}, {}};
  CHECK(replayed().kind == Kind::not_asked);
  CHECK(replayed().at == 0);
}
