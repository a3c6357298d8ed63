#include <algorithm>

#include <doctest/doctest.h>

#include "src/io/claim.hpp"
#include "tests/unit/io_files.hpp"

namespace pasid {
namespace {

using namespace io_tests;

/// The text of a claim that loads; tests spoil it.
const std::string good_claim =
    "id = \"X1\"\n"                                                      // 1
    "who = \"Someone\"\n"                                                // 2
    "date = \"2021-12-10\"\n"                                            // 3
    "statement = \"something\"\n"                                        // 4
    "expected = \"proved\"\n"                                            // 5
    "reading = \"as it says\"\n"                                         // 6
    "upstream = \"nothing\"\n"                                           // 7
    "[[predicts]]\n"                                                     // 8
    "design = \"linux-7.3\"\n"                                           // 9
    "property = \"DmaIsolation\"\n"                                      // 10
    "verdict = \"proved\"\n"                                             // 11
    "why = \"so\"\n"                                                     // 12
    "[edit]\n"                                                           // 13
    "design = \"linux-7.3\"\n"                                           // 14
    "knobs = { user_scope = \"per_device\", teardown = [\"clear\"] }\n"  // 15
    "property = \"DmaIsolation\"\n"                                      // 16
    "verdict = \"violated\"\n"                                           // 17
    "says = \"then not\"\n";                                             // 18

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != text.npos);
  return text.replace(at, from.size(), to);
}

std::string said_of_claim(const std::string& text) {
  const Directory dir;
  const auto file = dir.write("X1.toml", text);
  const auto message = complaint([&] { (void)io::load_claim(tree(), file); });
  REQUIRE(message.starts_with(file + ":"));
  return message.substr(file.size() + 1);
}
/// The same for the good text with one change.
std::string said_after_in_claim(const std::string& from, const std::string& to) {
  return said_of_claim(replaced(good_claim, from, to));
}

TEST_CASE("io: the shipped claims load and agree with what their designs expect") {
  const auto names = io::shipped_claims();
  REQUIRE(names.size() >= 3);
  for (const auto& name : names) {
    CAPTURE(name);
    const auto claim = io::load_claim(tree(), name);
    CHECK(claim.id == name);
    const auto expected = [&](const io::Saying& s) {
      const auto design = io::load_design(tree(), s.design);
      return std::ranges::find(design.expectations, s.property, &io::Expectation::property)->verdict == s.verdict;
    };
    CHECK(std::ranges::all_of(claim.predicts, expected) == (claim.expected == io::ClaimVerdict::proved));
    CHECK(std::ranges::all_of(claim.also, expected));
    CHECK((!claim.nearest || !claim.nearest->knobs.knobs.empty() || expected(*claim.nearest)));
    if (claim.edit)
      CHECK_NOTHROW(io::facts_of(tree(), io::edited(io::load_design(tree(), claim.edit->design), *claim.edit)));
  }
}

TEST_CASE("io: a claim's parts") {
  const auto claim = io::load_claim(tree(), "F8");
  CHECK(claim.who == "Pan");
  CHECK(claim.date == "2021-12-10");
  CHECK(claim.expected == io::ClaimVerdict::refuted);
  CHECK(claim.reading.starts_with("The premise is right"));
  REQUIRE(claim.predicts.size() == 2);
  CHECK(claim.predicts[0].design == "per-device-user-pasids-amd");
  CHECK(claim.predicts[0].property == "SharedQueueUnique");
  CHECK(claim.predicts[0].verdict == spec::Verdict::violated);
  CHECK(claim.predicts[0].position == io::Position{9, 1});
  REQUIRE(claim.also.size() == 2);
  REQUIRE(claim.nearest.has_value());
  CHECK(claim.nearest->says == "PASIDs unique per device suffice for the queue");
  CHECK_FALSE(claim.edit.has_value());
}

TEST_CASE("io: an edit changes a design and says so in its name") {
  const Directory dir;
  const auto claim = io::load_claim(tree(), dir.write("X1.toml", good_claim));
  REQUIRE(claim.edit.has_value());
  const auto design = io::edited(io::load_design(tree(), claim.edit->design), *claim.edit);
  CHECK(design.name == "linux-7.3 with user_scope=per_device, teardown=clear");
  CHECK(design.bases == std::vector<std::string>{"linux-7.3"});
  const auto knob = [&](std::string_view name) { return *std::ranges::find(design.knobs, name, &io::KnobValue::knob); };
  CHECK(knob("user_scope").value == "per_device");
  CHECK(knob("user_scope").origin == "X1");
  CHECK(knob("cache_tag").origin == "linux-7.3");
  CHECK(design.expectations.empty());
  const auto facts = io::facts_of(tree(), design);
  CHECK(facts.user_scope() == spec::UserScope::per_device);
  CHECK(facts.next(spec::Step::live) == spec::Step::clear);
}

TEST_CASE("io: a claim may name a design beside it") {
  const Directory dir;
  dir.write("d.toml", "name = \"d\"\nbase = \"linux-7.3\"\n");
  auto text = replaced(good_claim, "\"linux-7.3\"", "\"d.toml\"");
  text = replaced(text, "\"linux-7.3\"", "\"./d.toml\"");
  CHECK(complaint([&] { (void)io::load_claim(tree(), dir.write("c.toml", text)); }) !=
        "");  // ./d.toml is not what was predicted of
  text = replaced(text, "\"./d.toml\"", "\"d.toml\"");
  const auto claim = io::load_claim(tree(), dir.write("c.toml", text));
  CHECK(io::load_design(tree(), claim.predicts[0].design).name == "d");
}

