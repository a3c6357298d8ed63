#include <cstring>
#include <set>

#include <doctest/doctest.h>

#include "proofs/model.hpp"
#include "spec/lang/memory.hpp"
#include "src/review/any_elements.hpp"
#include "src/review/shell_commands.hpp"
#include "src/review/shell_tables.hpp"
#include "src/trace/formula.hpp"
#include "src/trace/itf.hpp"

namespace pasid::review {
namespace {

struct Reviewer {
  explicit Reviewer(const std::string& design = "linux-7.3")
      : session(proofs::model(), explore::native_reading(), io::load_design(proofs::model(), design)),
        commands(session, 80) {}
  std::string say(const std::string& line) { return commands.run(line).text; }
  std::string wrong(const std::string& line) {
    try {
      (void)commands.run(line);
    } catch (const std::invalid_argument& e) {
      return e.what();
    }
    return "";
  }
  ShellSession session;
  ShellCommands commands;
};

bool same(const spec::NativeState& a, const spec::NativeState& b) { return std::memcmp(&a, &b, sizeof a) == 0; }

/// Is the variable a column's heading, or a line of its own?
bool shown(const std::string& tables, std::string_view cell) {
  return (" " + tables).find(" " + std::string(cell)) != std::string::npos ||
         tables.find("\n" + std::string(cell)) != std::string::npos;
}

TEST_CASE("shell: every variable of the state is shown where it says something, and none where nothing is there") {
  const lang::Tree& tree = proofs::model();
  const Reviewer r;
  const auto& facts = r.session.facts();
  std::size_t cells = 0;
  for (const lang::CellInfo& cell : tree.cells) {
    if (cell.rigid) continue;
    ++cells;
    spec::NativeState s{};
    bool first = true;
    lang::each_index(facts, cell, [&](std::span<const std::uint8_t> index) {
      if (first) reinterpret_cast<std::uint8_t*>(&s)[lang::place(cell, index)] = 1;
      first = false;
    });
    CAPTURE(cell.name);
    CHECK(shown(state_tables(tree, facts, s, 80), cell.name));
    CHECK_FALSE(shown(state_tables(tree, facts, {}, 80), cell.name));  // the twin: it is the value that brings it
  }
  CHECK(cells > 30);
}

TEST_CASE("shell: a table with everything in it keeps to 80 columns") {
  const lang::Tree& tree = proofs::model();
  const Reviewer r;
  spec::NativeState s{};
  for (const lang::CellInfo& cell : tree.cells) {
    if (cell.rigid) continue;
    lang::each_index(r.session.facts(), cell, [&](std::span<const std::uint8_t> index) {
      reinterpret_cast<std::uint8_t*>(&s)[lang::place(cell, index)] = 1;
    });
  }
  std::istringstream lines(state_tables(tree, r.session.facts(), s, 80));
  for (std::string line; std::getline(lines, line);) CHECK_MESSAGE(line.size() <= 80, line);
}

TEST_CASE("shell: a step by its arguments is the step by its number, and one that is left open is refused") {
  Reviewer r;
  CHECK(r.wrong("step process.create").starts_with("step: that could be 4 steps"));
  r.say("step process.create thread=T1 mm=A");
  const auto state = r.session.state();
  r.say("undo");
  r.say("step 1");
  CHECK(same(r.session.state(), state));
  CHECK(r.wrong("step unbind file=file1").starts_with("step: unbind is blocked by stop.turn"));
  CHECK(r.wrong("step bind thread=T7") == "step: 'T7' is no task");
  CHECK(r.wrong("step bind colour=red") == "step: 'colour=red' is no argument of bind");
  CHECK(r.wrong("step nothing") == "there is no step 'nothing' at this grain");
  CHECK(r.wrong("step 0").starts_with("step: there are steps 1 to "));
  CHECK(same(r.session.state(), state));
}

TEST_CASE("shell: what makes no sense is said in one line, and nothing changes") {
  Reviewer r;
  r.say("step 1");
  const auto before = r.commands.script();
  for (const char* line :
       {"nonsense", "undo now", "jump 9", "jump x", "redo", "holds", "holds entry(", "holds 1 == 2", "scope Task=0",
        "scope Elephant=2", "world 0", "world 1 shared(wq1)=maybe", "world 1 no_such=set", "grain middle",
        "load /nowhere/at/all", "source /nowhere", "take", "help nonsense", "save /nowhere/at/all"}) {
    const std::string said = r.wrong(line);
    CAPTURE(line);
    CHECK_FALSE(said.empty());
    CHECK(said.find('\n') == std::string::npos);
    CHECK(r.commands.script() == before);
  }
  CHECK(r.wrong("undo").empty());  // the twin: this one makes sense
}

TEST_CASE("shell: run goes the shortest way to a condition, and says where there is none") {
  Reviewer r;
  r.say("scope Task=1 Dev=1 Wq=1 Bond=1 Desc=1 As=1 only-mms");
  CHECK(r.say("run bond_at(file1) == live").starts_with("1 process.create"));
  CHECK(r.session.at() == 2);
  CHECK(r.say("holds bond_mm(file1) == A") == "true here\n");
  CHECK(r.say("holds bond_mm(file1) == none") == "false here\n");
  r.say("jump 0");
  CHECK(r.say("run task_mm(T1) != none && mm_at(A) == none").starts_with("no: these are all "));
  CHECK(r.session.at() == 0);
}

TEST_CASE(
    "shell: reach finds the shortest trace, which is taken, or proves that there is none, or says that it is unknown") {
  Reviewer r("linux-7.3");
  CHECK(r.commands.run("reach BoundThreadCanSubmit").json["verdict"] == "reachable");
  r.say("take");
  const auto violated = r.session.violated();
  CHECK(std::set(violated.begin(), violated.end()).contains("BoundThreadCanSubmit"));
  CHECK(r.commands.run("reach OnePasidPerMm").json["verdict"] == "unreachable");
  // What names elements is proved of any that are like them, in so far as that is true.
  r.say("scope Task=2 Dev=2");
  CHECK(r.commands.run("reach task_mm(T1) == A && mm_at(A) == none").json["verdict"] == "unreachable");
  CHECK(r.commands.run("reach entry(dev1, p2) == B").json["verdict"] == "reachable");
  // It is reachable, but far: more states than are looked at are nearer.
  r.say("scope Task=4 Dev=2 Wq=3 Bond=3 Desc=3 As=4");
  const std::string far =
      "bond_at(file1) == live && bond_at(file2) == live && bond_at(file3) == live && task_mm(T3) != "
      "none && task_mm(T4) != none";
  CHECK(r.commands.run("reach " + far).json["verdict"] == "unknown");
}

TEST_CASE("shell: a condition that names elements is, told of any like them, true where it is, and not everywhere") {
  Reviewer r("linux-7.3");
  r.say("scope Task=2 Dev=2 Wq=2");
  const auto both = [&](const std::string& text) {
    const auto c = review::read_condition(proofs::model(), r.session.facts(), text);
    const auto any = review::of_any_elements(c, r.session.facts());
    CHECK_FALSE(any.names_elements);
    return std::pair(review::holds(c, r.session.facts(), r.session.state()),
                     review::holds(any, r.session.facts(), r.session.state()));
  };
  const std::pair yes{true, true}, no{false, false}, of_another{false, true};
  CHECK(both("task_mm(T1) == A") == no);
  r.say("run task_mm(T1) == A");
  CHECK(both("task_mm(T1) == A") == yes);
  CHECK(both("task_mm(T2) == A") == of_another);
  CHECK(both("task_mm(T1) == B") == of_another);
  CHECK(both("task_mm(T1) == A && task_mm(T2) == A") == no);  // two names are two elements
  CHECK(both("task_mm(T1) == none") == of_another);
  // Facts go with the names: of no queue that is as this one is, is it true.
  CHECK(both("task_mm(T1) == A && shared(wq1)") == both("shared(wq1)"));
  CHECK(both("task_mm(T1) == A && !shared(wq1) && shared(wq2)") == both("!shared(wq1) && shared(wq2)"));
}

TEST_CASE("shell: a session is loaded from the trace that it saved, and not from one that was tampered with") {
  Reviewer r;
  r.say("run exists file f: bond_at(f) == live");
  REQUIRE(r.session.at() == 2);
  const auto state = r.session.state();
  trace::Trace t = r.session.trace();
  Reviewer other;
  other.session.load(trace::read_itf(proofs::model(), trace::to_itf(proofs::model(), t).dump()));
  CHECK(same(other.session.state(), state));
  CHECK(other.session.at() == 2);

  const auto refused = [&](trace::Trace bad) {
    Reviewer fresh;
    try {
      fresh.session.load(bad);
    } catch (const std::invalid_argument&) {
      return fresh.session.at() == 0;
    }
    return false;
  };
  auto wrong_state = t;
  wrong_state.steps[1].after = {};
  CHECK(refused(wrong_state));
  auto left_out = t;
  left_out.steps.erase(left_out.steps.begin());
  CHECK(refused(left_out));
  auto half_a_call = t;  // its sections fire, but a call is not left half done
  half_a_call.steps[1].firings.resize(1);
  spec::NativeState half = half_a_call.steps[0].after;
  const auto& f = half_a_call.steps[1].firings[0];
  const spec::NativeState before = half;
  (void)explore::native_reading().rules[static_cast<std::size_t>(f.rule)].apply(t.facts, before, half, f.args.data(),
                                                                                false);
  half_a_call.steps[1].after = half;
  CHECK(refused(half_a_call));
  auto other_design = t;
  other_design.facts = Reviewer("linux-6.12").session.facts();
  CHECK(refused(other_design));
}

TEST_CASE("shell: the last word of a line is completed by what can stand there") {
  Reviewer r;
  CHECK(r.commands.completions("und") == std::vector<std::string>{"undo"});
  CHECK(r.commands.completions("step process.cr") == std::vector<std::string>{"process.create"});
  CHECK(r.commands.completions("step process.create thread=T") == std::vector<std::string>{"thread=T1", "thread=T2"});
  CHECK(r.commands.completions("xyz").empty());
}

}  // namespace
}  // namespace pasid::review
