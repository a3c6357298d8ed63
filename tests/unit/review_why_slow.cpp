// What falls without a part is looked for first where it fell before; a record is never believed.
#include <algorithm>

#include <doctest/doctest.h>

#include "proofs/model.hpp"
#include "src/check/hints.hpp"
#include "src/io/design.hpp"
#include "src/review/why.hpp"

using namespace pasid;
using check::Places;
using explore::Grain;
using review::Reason;
using review::Why;

namespace {

constexpr auto falls = "drain.work-finished";
constexpr auto stands = "bind.pasid-free";

std::vector<Why> ask(const std::shared_ptr<const Places>& places, bool search) {
  const lang::Tree& tree = proofs::model();
  const io::Design design = io::load_design(tree, "linux-7.3");
  review::WhyOptions options;
  options.max_states = 4000;
  options.places = places;
  options.one_is_enough = true;
  options.search = search;
  const std::vector<std::string> labels{falls, stands};
  return review::why(tree, design, labels, options).parts;
}

std::shared_ptr<const Places> on_record(const char* property, check::Place of_falls) {
  auto out = std::make_shared<Places>();
  out->add(check::name_without("linux-7.3", falls), property, of_falls);
  out->add(check::name_without("linux-7.3", stands), property, of_falls);
  return out;
}

}  // namespace

TEST_CASE("why: what fell before is found where it did, with no other question asked") {
  const std::vector<Why> searched = ask({}, true);
  REQUIRE(searched[0].reason == Reason::property);
  CHECK(searched[1].reason == Reason::nothing);
  const review::Fallen& first = searched[0].fallen.front();

  const std::vector<Why> found = ask(on_record("NoStaleReuse", first.place), false);
  REQUIRE(found[0].reason == Reason::property);
  CHECK(found[0].fallen.size() == 1);
  CHECK(found[0].fallen[0].property == first.property);
  CHECK(found[0].fallen[0].place == first.place);
  CHECK(found[0].fallen[0].trace.steps.size() == first.trace.steps.size());
  CHECK(found[0].not_proved.empty());
  CHECK_MESSAGE(found[1].reason == Reason::nothing, "a fall was put on record, and there is none");
}

TEST_CASE("why: a record that is wrong changes no answer, and without a search nothing is found") {
  // The first scope has no two files; there is no scope of the other number; and the property that is named stands.
  for (const auto& wrong : {on_record("NoStaleReuse", {0, Grain::call}), on_record("NoStaleReuse", {1000, Grain::step}),
                            on_record("NoLeak", {3, Grain::call})}) {
    const std::vector<Why> searched = ask(wrong, true);
    REQUIRE(searched[0].reason == Reason::property);
    CHECK(searched[0].fallen.front().property == "NoStaleReuse");
    CHECK(searched[1].reason == Reason::nothing);
    const std::vector<Why> not_searched = ask(wrong, false);
    CHECK(not_searched[0].reason == Reason::open);
    CHECK(not_searched[0].fallen.empty());
    CHECK(std::ranges::find(not_searched[0].not_proved, "NoStaleReuse") != not_searched[0].not_proved.end());
  }
}

TEST_CASE("why: something of linux-7.3 is on record") {
  const auto places = check::fall_places();
  REQUIRE(places);
  CHECK(places->know(check::name_without("linux-7.3", "")));
  CHECK_FALSE(places->know(check::name_without("linux-7", "")));
}
