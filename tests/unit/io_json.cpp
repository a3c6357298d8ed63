// JSON with positions: what is read, and where mistakes are said to be.
#include <doctest/doctest.h>

#include "src/io/json.hpp"

using namespace pasid;  // NOLINT(google-build-using-namespace)
using io::JsonDocument;

namespace {

std::string refusal(const std::string& text, const JsonDocument::Limits& limits = {}) {
  try {
    const JsonDocument document("f", text, limits);
    return "nothing";
  } catch (const io::InputError& e) {
    return e.what();
  }
}

bool starts(const std::string& text, std::string_view with) { return text.starts_with(with); }

}  // namespace

TEST_CASE("JSON: every value knows its place") {
  const JsonDocument d("f", "{ \"a\": [1, -2,\n  \"x\\\"\\u00e9y\", true],\n \"b\\n\" : {\"c\": null, \"d\":12} }");
  const io::Json root = d.root();
  const auto list = root.member("a", "it").elements();
  REQUIRE(list.size() == 4);
  CHECK(list[0].position() == io::Position{1, 9});
  CHECK(list[1].position() == io::Position{1, 12});
  CHECK(list[2].position() == io::Position{2, 3});
  CHECK(list[2].text() == "x\"\xc3\xa9y");
  CHECK(list[3].position() == io::Position{2, 17});
  CHECK(list[3].boolean());
  const auto b = root.find("b\n");
  REQUIRE(b);
  CHECK(b->position() == io::Position{3, 10});
  CHECK(b->member("c", "it").is_null());
  CHECK(b->member("d", "it").number(0, 12, "a number") == 12);
  CHECK(b->members().size() == 2);
  CHECK_FALSE(root.find("b"));
  CHECK_FALSE(root.find("a\""));
}

TEST_CASE("JSON: what is not asked for is told with its place") {
  const JsonDocument d("f", "[\n 7, -1, 1.5, 99999999999999999999999, \"s\"]");
  const auto list = d.root().elements();
  const auto told = [](const auto& ask) -> std::string {
    try {
      ask();
    } catch (const io::InputError& e) {
      return e.what();
    }
    return "nothing";
  };
  CHECK(told([&] { (void)list[0].text(); }) == "f:2:2: this is an integer; expected a string");
  CHECK(told([&] { (void)list[0].number(8, 9, "8 or 9"); }) == "f:2:2: this is 7; expected 8 or 9");
  CHECK(starts(told([&] { (void)list[1].number(0, 9, "a digit"); }), "f:2:5: "));
  CHECK(starts(told([&] { (void)list[2].number(0, 9, "a digit"); }), "f:2:9: "));
  CHECK(starts(told([&] { (void)list[3].number(0, 9, "a digit"); }), "f:2:14: "));
  CHECK(told([&] { (void)list[4].elements(); }) == "f:2:39: this is a string; expected an array");
  CHECK(told([&] { (void)d.root().member("x", "a thing"); }) == "f:1:1: this is an array; expected a thing");
}

TEST_CASE("JSON: what is none, or too much, is refused in one line with its place") {
  CHECK(starts(refusal(""), "f:1:1: this is not JSON"));
  CHECK(starts(refusal("[1,\n nan]"), "f:2:"));
  CHECK(starts(refusal("{\"a\":1,\n\"a\":2}"), "f:2:1: the name 'a' stands here for the second time"));
  CHECK(starts(refusal("{} {}"), "f:1:4: this is not JSON"));
  CHECK(starts(refusal("[\"\xff\"]"), "f:1:"));
  CHECK(starts(refusal(std::string(1000, '[')), "f:1:33: this nests too deep"));
  CHECK(starts(refusal("[1,2,3]", {.bytes = 100, .values = 3, .depth = 2}), "f:1:6: this has too many values"));
  CHECK(starts(refusal("[1,2,3]", {.bytes = 6, .values = 9, .depth = 2}), "f: this is too large"));
  CHECK(refusal("[1,2,3]", {.bytes = 7, .values = 4, .depth = 1}) == "nothing");
}
