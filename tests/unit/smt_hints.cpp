// Hints as text.
#include <algorithm>
#include <sstream>

#include <doctest/doctest.h>

#include "proofs/model.hpp"
#include "src/check/hints.hpp"
#include "src/io/design.hpp"
#include "src/smt/hints.hpp"

using namespace pasid;
using smt::Hints;

TEST_CASE("hints: text") {
  const Hints hints = Hints::parse(
      "# a comment\n\nbind.a => P: y x\ninit => Q: x\nd2: unbind.c breaks P\nd: z breaks P\nd: b breaks Q\n");
  CHECK(hints.find("bind.a", "P") == std::set<std::string>{"x", "y"});
  CHECK(hints.find("bind.a", "Q").empty());
  REQUIRE(hints.falls("d") != nullptr);
  CHECK(*hints.falls("d") == Hints::Falls{{"z", "P"}, {"b", "Q"}});  // in the file's order, which is that of falling
  CHECK(hints.falls("d3") == nullptr);
  CHECK(hints.falls() == Hints::Falls{{"b", "Q"}, {"unbind.c", "P"}, {"z", "P"}});
  CHECK(hints.text() == "bind.a => P: x y\ninit => Q: x\nd: z breaks P\nd: b breaks Q\nd2: unbind.c breaks P\n");
  CHECK(Hints::parse(hints.text()).text() == hints.text());
}

TEST_CASE("hints: what is written is read as the same, whatever the names are") {
  for (const char* line :
       {"a => P q: x breaks Y", "d: a => P: y", "d: a: b refused, part 1 breaks P", "a => b => c: d"}) {
    INFO(line);
    const std::string written = Hints::parse(line).text();
    CHECK(Hints::parse(written).text() == written);
    CHECK(Hints::parse(line).falls().empty() == (std::string_view(line).find(" => ") != std::string_view::npos));
  }
}

TEST_CASE("hints: a line that is none is refused with its number") {
  for (const char* line : {"bind.a P: x", "bind.a => P", "=> P: x", " => P: x", "bind.a => : x", "breaks P",
                           "d: bind.a breaks ", "bind.a breaks P", ": bind.a breaks P", "d: a => P breaks Q"}) {
    INFO(line);
    std::string said;
    try {
      (void)Hints::parse(std::string("\n# fine\n") + line);
    } catch (const std::invalid_argument& e) {
      said = e.what();
    }
    CHECK(said.starts_with("line 3: '"));
    CHECK(said.find("expected RULE => FORMULA: INVARIANT ...") != said.npos);
  }
}

TEST_CASE("hints: what a proof adds is what its obligations leaned on beside themselves, and what broke what") {
  smt::Proof proof;
  proof.obligations.push_back({"a", "P", smt::Answer::unsat, false, 0, {"P", "lemma"}});
  proof.obligations.push_back({"a", "Q", smt::Answer::unsat, false, 0, {"Q"}});
  proof.obligations.push_back({"b", "P", smt::Answer::unsat, true, 0, {}});
  proof.items.push_back({"R", lang::FormulaKind::property, smt::Status::dropped, "b", lang::PropertyKind::state, 2});
  proof.items.push_back({"S", lang::FormulaKind::lemma, smt::Status::dropped, "c", lang::PropertyKind::state, 1});
  proof.items.push_back({"P", lang::FormulaKind::property, smt::Status::proved, {}});
  Hints hints;
  hints.add("d", proof);
  CHECK(hints.text() == "a => P: lemma\nd: c breaks S\nd: b breaks R\n");
}

TEST_CASE("hints: what the shipped ones name is in the model") {
  const auto& model = proofs::model();
  const auto formula = [&](const std::string& name) { return model.formula_named(name) != nullptr; };
  const auto place = [&](const std::string& name) {
    return name == "lemmas" || name.find(" refused") != name.npos || model.rule_named(name) >= 0;
  };
  std::istringstream lines(check::proof_hints()->text());
  std::size_t seen = 0;
  for (std::string line; std::getline(lines, line); ++seen) {
    INFO(line, " (if not, record them anew: pasid prove --all --record-hints proofs/hints.txt)");
    if (const auto b = line.find(" breaks "); b != line.npos) {
      const auto of = line.find(": ");
      CHECK(std::ranges::count(io::shipped_designs(), line.substr(0, of)) == 1);
      CHECK(place(line.substr(of + 2, b - of - 2)));
      CHECK(formula(line.substr(b + 8)));
      continue;
    }
    const auto arrow = line.find(" => ");
    const auto colon = line.find(':', arrow);
    CHECK(place(line.substr(0, arrow)));
    // A part of a property of calls, or that an undo can happen, is of no formula alone.
    const std::string goal = line.substr(arrow + 4, colon - arrow - 4);
    CHECK((formula(goal.substr(0, goal.find(", part "))) || goal.starts_with("undo ")));
    std::istringstream names(line.substr(colon + 1));
    for (std::string name; names >> name;) CHECK(formula(name));
  }
  CHECK(seen > 200);
}
