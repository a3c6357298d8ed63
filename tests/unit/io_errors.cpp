// Every kind of bad design, with the line it gets.
#include <algorithm>

#include <doctest/doctest.h>

#include "src/io/design.hpp"
#include "src/io/orders.hpp"
#include "tests/unit/io_files.hpp"

namespace pasid {
namespace {

using namespace io_tests;

std::string load(const std::string& name_or_path) {
  return complaint([&] { (void)io::load_design(tree(), name_or_path); });
}

/// What is said of a file with this text, without the file's name.
std::string said_of(const std::string& text) {
  const Directory dir;
  const auto file = dir.write("d.toml", text);
  const auto message = load(file);
  REQUIRE(message.starts_with(file + ":"));
  return message.substr(file.size() + 1);
}

std::string knobs() {
  std::vector<std::string_view> names;
  for (const auto& knob : io::knobs(tree())) names.push_back(knob.name);
  return listed(names);
}

const std::string head = "name = \"d\"\nbase = \"linux-7.3\"\n";  // two lines

TEST_CASE("io: unknown keys, with the nearest known one") {
  CHECK(said_of(head + "titel = \"x\"\n") ==
        "3:1: a design has no key 'titel'; expected one of name, title, base, knobs, expected (did you mean 'title'?)");
  CHECK(said_of(head + "\n[xyzzy]\na = 1\n") ==
        "4:2: a design has no key 'xyzzy'; expected one of name, title, base, knobs, expected");
  // The first in the file, not the first in the alphabet.
  CHECK(said_of(head + "zz = 1\naa = 1\n").starts_with("3:1: a design has no key 'zz'"));
  CHECK(said_of(head + "[knobs]\n  free_point = { value = \"mm_put\", becaus = \"x\" }\n") ==
        "4:36: knob 'free_point' has no key 'becaus'; expected one of value, reason");
  CHECK(
      said_of(head + "[expected]\nDmaIsolation = { verdict = \"proved\", reasn = \"x\" }\n") ==
      "4:38: expectation 'DmaIsolation' has no key 'reasn'; expected one of verdict, reason (did you mean 'reason'?)");
}

TEST_CASE("io: knobs: unknown, wrong value, wrong type, missing value") {
  CHECK(said_of(head + "[knobs]\nuser_scop = \"global\"\n") == "4:1: there is no knob 'user_scop'; expected one of " +
                                                                   knobs() +
                                                                   ", teardown, exit (did you mean 'user_scope'?)");
  CHECK(said_of(head + "[knobs]\n\tuser_scope = \"golbal\"\n") ==
        "4:15: knob 'user_scope' has no value 'golbal'; expected one of " + values("user_scope") +
            " (did you mean 'global'?)");
  CHECK(said_of(head + "[knobs]\nuser_scope = { reason = \"é\", value = \"mine\" }\n") ==
        "4:38: knob 'user_scope' has no value 'mine'; expected one of " + values("user_scope"));
  CHECK(said_of(head + "[knobs]\noccupancy_check = true\n") ==
        "4:19: knob 'occupancy_check' is a Boolean; expected \"off\" or { value = \"off\", reason = \"...\" }");
  CHECK(said_of(head + "[knobs]\ncache_tag = { value = 3 }\n") ==
        "4:23: knob 'cache_tag' is an integer; expected \"vtd\" or { value = \"vtd\", reason = \"...\" }");
  CHECK(said_of(head + "[knobs]\ncache_tag = { reason = \"r\" }\n") ==
        "4:13: knob 'cache_tag' lacks 'value'; expected one of " + values("cache_tag"));
  CHECK(said_of(head + "[knobs]\ncache_tag = { value = \"amd\", reason = 1 }\n") ==
        "4:39: 'reason' is an integer; expected a string");
  CHECK(said_of(head + "knobs = 7\n") == "3:9: [knobs] is an integer; expected a table");
}

TEST_CASE("io: characters beyond ASCII are refused outside of strings") {
  // Of each kind that TOML's spaces are told apart from: letters, signs, and spaces that are none to TOML.
  for (const std::string c : {"é", "Ω", "→", "中", "\u00A0", "\u1680", "\u2028", "\uFEFF", "😀"}) {
    CAPTURE(c);
    CHECK(said_of(head + "[knobs]\n" + c + " = 1\n").find("; expected ") != std::string::npos);
    CHECK(said_of(head + "[knobs]\nuser_scope " + c + "= \"global\"\n").find("; expected ") != std::string::npos);
    CHECK(said_of(head + "[knobs]\nuser_scope = " + c + "\n").find("; expected ") != std::string::npos);
  }
}

TEST_CASE("io: the teardown: unknown step, live, twice, wrong types") {
  const auto said = [](const std::string& value) { return said_of(head + "[knobs]\nteardown = " + value + "\n"); };
  const std::string steps = "one of " + listed(io::orders()[0].steps);
  CHECK(said("[\"stop\", \"flush\"]") == "4:21: the teardown has no step 'flush'; expected " + steps);
  CHECK(said("[\"live\", \"stop\"]") == "4:13: the teardown has no step 'live'; expected " + steps);
  CHECK(said("[\"stop\",\n  \"clear\",\n  \"stop\"]") ==
        "6:3: the teardown has the step 'stop' twice; expected each step at most once");
  CHECK(said("[\"stop\", 1]") == "4:21: a step of the teardown is an integer; expected a string");
  CHECK(said("\"stop\"") ==
        "4:12: knob 'teardown' is a string; expected [\"stop\", ...] or { value = [\"stop\", ...], reason = \"...\" }");
  CHECK(said("{ value = [\"drian\"], reason = \"r\" }") ==
        "4:23: the teardown has no step 'drian'; expected " + steps + " (did you mean 'drain'?)");
  CHECK(said("{ reason = \"r\" }") == "4:12: knob 'teardown' lacks 'value'; expected a list of steps");
}

TEST_CASE("io: the exit has steps of its own") {
  const auto said = [](const std::string& value) { return said_of(head + "[knobs]\nexit = " + value + "\n"); };
  const std::string steps = "one of " + listed(io::orders()[1].steps);
  CHECK(said("[\"clear\", \"drain\"]") == "4:18: the exit has no step 'drain'; expected " + steps);
  CHECK(said("[\"dropped\"]") == "4:9: the exit has no step 'dropped'; expected " + steps);
  CHECK(said("[\"clear\", \"clear\"]") == "4:18: the exit has the step 'clear' twice; expected each step at most once");
  CHECK(said("true") ==
        "4:8: knob 'exit' is a Boolean; expected [\"clear\", ...] or { value = [\"clear\", ...], reason = \"...\" }");
}

TEST_CASE("io: expectations: unknown property or verdict, wrong type, missing part") {
  const auto said = [](const std::string& line) { return said_of(head + "[expected]\n" + line + "\n"); };
  CHECK(said("DmaIsolaton = { verdict = \"proved\", reason = \"r\" }") ==
        "4:1: there is no property 'DmaIsolaton'; expected one of " + properties() + " (did you mean 'DmaIsolation'?)");
  CHECK(said("DmaIsolation = { verdict = \"not applicable\", reason = \"r\" }") ==
        "4:28: 'verdict' has no value 'not applicable'; expected one of " + verdicts() +
            " (did you mean 'not_applicable'?)");
  CHECK(said("DmaIsolation = \"proved\"") == "4:16: expectation 'DmaIsolation' is a string; expected a table");
  CHECK(said("DmaIsolation = { verdict = 1, reason = \"r\" }") == "4:28: 'verdict' is an integer; expected a string");
  CHECK(said("DmaIsolation = { reason = \"r\" }") ==
        "4:16: expectation 'DmaIsolation' lacks 'verdict'; expected one of " + verdicts());
  CHECK(said("DmaIsolation = { verdict = \"proved\" }") ==
        "4:16: expectation 'DmaIsolation' lacks 'reason'; expected a string");
  CHECK(said("DmaIsolation = { verdict = \"proved\", reason = \"\" }") ==
        "4:47: 'reason' is empty; expected a string that says something");
}

TEST_CASE("io: names, titles and bases") {
  CHECK(said_of("base = \"linux-7.3\"\n") == "1:1: a design lacks 'name'; expected a string");
  CHECK(said_of("name = 1\n") == "1:8: 'name' is an integer; expected a string");
  CHECK(said_of("name = \"\"\n") == "1:8: 'name' is empty; expected a string that says something");
  CHECK(said_of("name = \"a/b\"\n") ==
        "1:8: 'a/b' cannot be a design's name; expected letters, digits, '.', '_' and '-', not ending in .toml");
  CHECK(said_of("name = \"a\"\ntitle = []\nbase = \"linux-7.3\"\n") == "2:9: 'title' is an array; expected a string");
  CHECK(said_of("name = \"a\"\nbase = false\n") == "2:8: 'base' is a Boolean; expected a string");
  CHECK(said_of("name = \"a\"\nbase = \"linux-7.33\"\n")
            .starts_with(
                "2:8: no shipped design is called 'linux-7.33'; expected the path of a .toml file or one of linux-"));
  CHECK(said_of("name = \"a\"\nbase = \"linux-7.33\"\n").ends_with(" (did you mean 'linux-7.3'?)"));
  CHECK(said_of("name = \"a\"\nbase = \"linux-7.3\\u0000\"\n")
            .starts_with("2:8: no shipped design is called 'linux-7.3\\x00'; "));
  CHECK(said_of("name = \"a\"\nbase = \"/no/such.toml\"\n") ==
        "2:8: there is no file '/no/such.toml'; expected the path of a design");
  CHECK(said_of("name = \"a\"\nbase = \"/no\\u0000/x\"\n") ==
        "2:8: there is no file '/no\\x00/x'; expected the path of a design");
  CHECK(said_of("name = \"a\"\nbase = \"" + std::string(5000, 'x') + ".toml\"\n")
            .starts_with("2:8: there is no file '/tmp"));
}

TEST_CASE("io: a design without a base sets every knob") {
  CHECK(said_of("name = \"a\"\n") == "1:1: knob 'series' has no value; expected every knob in a design without a base");
  CHECK(said_of("name = \"a\"\n\n[knobs]\nseries = \"linux_7_3\"\n") ==
        "3:1: knob 'user_scope' has no value; expected every knob in a design without a base");
  auto text = io::to_toml(io::load_design(tree(), "linux-7.3"));
  for (const std::string order : {"exit", "teardown"}) {
    const auto at = text.find("\n" + order + " = ") + 1;
    text.erase(at, text.find('\n', at) - at);
    CHECK(said_of(text) == "5:1: knob '" + order + "' has no value; expected every knob in a design without a base");
  }
}

TEST_CASE("io: a cycle of bases") {
  const Directory dir;
  const auto self = dir.write("self.toml", "name = \"self\"\nbase = \"./self.toml\"\n");
  CHECK(load(self) ==
        self + ":2:8: base './self.toml' leads back to itself; expected a design that is not based on this one");
  dir.write("a.toml", "name = \"a\"\nbase = \"b.toml\"\n");
  dir.write("b.toml", "name = \"b\"\n\n  base = \"./x/../c.toml\"\n");
  dir.write("c.toml", "name = \"c\"\nbase = \"b.toml\"\n");
  std::filesystem::create_directory(dir / "x");
  CHECK(load(dir / "a.toml") ==
        (dir / "./x/../c.toml") +
            ":2:8: base 'b.toml' leads back to itself; expected a design that is not based on this one");
}

TEST_CASE("io: a mistake in a base is reported there") {
  const Directory dir;
  const auto base = dir.write("base.toml", head + "[knobs]\nx = 1\n");
  CHECK(load(dir.write("top.toml", "name = \"top\"\nbase = \"base.toml\"\n"))
            .starts_with(base + ":4:1: there is no knob 'x'"));
}

TEST_CASE("io: shipped designs are complete and bear their file's name") {
  const DataRoot root;
  const auto file = root / "spec/designs/linux-7.3.toml";
  const auto text = read(file);
  const auto without = [&](const std::string& start) {
    auto out = text;
    const auto at = out.find("\n" + start) + 1;
    out.erase(at, out.find('\n', at) - at);
    root.write("spec/designs/linux-7.3.toml", out);
    return load("linux-7.3");
  };
  const auto last = properties().substr(properties().rfind(' ') + 1);
  const auto line =
      std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(text.find("[expected]")), '\n') + 1;
  CHECK(load("linux-7.3").empty());  // the control
  CHECK(without(last) == file + ":" + std::to_string(line) + ":1: nothing is expected of property '" + last +
                             "'; expected every property in the [expected] table of a shipped design");
  CHECK(without("title") == file + ":1:1: a design lacks 'title'; expected a string");
  root.write("spec/designs/linux-7.3.toml", text.substr(0, text.find("[expected]")));
  CHECK(
      load("linux-7.3") ==
      file +
          ":1:1: nothing is expected of property 'OnePasidPerMm'; expected every property in the [expected] table of a shipped design");
  root.write("spec/designs/other.toml", text);
  CHECK(load("other") ==
        (root / "spec/designs/other.toml") + ":1:8: the name is 'linux-7.3'; expected the file's own, 'other'");
}

TEST_CASE("io: malformed TOML") {
  CHECK(
      said_of("name = \"a\"\nname = \"b\"\n") ==
      "2:8: malformed TOML: Error while parsing key-value pair: cannot redefine existing string 'name'; expected TOML 1.0");
  CHECK(
      said_of(head + "[knobs]\ncache_tag = \"vtd\"\ncache_tag = \"amd\"\n") ==
      "5:13: malformed TOML: Error while parsing key-value pair: cannot redefine existing string 'cache_tag'; expected TOML 1.0");
  CHECK(
      said_of(head + "[knobs]\n[knobs]\n") ==
      "4:1: malformed TOML: Error while parsing table header: cannot redefine existing table 'knobs'; expected TOML 1.0");
  CHECK(said_of("name = \n") == "1:8: malformed TOML: Error while parsing key-value pair; expected value, saw '\\n'");
  CHECK(
      said_of("name = \"abc").starts_with("1:12: malformed TOML: Error while parsing string: encountered end-of-file"));
  for (const char* const bad :
       {"\xff", "\x80", "\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf0\x9f\x92"})
    CHECK(said_of("name = \"é\"\n# é" + std::string(bad) + "\"\n") ==
          "2:4: a byte that is not UTF-8; expected UTF-8 text");
  CHECK(said_of("name = \"\U0001f4a9\" x\n").starts_with("1:12: malformed TOML: "));
  CHECK(said_of(std::string("name = \"a\0\"\n", 12)).starts_with("1:10: malformed TOML: "));
  CHECK(said_of("a = " + std::string(200000, '[')).starts_with("1:"));
  std::string deep = "a";
  for (int i = 0; i < 200000; ++i) deep += ".a";
  CHECK(said_of("\n" + deep + " = 1\n") == "2:1: more than 128 dots in one line; expected shorter lines");
}

TEST_CASE("io: files that cannot be read") {
  const Directory dir;
  CHECK(load(dir / "no.toml") == (dir / "no.toml") + ": no such file; expected a TOML file");
  CHECK(load(dir / "") == (dir / "") + ": is a directory; expected a TOML file");
  CHECK(load("/proc/self/mem") == "/proc/self/mem: cannot be read: Input/output error; expected a TOML file");
  CHECK(load("/dev/zero") == "/dev/zero: is larger than 1 MiB; expected a TOML file");
  CHECK(load("./" + std::string(5000, 'x')).ends_with(": cannot be read: File name too long; expected a TOML file"));
  const auto huge = dir.write("huge.toml", "#" + std::string(std::size_t{1} << 20, 'x'));
  CHECK(load(huge) == huge + ": is larger than 1 MiB; expected a TOML file");
  const auto largest = dir.write("large.toml", "#" + std::string((std::size_t{1} << 20) - 1, 'x'));
  CHECK(load(largest) == largest + ":1:1: a design lacks 'name'; expected a string");
}

TEST_CASE("io: an unknown design lists the shipped ones") {
  const auto message = load("linux-7.3.3");
  CHECK(message.starts_with(
      "linux-7.3.3: no shipped design is called 'linux-7.3.3'; expected the path of a .toml file or one of linux-"));
  CHECK(message.ends_with("(did you mean 'linux-7.3'?)"));
  CHECK(load("two\nlines").starts_with("two\\x0alines: no shipped design is called 'two\\x0alines'; "));
}

TEST_CASE("io: a data root without designs") {
  const Directory dir;
  ::setenv("PASID_DATA", (dir / "x").c_str(), 1);
  const auto message = load("linux-7.3");
  ::unsetenv("PASID_DATA");
  CHECK(message == (dir / "x/spec/designs") +
                       ": cannot be listed: No such file or directory; expected the shipped designs there "
                       "(PASID_DATA names the directory that has spec/)");
  std::filesystem::create_directories(dir / "x/spec/designs");
  ::setenv("PASID_DATA", (dir / "x").c_str(), 1);
  const auto empty = load("linux-7.3");
  ::unsetenv("PASID_DATA");
  CHECK(empty == (dir / "x/spec/designs") +
                     ": there is nothing in it; expected at least one of the shipped designs there "
                     "(PASID_DATA names the directory that has spec/)");
}

}  // namespace
}  // namespace pasid
