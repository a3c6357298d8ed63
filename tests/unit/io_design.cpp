#include <algorithm>
#include <array>
#include <bit>
#include <map>
#include <regex>
#include <set>

#include <doctest/doctest.h>

#include "spec/lang/memory.hpp"
#include "src/io/design.hpp"
#include "src/io/names.hpp"
#include "src/io/orders.hpp"
#include "tests/support/designs.hpp"
#include "tests/unit/io_files.hpp"

namespace pasid {
namespace {

using namespace io_tests;
using Steps = std::vector<std::string>;

const io::KnobValue& knob(const io::Design& design, std::string_view name) {
  const auto it = std::ranges::find(design.knobs, name, &io::KnobValue::knob);
  REQUIRE(it != design.knobs.end());
  return *it;
}

const io::StepOrder& order(const io::Design& design, std::string_view name) {
  const auto it = std::ranges::find(design.orders, name, &io::StepOrder::knob);
  REQUIRE(it != design.orders.end());
  return *it;
}

TEST_CASE(
    "io: the shipped designs load, linux first, each with every knob, a title and an expectation of every property") {
  const auto names = io::shipped_designs();
  REQUIRE(names.size() >= 7);
  CHECK(names.front().starts_with("linux-"));
  const auto properties = std::ranges::count(tree().formulas, lang::FormulaKind::property, &lang::Formula::kind);
  for (const auto& name : names) {
    CAPTURE(name);
    const auto design = io::load_design(tree(), name);
    CHECK(design.name == name);
    CHECK_FALSE(design.title.empty());
    CHECK(design.knobs.size() == io::knobs(tree()).size());
    CHECK(design.expectations.size() == static_cast<std::size_t>(properties));
    for (const auto& k : design.knobs) {
      CHECK_FALSE(k.value.empty());
      CHECK_FALSE(k.reason.empty());
    }
    REQUIRE(design.orders.size() == io::orders().size());
    for (const auto& o : design.orders) CHECK_FALSE(o.reason.empty());
    for (const auto& e : design.expectations) {
      CHECK((e.origin == name || std::ranges::find(design.bases, e.origin) != design.bases.end()));
      CHECK(e.position.line > 1);
    }
  }
}

/// "6.12" as a number that compares: 612.
int release(const std::string& major, const std::string& minor) { return 100 * std::stoi(major) + std::stoi(minor); }

/// Commits of a later kernel than `era` that a reason gives as its source: "(0123456789ab, 6.15)".
std::vector<std::string> later_commits(const std::string& reason, int era) {
  static const std::regex source(R"([0-9a-f]{12}, ([0-9]+)[.]([0-9]+)[^0-9])");
  std::vector<std::string> out;
  for (std::sregex_iterator i(reason.begin(), reason.end(), source), end; i != end; ++i)
    if (release((*i)[1], (*i)[2]) > era && !reason.substr(0, i->position()).ends_with("until ") &&
        !reason.substr(0, i->position()).ends_with("by "))
      out.push_back(i->str());
  return out;
}

TEST_CASE("io: no knob of an era gives a later kernel's commit as its reason") {
  CHECK(later_commits("one allocator for all (2dcebc7ddce7, 6.6)", 601) ==
        std::vector<std::string>{"2dcebc7ddce7, 6.6)"});
  CHECK(later_commits("one allocator for all (2dcebc7ddce7, 6.6)", 606).empty());
  CHECK(later_commits("nobody looks (until 8dfa57aabff6, 6.19)", 606).empty());
  const std::regex mainline("linux-([0-9]+)[.]([0-9]+).*");
  for (const auto& name : io::shipped_designs()) {
    std::smatch era;
    if (!std::regex_match(name, era, mainline)) continue;
    const auto design = io::load_design(tree(), name);
    for (const auto& k : design.knobs) {
      CAPTURE(name);
      CAPTURE(k.knob);
      CHECK(later_commits(k.reason, release(era[1], era[2])) == std::vector<std::string>{});
    }
  }
}

TEST_CASE("io: names sort linux-* first and numbers by value") {
  const DataRoot root;
  for (const char* const name : {"linux-6.12", "linux-6.6", "linux-6.12-x86-stable", "amd"})
    root.write("spec/designs/" + std::string(name) + ".toml", "");
  auto names = io::shipped_designs();
  const Steps wanted{"linux-5.16", "linux-6.1", "linux-6.6", "linux-6.12", "linux-6.12-x86-stable", "linux-7.3", "amd"};
  const auto last_linux = std::ranges::find_if(names, [](const auto& n) { return !n.starts_with("linux-"); });
  CHECK(std::none_of(last_linux, names.end(), [](const auto& n) { return n.starts_with("linux-"); }));
  std::erase_if(names, [&](const auto& n) { return std::ranges::find(wanted, n) == wanted.end(); });
  CHECK(names == wanted);
}

TEST_CASE("io: every table that a design fills is a knob or one of an order of steps") {
  const auto knobs = io::knobs(tree());
  for (const auto& cell : tree().cells) {
    if (!lang::is_knob(cell)) continue;
    CAPTURE(cell.name);
    CHECK((std::ranges::find(knobs, cell.name, &io::Knob::name) != knobs.end() || cell.name == "next" ||
           cell.name == "done" || cell.name == "exit_next" || cell.name == "exit_done"));
  }
  CHECK(knobs.front().name == "series");
  for (const auto& o : io::orders()) {
    for (const std::string_view never : {"opening", "live", "dropped"})
      CHECK(std::ranges::find(o.steps, never) == o.steps.end());
    CHECK(std::ranges::find(o.steps, "release") != o.steps.end());
    for (const auto step : o.steps) CHECK(io::enumerator_named<spec::Step>(step).has_value());
  }
}

TEST_CASE("io: a value comes from the nearest design that sets it, and says so") {
  const auto design = io::load_design(tree(), "per-device-enqcmd");
  CHECK(design.bases == Steps{"per-device-user-pasids-amd", "per-device-user-pasids-vtd", "thread-baseline",
                              "linux-6.19", "linux-7.3"});
  CHECK(knob(design, "user_scope").value == "per_device");
  CHECK(knob(design, "user_scope").origin == "per-device-user-pasids-vtd");
  CHECK(knob(design, "cache_tag").value == "amd");
  CHECK(knob(design, "cache_tag").origin == "per-device-user-pasids-amd");
  CHECK(knob(design, "pasid_source").value == "msr");
  CHECK(knob(design, "pasid_source").origin == "per-device-enqcmd");
  CHECK(knob(design, "free_point").origin == "linux-7.3");
  CHECK(order(design, "teardown").origin == "linux-7.3");
  CHECK(order(io::load_design(tree(), "linux-7.3-amd"), "teardown").origin == "linux-7.3-amd");
  CHECK(order(io::load_design(tree(), "linux-7.3-amd"), "exit").origin == "linux-7.3");
}

TEST_CASE("io: a user's design may be short, with paths relative to its file") {
  const Directory dir;
  dir.write("bases/root.toml",
            "name = \"mine\"\nbase = \"linux-7.3\"\n[knobs]\nfree_point = \"mm_put\"\nuser_scope = \"global\"\n");
  const auto file =
      dir.write("top.toml", "name = \"top\"\nbase = \"bases/root.toml\"\nknobs.teardown = [\"clear\", \"release\"]\n");
  const auto design = io::load_design(tree(), file);
  CHECK(design.file == file);
  CHECK(design.title.empty());
  CHECK(design.bases == Steps{"mine", "linux-7.3"});
  CHECK(design.expectations.empty());
  CHECK(order(design, "teardown").value == Steps{"clear", "release"});
  CHECK(order(design, "teardown").reason.empty());
  CHECK(order(design, "exit").origin == "linux-7.3");
  CHECK(knob(design, "free_point").value == "mm_put");
  CHECK(knob(design, "free_point").reason.empty());
  CHECK(knob(design, "free_point").origin == "mine");
  // Set again to what it was, without a reason: the reason stays.
  CHECK(knob(design, "user_scope").origin == "mine");
  CHECK(knob(design, "user_scope").reason == knob(io::load_design(tree(), "linux-7.3"), "user_scope").reason);
}

TEST_CASE("io: a shipped design expects what its base does where it does not say otherwise") {
  const DataRoot root;
  const auto file = root.write("spec/designs/heir.toml",
                               "name = \"heir\"\ntitle = \"t\"\nbase = \"linux-6.12\"\n[expected]\n"
                               "DmaIsolation = { verdict = \"unknown\", reason = \"r\" }\n");
  const auto base = io::load_design(tree(), "linux-6.12");
  const auto heir = io::load_design(tree(), "heir");
  REQUIRE(heir.expectations.size() == base.expectations.size());
  for (std::size_t i = 0; i < heir.expectations.size(); ++i) {
    const auto& mine = heir.expectations[i];
    const auto& theirs = base.expectations[i];
    CHECK(mine.property == theirs.property);
    const bool own = mine.property == "DmaIsolation";
    CHECK(mine.origin == (own ? "heir" : theirs.origin));
    CHECK(mine.verdict == (own ? spec::Verdict::unknown : theirs.verdict));
    CHECK(mine.reason == (own ? "r" : theirs.reason));
  }
  // Of two bases that say something the nearer is heard.
  const auto find = [&](const io::Design& design, std::string_view property) {
    return *std::ranges::find(design.expectations, property, &io::Expectation::property);
  };
  CHECK(find(base, "PageTableChangeReachesCaches").origin == "linux-6.12");
  CHECK(find(io::load_design(tree(), "linux-7.3"), "PageTableChangeReachesCaches").origin == "linux-7.3");
  CHECK(find(heir, "OnePasidPerMm").origin == "linux-7.3");
  // The same file elsewhere is a user's.
  const Directory dir;
  CHECK(io::load_design(tree(), dir.write("heir.toml", read(file))).expectations.size() == 1);
}

TEST_CASE("io: a user's design inherits no expectations") {
  const Directory dir;
  const auto file = dir.write(
      "d.toml",
      "name = \"d\"\nbase = \"linux-7.3\"\n[expected]\nDmaIsolation = { verdict = \"unknown\", reason = \"r\" }\n");
  const auto design = io::load_design(tree(), file);
  REQUIRE(design.expectations.size() == 1);
  CHECK(design.expectations[0].property == "DmaIsolation");
  CHECK(design.expectations[0].verdict == spec::Verdict::unknown);
  CHECK(design.expectations[0].position == io::Position{4, 1});
}

TEST_CASE("io: facts have the design's knobs and nothing of a topology") {
  using namespace spec;
  const auto facts = io::facts_of(tree(), io::load_design(tree(), "per-device-enqcmd"));
  CHECK(facts.series() == Series::linux_7_3);
  CHECK(facts.user_scope() == UserScope::per_device);
  CHECK(facts.device_reset() == DeviceReset::unknown);
  CHECK(facts.user_chosen() == Switch::off);
  CHECK(facts.kernel_scheme() == KernelScheme::shared_pool);
  CHECK(facts.sets_disjoint() == Switch::on);
  CHECK(facts.pasid_source() == PasidSource::msr);
  CHECK(facts.msr_fill() == MsrFill::mm_value);
  CHECK(facts.cache_tag() == CacheTag::amd);
  CHECK(facts.free_point() == FreePoint::mm_drop);
  CHECK(facts.occupancy_check() == Switch::on);
  CHECK(facts.fork_copies_pasid() == Switch::off);
  CHECK(facts.fork_copies_msr() == Switch::off);
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(&facts);
  for (const auto& cell : tree().cells)
    if (cell.rigid && !lang::is_knob(cell)) CHECK_MESSAGE(bytes[cell.offset] == 0, cell.name);
  CHECK(std::ranges::all_of(facts.count, [](auto n) { return n == 0; }));
}

TEST_CASE("io: the teardown list gives next and done") {
  using namespace spec;
  const Directory dir;
  const auto load = [&](const std::string& list) {
    return io::facts_of(
        tree(), io::load_design(
                    tree(), dir.write("d.toml", "name = \"d\"\nbase = \"linux-7.3\"\n[knobs]\nteardown = " + list)));
  };
  const auto facts = load(R"(["clear", "stop", "release"])");
  CHECK(facts.next(Step::live) == Step::clear);
  CHECK(facts.next(Step::clear) == Step::stop);
  CHECK(facts.next(Step::stop) == Step::release);
  CHECK(facts.next(Step::release) == lang::none);
  CHECK(facts.next(Step::drain) == lang::none);
  CHECK(facts.next(lang::none) == lang::none);
  const std::array order{Step::clear, Step::stop, Step::release};
  const auto rank = [&](Step step) { return std::ranges::find(order, step) - order.begin(); };  // 3: left out
  const auto steps = static_cast<int>(lang::sort_info<Step>.enumerators.size());
  for (int i = 0; i <= steps; ++i)
    for (int j = 0; j <= steps; ++j) {
      const auto at = static_cast<Step>(i);
      const auto x = static_cast<Step>(j);
      CHECK(facts.done(at, x) == (rank(at) < 3 && rank(x) <= rank(at)));
    }
  const auto never = load("{ value = [], reason = \"a bond is for ever\" }");
  CHECK(never.next(Step::live) == lang::none);
}

TEST_CASE("io: the exit list gives exit_next and exit_done, from the last thread's end on") {
  using namespace spec;
  const Directory dir;
  const auto facts =
      io::facts_of(tree(), io::load_design(tree(), dir.write("d.toml",
                                                             "name = \"d\"\nbase = \"linux-7.3\"\n[knobs]\nexit = "
                                                             "[\"flush_iotlb\", \"clear\", \"release\"]")));
  CHECK(facts.exit_next(Step::live) == lang::none);
  CHECK(facts.exit_next(Step::stop) == Step::flush_iotlb);
  CHECK(facts.exit_next(Step::flush_iotlb) == Step::clear);
  CHECK(facts.exit_next(Step::clear) == Step::release);
  CHECK(facts.exit_next(Step::release) == lang::none);
  CHECK(facts.exit_next(Step::dropped) == lang::none);
  CHECK(facts.next(Step::live) == Step::stop);  // the teardown is the base's
  const std::array order{Step::flush_iotlb, Step::clear, Step::release, Step::dropped};
  const auto rank = [&](Step step) { return std::ranges::find(order, step) - order.begin(); };
  const auto steps = static_cast<int>(lang::sort_info<Step>.enumerators.size());
  for (int i = 0; i <= steps; ++i)
    for (int j = 0; j <= steps; ++j) {
      const auto at = static_cast<Step>(i);
      const auto x = static_cast<Step>(j);
      // An mm that was dropped has had every step of the list, but dropped is none of it.
      CHECK(facts.exit_done(at, x) == (rank(at) < 4 && rank(x) < 3 && rank(x) <= rank(at)));
    }
}

TEST_CASE("io: the designs that tests have by hand are the shipped ones") {
  using Bytes = std::array<std::uint8_t, sizeof(spec::NativeFacts)>;
  const auto shipped = [](const char* name) {
    return std::bit_cast<Bytes>(io::facts_of(tree(), io::load_design(tree(), name)));
  };
  CHECK(std::bit_cast<Bytes>(test::linux_7_3()) == shipped("linux-7.3"));
  CHECK(std::bit_cast<Bytes>(test::linux_7_3_in_short()) == shipped("thread-baseline"));
}

bool same(const io::Design& a, const io::Design& b) {
  const auto knobs = [](const auto& x, const auto& y) {
    return x.knob == y.knob && x.value == y.value && x.reason == y.reason;
  };
  const auto expectations = [](const auto& x, const auto& y) {
    return x.property == y.property && x.verdict == y.verdict && x.reason == y.reason;
  };
  return a.name == b.name && a.title == b.title && std::ranges::equal(a.knobs, b.knobs, knobs) &&
         std::ranges::equal(a.orders, b.orders, knobs) &&
         std::ranges::equal(a.expectations, b.expectations, expectations);
}

TEST_CASE("io: what a resolved design prints loads as the same design") {
  const Directory dir;
  auto designs = io::shipped_designs();
  designs.push_back(dir.write("odd.toml", R"(name = "odd"
title = """two
lines, \"quotes\", a \\, \u0007, é and '''"""
base = "linux-7.3"
[knobs]
free_point = { value = "mm_put", reason = "tab\t# no comment\n[expected]" }
teardown = []
exit = ["release"]
)"));
  for (const auto& name : designs) {
    CAPTURE(name);
    const auto design = io::load_design(tree(), name);
    const auto text = io::to_toml(design);
    CAPTURE(text);
    const auto again = io::load_design(tree(), dir.write("again.toml", text));
    CHECK(same(design, again));
    CHECK(again.bases.empty());
    using Bytes = std::array<std::uint8_t, sizeof(spec::NativeFacts)>;
    CHECK(std::bit_cast<Bytes>(io::facts_of(tree(), design)) == std::bit_cast<Bytes>(io::facts_of(tree(), again)));
  }
  // The control: the comparison sees a change.
  auto changed = io::load_design(tree(), "linux-7.3");
  changed.knobs.back().reason += ".";
  CHECK_FALSE(same(changed, io::load_design(tree(), "linux-7.3")));
}

TEST_CASE("io: a resolved design names each value's origin and reason") {
  const auto text = io::to_toml(io::load_design(tree(), "per-device-user-pasids-amd"));
  CHECK(text.starts_with(
      "# per-device-user-pasids-amd, resolved; based on per-device-user-pasids-vtd, thread-baseline, linux-6.19, linux-7.3\n"));
  CHECK(
      text.find(
          "\ncache_tag = { value = \"amd\", reason = \"each device has a domain id of its own, so its cached translations answer no "
          "other device\" }  # from per-device-user-pasids-amd\n") != text.npos);
  CHECK(text.find("# from linux-7.3\n") != text.npos);
}

TEST_CASE("io: every property is expected violated in a shipped design, and proved in another") {
  std::map<std::string, std::set<spec::Verdict>> expected;
  for (const auto& name : io::shipped_designs())
    for (const auto& e : io::load_design(tree(), name).expectations) expected[e.property].insert(e.verdict);
  for (const lang::Formula& f : tree().formulas) {
    if (f.kind != lang::FormulaKind::property) continue;
    INFO(f.name);
    CHECK(expected[std::string(f.name)].contains(spec::Verdict::violated));
    CHECK(expected[std::string(f.name)].contains(spec::Verdict::proved));
  }
}

}  // namespace
}  // namespace pasid
