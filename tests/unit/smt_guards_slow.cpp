// Which guards carry a verdict of linux-7.3: each is dropped in turn and everything is proved again.
#include <cstdlib>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "proofs/model.hpp"
#include "src/smt/prove.hpp"
#include "tests/support/designs.hpp"

using namespace pasid;
using namespace pasid::test;

TEST_CASE("guards of linux-7.3: what falls when one is dropped") {
  const lang::Tree& model = proofs::model();
  const NativeFacts knobs = linux_7_3_in_short();
  REQUIRE(open_knobs(model, knobs).empty());
  const smt::Proof whole = smt::prove(model, knobs);
  std::string table;
  std::string idle;
  int tried = 0;
  int matter = 0;
  for (std::size_t r = 0; r < model.rules.size(); ++r) {
    if (!spec::native_rules()[r].only_if(knobs)) continue;
    for (std::size_t g = 0; g < model.rules[r].guards.size(); ++g) {
      lang::Tree tree = model;
      auto& guards = tree.rules[r].guards;
      const std::string_view label = guards[g].label;
      guards.erase(guards.begin() + static_cast<std::ptrdiff_t>(g));
      smt::ProveOptions options;
      options.timeout_ms = 2000;
      const smt::Proof proof = smt::prove(tree, knobs, options);
      std::string fell;
      int lemmas = 0;
      for (const auto& item : proof.items) {
        if (item.status == whole.find(item.name)->status) continue;
        if (item.kind == lang::FormulaKind::lemma) ++lemmas;
        else fell += fmt::format(" {}{}", item.name, item.status == smt::Status::unknown ? "?" : "");
      }
      for (const auto& rule : proof.dead_rules) fell += " dead:" + rule;
      ++tried;
      if (fell.empty() && lemmas == 0) {
        idle += fmt::format("\n  {:22} {}", model.rules[r].label, label);
        continue;
      }
      ++matter;
      table += fmt::format("\n  {:22} {:28}{}{}", model.rules[r].label, label, fell,
                           lemmas > 0 ? fmt::format(" and {} lemmas", lemmas) : "");
    }
  }
  MESSAGE(fmt::format("{} guards dropped one at a time; with {} of them something falls:{}", tried, matter, table));
  MESSAGE("without these all verdicts and lemmas stay as they are:", idle);
  CHECK(matter >= 20);
  CHECK(tried > matter);
}