TEST_CASE("io: every kind of bad claim, with its place") {
  const Directory dir;
  CHECK(complaint([&] { (void)io::load_claim(tree(), dir.write("X1.toml", good_claim)); }).empty());  // the control
  CHECK(
      said_after_in_claim("who", "hwo") ==
      "2:1: a claim has no key 'hwo'; expected one of id, who, date, statement, expected, reading, upstream, predicts, also, nearest, edit (did you mean 'who'?)");
  CHECK(said_after_in_claim("reading = \"as it says\"\n", "") == "1:1: a claim lacks 'reading'; expected a string");
  CHECK(said_after_in_claim("who = \"Someone\"\n", "") == "1:1: a claim lacks 'who'; expected a string");
  CHECK(said_after_in_claim("\"2021-12-10\"", "2021-12-10") == "3:8: 'date' is a date or time; expected a string");
  CHECK(said_after_in_claim("expected = \"proved\"", "expected = \"violated\"") ==
        "5:12: 'expected' has no value 'violated'; expected one of proved, refuted");
  CHECK(said_after_in_claim("design = \"linux-7.3\"", "design = \"linux7.3\"")
            .starts_with("9:10: no shipped design is called 'linux7.3'; expected "));
  CHECK(said_after_in_claim("design = \"linux-7.3\"", "design = \"no.toml\"").starts_with("9:10: there is no file '"));
  CHECK(said_after_in_claim("DmaIsolation", "DmaIsolated")
            .starts_with("10:12: 'property' has no value 'DmaIsolated'; expected one of OnePasidPerMm, "));
  CHECK(said_after_in_claim("verdict = \"proved\"", "verdict = \"prooved\"") ==
        "11:11: 'verdict' has no value 'prooved'; expected one of " + verdicts() + " (did you mean 'proved'?)");
  CHECK(said_after_in_claim("why = \"so\"", "says = \"so\"") ==
        "12:1: [[predicts]] has no key 'says'; expected one of design, property, verdict, why");
  CHECK(said_after_in_claim("why = \"so\"\n", "") == "8:1: [[predicts]] lacks 'why'; expected a string");
  CHECK(said_after_in_claim("[[predicts]]", "[predicts]") == "8:1: 'predicts' is a table; expected [[predicts]]");
  CHECK(said_after_in_claim("user_scope", "user_scopes")
            .starts_with("15:11: there is no knob 'user_scopes'; expected one of "));
  CHECK(said_after_in_claim("per_device", "per_dev") ==
        "15:24: knob 'user_scope' has no value 'per_dev'; expected one of " + values("user_scope") +
            " (did you mean 'per_device'?)");
  CHECK(said_after_in_claim("user_scope = \"per_device\", teardown = [\"clear\"]", "") ==
        "15:9: [edit] changes no knob; expected { knob = \"value\" }");
  CHECK(said_after_in_claim("verdict = \"violated\"", "verdict = \"proved\"") ==
        "17:11: 'proved' is what the claim predicts without the edit; expected another verdict");
  CHECK(
      said_after_in_claim("\"DmaIsolation\"\nverdict = \"violated\"", "\"MsrCoherent\"\nverdict = \"violated\"") ==
      "13:1: no [[predicts]] speaks of MsrCoherent under 'linux-7.3'; expected an edit of a design the claim predicts that property of");
  CHECK(said_of_claim(good_claim.substr(0, good_claim.find("[edit]"))) ==
        "5:12: a proved claim without an edit that makes it fall; expected an [edit] table");
  CHECK(said_after_in_claim("expected = \"proved\"", "expected = \"refuted\"") ==
        "5:12: a refuted claim without its nearest true statement; expected a [nearest] table");
  CHECK(said_of_claim(good_claim.substr(0, good_claim.find("[[predicts]]"))) ==
        "1:1: the claim predicts nothing; expected at least one [[predicts]]");
  const auto predicts =
      good_claim.substr(good_claim.find("[[predicts]]"), good_claim.find("[edit]") - good_claim.find("[[predicts]]"));
  CHECK(
      said_of_claim(good_claim + predicts) ==
      "19:1: [[predicts]] speaks of DmaIsolation under 'linux-7.3' twice; expected each pair of design and property at most once");
  CHECK(said_of_claim(
            good_claim +
            "[nearest]\ndesign = \"linux-7.3\"\nproperty = \"DmaIsolation\"\nverdict = \"unknown\"\nsays = \"s\"\n") ==
        "22:11: the nearest true statement is 'unknown'; expected proved");
  CHECK(said_of_claim("edit = 1\n" + good_claim.substr(0, good_claim.find("[edit]"))) ==
        "1:8: [edit] is an integer; expected a table");
}

TEST_CASE("io: a shipped claim bears its file's name") {
  const DataRoot root;
  root.write("spec/claims/F99.toml", good_claim);
  CHECK(complaint([] { (void)io::load_claim(tree(), "F99"); }) ==
        (root / "spec/claims/F99.toml") + ":1:6: the id is 'X1'; expected the file's own, 'F99'");
  CHECK(complaint([] {
          (void)io::load_claim(tree(), "F999");
        }).starts_with("F999: no shipped claim is called 'F999'; expected "));
}

}  // namespace
}  // namespace pasid
