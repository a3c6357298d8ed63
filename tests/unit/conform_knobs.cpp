// A value that nothing tries says nothing of what it does to the verdicts.
#include <algorithm>
#include <map>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "src/io/bug.hpp"
#include "src/io/design.hpp"
#include "src/io/orders.hpp"
#include "tests/support/conform_worlds.hpp"

using namespace pasid;

TEST_CASE("knobs: every value is that of a shipped design or of a bug that kernels had") {
  const lang::Tree& tree = test::conform_model().tree;
  std::map<std::string, std::set<std::string>> tried;
  std::map<std::string, std::set<std::vector<std::string>>> orders;
  for (const auto& name : io::shipped_designs()) {
    const io::Design design = io::load_design(tree, name);
    for (const auto& k : design.knobs) tried[k.knob].insert(k.value);
    for (const auto& o : design.orders) orders[o.knob].insert(o.value);
  }
  for (const auto& id : io::shipped_bugs())
    if (const auto bug = io::load_bug(tree, id); bug.unfix)
      for (const auto& change : bug.unfix->knobs.knobs) tried[change.knob].emplace(change.value);
  std::size_t values = 0;
  for (const io::Knob& knob : io::knobs(tree)) {
    for (const std::string_view value : knob.values)
      CHECK_MESSAGE(tried[std::string(knob.name)].contains(std::string(value)), knob.name, " = ", value);
    values += knob.values.size();
  }
  CHECK(values > 50);
  for (const auto& o : io::orders()) CHECK_MESSAGE(orders[std::string(o.knob)].size() > 1, o.knob);
}
