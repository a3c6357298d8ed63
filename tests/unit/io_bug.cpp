#include <cstring>

#include <doctest/doctest.h>

#include "src/io/bug.hpp"
#include "tests/unit/io_files.hpp"

namespace pasid {
namespace {

using namespace io_tests;

/// The text of a bug that loads; tests spoil it.
const std::string good_bug =
    "id = \"X1\"\n"                             // 1
    "title = \"mm: forget it\"\n"               // 2
    "fixed = \"123456789abc (5.18)\"\n"         // 3
    "effect = \"something\"\n"                  // 4
    "[unfix]\n"                                 // 5
    "knobs = { free_point = \"mm_put\" }\n"     // 6
    "drops = [\"drop.no-bond-holds-it\"]\n"     // 7
    "without = [\"flush_iotlb\"]\n"             // 8
    "[violates]\n"                              // 9
    "design = \"linux-7.3\"\n"                  // 10
    "property = \"NoStaleReuse\"\n"             // 11
    "says = \"so\"\n"                           // 12
    "[where]\n"                                 // 13
    "free_point = \"mm_drop\"\n"                // 14
    "[vectors]\n"                               // 15
    "among = [\"bind\", \"process.create\"]\n"  // 16
    "untold = \"no\"\n";                        // 17

std::string said_of_bug(const std::string& text) {
  const Directory dir;
  const auto file = dir.write("X1.toml", text);
  const auto message = complaint([&] { (void)io::load_bug(tree(), file); });
  REQUIRE(message.starts_with(file + ":"));
  return message.substr(file.size() + 1);
}
/// The same for the good text with one change.
std::string said_after_in_bug(const std::string& from, const std::string& to) {
  std::string text = good_bug;
  const auto at = text.find(from);
  REQUIRE(at != text.npos);
  return said_of_bug(text.replace(at, from.size(), to));
}
bool says(const std::string& message, const std::string& position, const std::string& what) {
  const bool ok = message.starts_with(position) && message.find(what) != message.npos;
  if (!ok) MESSAGE(message);
  return ok;
}

io::Bug loaded(const std::string& text) {
  const Directory dir;
  return io::load_bug(tree(), dir.write("X1.toml", text));
}

TEST_CASE("io: the shipped bugs load, and a bug put back into a design is the same change as into its facts") {
  const auto ids = io::shipped_bugs();
  REQUIRE(ids.size() >= 20);
  std::size_t changed = 0;
  for (const auto& id : ids) {
    CAPTURE(id);
    const io::Bug bug = io::load_bug(tree(), id);
    CHECK(bug.id == id);
    if (!bug.violates) continue;
    ++changed;
    const io::Design design = io::load_design(tree(), bug.violates->design);
    const spec::NativeFacts facts = io::facts_of(tree(), design);
    const spec::NativeFacts wrong = io::with_bug(tree(), facts, bug);
    const spec::NativeFacts also = io::facts_of(tree(), io::with_bug(design, bug));
    CHECK(std::memcmp(&wrong, &also, sizeof wrong) == 0);
    // Something of it is another: the facts or the rules.
    CHECK((std::memcmp(&wrong, &facts, sizeof wrong) != 0 || !bug.unfix->drops.empty()));
    CHECK(io::with_bug(design, bug).expectations.empty());
  }
  CHECK(changed >= 18);
}

TEST_CASE("io: a bug concerns the designs that have its knobs, and no others") {
  const io::Bug bug = loaded(good_bug);
  CHECK(io::concerns(tree(), io::facts_of(tree(), io::load_design(tree(), "linux-7.3")), bug));
  CHECK_FALSE(io::concerns(tree(), io::facts_of(tree(), io::load_design(tree(), "linux-5.16")), bug));
}

TEST_CASE("io: what is wrong with a bug is said with its place and what was expected") {
  CHECK(loaded(good_bug).among.size() == 2);
  CHECK(says(said_after_in_bug("free_point = \"mm_put\"", "free_pint = \"mm_put\""),
             "6:", "there is no knob 'free_pint'"));
  CHECK(says(said_after_in_bug("\"mm_put\"", "\"never\""), "6:", "has no value 'never'"));
  CHECK(says(said_after_in_bug("drop.no-bond-holds-it", "drop.no-bond"), "7:", "drop.no-bond"));
  CHECK(says(said_after_in_bug("flush_iotlb", "flush"), "8:", "there is no step of a teardown 'flush'"));
  CHECK(says(said_after_in_bug("NoStaleReuse", "NoReuse"), "11:", "'NoReuse'"));
  CHECK(says(said_after_in_bug("linux-7.3", "linux-7.33"), "10:", "no shipped design is called 'linux-7.33'"));
  CHECK(says(said_after_in_bug("free_point = \"mm_drop\"", "free_point = 3"), "14:", "an integer"));
  CHECK(says(said_after_in_bug("\"bind\"", "\"bnd\""), "16:", "there is no call 'bnd'"));
  CHECK(says(said_after_in_bug("[\"bind\", \"process.create\"]", "[\"bind\", \"bind\"]"), "16:", "'bind' twice"));
  CHECK(says(said_after_in_bug("[\"bind\", \"process.create\"]", "\"bind\""), "16:", "expected an array of strings"));
  CHECK(says(said_after_in_bug("[\"bind\", \"process.create\"]", "[1]"), "16:", "expected a string"));
  CHECK(says(said_after_in_bug("title", "titel"), "2:", "has no key 'titel'"));
  CHECK(says(said_after_in_bug("says = \"so\"\n", "says = \"\"\n"), "12:", "says"));
}

TEST_CASE("io: a bug says which property falls, or why none does, and nothing falls where nothing is changed") {
  const auto without = [](std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    return text.erase(at, text.find(to) - at);
  };
  CHECK(says(said_of_bug(without(good_bug, "[violates]", "[where]")), "1:", "nothing says which property falls"));
  CHECK(says(said_of_bug(without(good_bug, "[unfix]", "[violates]")), "5:", "nothing is changed"));
  CHECK(says(said_of_bug("outside = \"locks\"\n" + good_bug), "1:", "'outside' says that no property falls"));
  CHECK(says(said_of_bug(without(good_bug, "knobs", "[violates]")), "5:", "[unfix] changes nothing"));
  const std::string outside =
      "outside = \"locks\"\n" + without(without(good_bug, "[unfix]", "[violates]"), "[violates]", "[where]");
  CHECK(loaded(outside).outside == "locks");
  CHECK_FALSE(loaded(outside).unfix);
}

}  // namespace
}  // namespace pasid
