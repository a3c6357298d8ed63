#include <algorithm>

#include <doctest/doctest.h>

#include "proofs/model.hpp"
#include "src/check/seek.hpp"

namespace pasid::check {
namespace {

using explore::Grain;

int property(std::string_view name) {
  const auto all = spec::native_properties();
  return static_cast<int>(std::ranges::find(all, name, &spec::NativeProperty::name) - all.begin());
}

std::string message(std::string_view text) {
  try {
    (void)Places::parse(text);
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
  return "";
}

TEST_CASE("places: what is written is read, and of bases the nearest counts") {
  Places places;
  places.add("mine", "NoLeak", {2, Grain::call});
  places.add("base", "NoLeak", {4, Grain::step});
  CHECK(places.text() == "base NoLeak: step 5\nmine NoLeak: call 3\n");
  const Places read = Places::parse("# where\n\n" + places.text());
  CHECK(read.text() == places.text());
  REQUIRE(read.find({"other", "mine", "base"}, "NoLeak") != nullptr);
  CHECK(*read.find({"other", "mine", "base"}, "NoLeak") == Place{2, Grain::call});
  CHECK(read.find({"mine", "base"}, "MsrCoherent") == nullptr);
}

TEST_CASE("places: a line that is none is named") {
  for (const char* line : {"mine NoLeak call 3", "mine NoLeak: calls 3", "mine NoLeak: call 0", "mine NoLeak: call x",
                           "mine NoLeak: call 3 4", "mine NoLeak: call", "NoLeak: call 3", ":", "mine : call 3"}) {
    CAPTURE(line);
    CHECK(message("# one\n" + std::string(line) + "\n").starts_with("line 2: '" + std::string(line) + "'"));
  }
}

TEST_CASE("places: a wrong one changes no verdict, a right one is looked at first") {
  const lang::Tree& tree = proofs::model();
  const auto knobs = io::facts_of(tree, io::load_design(tree, "linux-7.3"));
  const int falls = property("KernelUserNamespaceDisjoint");
  explore::Options options;
  options.reading = search_reading();
  options.max_states = 20'000;
  const Sought without = seek(tree, knobs, {falls}, options).at(0);
  REQUIRE(without.path);
  const auto look = [&](Place place) {
    const auto all = seek(tree, knobs, {falls}, options, {{falls, place}});
    REQUIRE(all.size() == 1);
    REQUIRE(all[0].path);
    CHECK(all[0].path->steps.size() == without.path->steps.size());
    return all[0];
  };
  CHECK(look({without.scope_number, without.grain}).scope_number == without.scope_number);
  // The first scope has no kernel: nothing falls there. There is no scope of the other number.
  for (const std::size_t wrong : {std::size_t{0}, std::size_t{1000}}) {
    const Sought found = look({wrong, Grain::call});
    CHECK(found.scope_number == without.scope_number);
    CHECK(found.states == without.states);
  }
  // A larger one is believed as far as its own search goes.
  CHECK(look({without.scope_number + 5, Grain::call}).scope_number == without.scope_number + 5);
}

}  // namespace
}  // namespace pasid::check
