// What a program can be said to have: the calls of every design, and nothing that happens by itself.
#include <algorithm>

#include <doctest/doctest.h>

#include "src/io/design.hpp"
#include "tests/support/conform_worlds.hpp"

using namespace pasid;
using namespace pasid::test;

TEST_CASE(
    "catalogue: every call of every shipped design can be offered, and parts of calls, and what is hidden, cannot") {
  const lang::Tree& tree = conform_model().tree;
  const conform::Vocabulary legal(tree);
  const auto is_legal = [&](std::string_view name) {
    return std::ranges::find(legal.calls, name) != legal.calls.end();
  };
  std::size_t calls = 0;
  for (const std::string& name : io::shipped_designs())
    for (const auto device : {conform::Device::asked, conform::Device::itself}) {
      const conform::Catalogue design(tree, conform_model().reading, io::facts_of(tree, io::load_design(tree, name)),
                                      device);
      for (const conform::CallKind& call : design.calls()) {
        CAPTURE(call.name);
        CHECK(is_legal(call.name));
        ++calls;
        for (const std::uint8_t k : call.inputs)
          if (call.params[k].sort->kind == lang::SortKind::enumeration)
            for (std::uint8_t v = 1; v <= call.params[k].sort->enumerators.size(); ++v)
              CHECK(std::ranges::count(legal.environment, conform::choice_name(call.params[k], v)) == 1);
      }
      for (const explore::Transition& hidden : design.hidden())
        if (device == conform::Device::asked) CHECK_FALSE(is_legal(hidden.label));
    }
  CHECK(calls > 200);
  CHECK_FALSE(is_legal("bind.reserve"));
  CHECK(std::ranges::find(legal.cells, "entry") != legal.cells.end());
  CHECK(std::ranges::find(legal.cells, "svm") == legal.cells.end());  // of the world, not of the state
}
