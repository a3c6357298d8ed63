// Laws of a reviewer's session, on walks through linux-7.3.
#include <cstring>
#include <filesystem>
#include <fstream>
#include <rapidcheck.h>
#include <set>

#include <doctest/doctest.h>

#include "proofs/model.hpp"
#include "src/review/shell_commands.hpp"
#include "src/trace/parse_formula.hpp"

namespace pasid::review {
namespace {

bool same(const spec::NativeState& a, const spec::NativeState& b) { return std::memcmp(&a, &b, sizeof a) == 0; }

struct Walked {
  ShellSession session{proofs::model(), explore::native_reading(), io::load_design(proofs::model(), "linux-7.3")};
  ShellCommands commands{session, 80};
  std::vector<spec::NativeState> states{session.state()};  ///< by place of the history

  explicit Walked(int length, bool steps = false) {
    if (steps) session.set_grain(explore::Grain::step);
    const auto worlds = session.world().topologies().size();
    session.set_world(*rc::gen::inRange<std::size_t>(1, worlds + 1), {});
    for (int i = 0; i < length && !session.next().enabled.empty(); ++i) {
      const auto& all = session.next().enabled;
      trace::Step step = all[*rc::gen::inRange<std::size_t>(0, all.size())];
      session.take(std::move(step));
      states.push_back(session.state());
    }
  }
};

TEST_CASE("shell: undo, redo and jump lead to the states that were there, and a step after undo forgets the rest") {
  CHECK(rc::check([] {
    Walked w(*rc::gen::inRange(1, 12));
    const std::size_t n = w.session.at();
    for (std::size_t i = n; i-- > 0;) {
      w.session.undo();
      RC_ASSERT(same(w.session.state(), w.states[i]));
    }
    for (std::size_t i = 1; i <= n; ++i) {
      w.session.redo();
      RC_ASSERT(same(w.session.state(), w.states[i]));
    }
    const auto place = *rc::gen::inRange<std::size_t>(0, n);
    w.session.jump(place);
    RC_ASSERT(same(w.session.state(), w.states[place]));
    w.session.take(trace::Step(w.session.next().enabled.front()));
    RC_ASSERT(w.session.history().size() == place + 1);
    RC_ASSERT_THROWS_AS(w.session.redo(), std::invalid_argument);
  }));
}

TEST_CASE("shell: a saved script replays to the same world, state and script") {
  const std::string file = (std::filesystem::temp_directory_path() / "pasid-shell-law.txt").string();
  CHECK(rc::check([&] {
    Walked w(*rc::gen::inRange(0, 12), *rc::gen::arbitrary<bool>());
    std::ofstream(file) << w.commands.script();
    Walked again(0);
    again.commands.run_script(file, [](const ShellAnswer&) {});
    RC_ASSERT(same(again.session.state(), w.session.state()));
    RC_ASSERT(std::memcmp(&again.session.facts(), &w.session.facts(), sizeof(spec::NativeFacts)) == 0);
    RC_ASSERT(again.commands.script() == w.commands.script());
  }));
  std::filesystem::remove(file);
}

TEST_CASE("shell: what is listed as enabled is what a search goes to, each can be taken, and nothing blocked can") {
  CHECK(rc::check([] {
    const bool steps = *rc::gen::arbitrary<bool>();
    Walked w(*rc::gen::inRange(0, 10), steps);
    const auto& facts = w.session.facts();
    const auto& state = w.session.state();
    using Went = std::set<std::pair<std::string, std::string>>;
    const auto key = [](std::string_view label, const spec::NativeState& s) {
      return std::pair(std::string(label), std::string(reinterpret_cast<const char*>(&s), sizeof s));
    };
    const explore::Reading reading = explore::native_reading();
    const explore::Transitions all(proofs::model(), reading, facts, w.session.grain());
    Went searched;
    std::set<std::string> happens;
    explore::Transitions::Walk(all).each(facts, state, explore::Twins{}, [&](const explore::Successor& s) {
      searched.insert(key(s.by.label, s.after()));
      happens.emplace(s.by.label);
    });
    Went listed;
    for (const trace::Step& s : w.session.next().enabled) listed.insert(key(s.label, s.after));
    RC_ASSERT(listed == searched);
    for (const BlockedStep& b : w.session.next().blocked) RC_ASSERT(!happens.contains(b.label));
    RC_ASSERT(happens.size() + w.session.next().blocked.size() == w.session.steps().labels().size());
    // With every argument that there is, by another way: nothing of what is blocked can happen.
    const auto& blocked = w.session.next().blocked;
    if (blocked.empty()) return;
    const auto& one = blocked[*rc::gen::inRange<std::size_t>(0, blocked.size())];
    RC_ASSERT(w.session.steps().with(facts, state, one.label, {}).enabled.empty());
  }));
}

TEST_CASE("shell: any bytes for a condition are read, or refused with a column, at once") {
  const ShellSession session(proofs::model(), explore::native_reading(), io::load_design(proofs::model(), "linux-7.3"));
  lang::Tree tree = proofs::model();
  const std::vector<std::string> tokens{
      "(",      ")",    "!", "&&",    "||",  "->",   "==", "!=", "?", ":",    ",", "none",
      "exists", "bond", "b", "entry", "msr", "true", "::", "As", " ", "\xff", "T1"};
  std::size_t refused = 0;
  CHECK(rc::check([&] {
    std::string text;
    for (const auto& t : *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(tokens))) text += t + ' ';
    text += *rc::gen::arbitrary<std::string>();
    try {
      (void)trace::parse_formula(tree, text, &lang::sort_info<bool>, {});
    } catch (const trace::FormulaError& e) {
      ++refused;
      RC_ASSERT(e.column <= text.size() + 1);
    }
  }));
  CHECK(refused > 50);
}

}  // namespace
}  // namespace pasid::review
