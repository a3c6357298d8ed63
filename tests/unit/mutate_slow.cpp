// What is said of mutants: the rule itself, taken for a mutant, is killed by nothing; what is another is not proved to
// be the same.
#include <algorithm>
#include <filesystem>
#include <sstream>

#include <doctest/doctest.h>

#include "proofs/model.hpp"
#include "src/conform/vectors/file.hpp"
#include "src/io/file.hpp"
#include "src/mutate/directed.hpp"
#include "src/mutate/equivalence.hpp"
#include "src/mutate/failed_calls.hpp"
#include "src/mutate/knob_readings.hpp"
#include "src/mutate/operators.hpp"
#include "src/mutate/suite.hpp"
#include "src/mutate/walks.hpp"
#include "src/review/side.hpp"
#include "tests/support/designs.hpp"

using namespace pasid;
using mutate::Mutant;

namespace {

struct Subject {
  lang::Tree tree = proofs::model();
  spec::NativeFacts knobs = io::facts_of(tree, io::load_design(tree, "linux-7.3"));
  std::vector<lang::RuleTree> rules = review::rules_of(tree, tree.rules, knobs);
  mutate::Original original{tree, knobs, rules, {}};

  Mutant unchanged(std::string_view label) const {
    Mutant m;
    m.of = label;
    m.rule = tree.rule_named(label);
    m.changed = *original.rule(label);
    return m;
  }
  Mutant unchanged_call(std::size_t c) const {
    Mutant m;
    m.by = mutate::Operator::drop_undo;
    m.of = tree.calls[c].label;
    m.call = static_cast<int>(c);
    m.sections = tree.calls[c];
    return m;
  }
  bool in_a_call(std::string_view label) const {
    const int rule = tree.rule_named(label);
    return std::ranges::any_of(tree.calls, [&](const lang::CallTree& c) {
      return std::ranges::any_of(c.sections, [&](const auto& x) { return x.rule == rule || x.undo == rule; });
    });
  }
  /// Two rules, as an update that moves makes them; the first of them does nothing.
  Mutant parted(std::string_view label) const {
    Mutant m;
    m.by = mutate::Operator::move_update;
    m.of = label;
    m.parted = tree.rule_named(label);
    m.first = m.second = *original.rule(label);
    m.first.label = "first";
    m.first.writes.clear();
    m.call = static_cast<int>(tree.calls.size());
    m.sections = {m.second.label, {{static_cast<int>(tree.rules.size())}, {m.parted}}};
    return m;
  }
  Mutant named(std::string_view label, std::string_view part) {
    const int rule = tree.rule_named(label);
    const auto all = mutate::mutants_of_rule({tree, rule, *original.rule(label)});
    const auto found = std::ranges::find(all, part, &Mutant::part);
    REQUIRE(found != all.end());
    return *found;
  }
  Mutant without_update(std::string_view label, std::string_view cell) const {
    Mutant m = unchanged(label);
    m.by = mutate::Operator::drop_update;
    m.part = std::string(label) + "/" + std::string(cell);
    REQUIRE(std::erase_if(m.changed.writes, [&](const lang::Write& w) { return w.cell == tree.cell_named(cell); }) > 0);
    return m;
  }
  Mutant with_knob(std::string_view name, std::string_view value) const {
    Mutant m;
    m.by = mutate::Operator::flip_knob;
    m.of = name;
    m.facts = knobs;
    const auto all = io::knobs(tree);
    io::set_value(m.facts, *std::ranges::find(all, name, &io::Knob::name), value);
    return m;
  }
  Mutant without_guard(std::string_view label, std::string_view guard) const {
    Mutant m = unchanged(label);
    REQUIRE(std::erase_if(m.changed.guards, [&](const lang::Guard& g) { return g.label == guard; }) == 1);
    return m;
  }
};

}  // namespace

TEST_CASE("mutate: of every rule the rule itself does nothing else in any state, and fails no test") {
  Subject s;
  std::vector<Mutant> same;
  for (const lang::RuleTree& rule : s.rules) same.push_back(s.unchanged(rule.label));
  REQUIRE(same.size() > 50);
  const mutate::Reached reached = mutate::reach(s.original, same, std::vector<bool>(same.size(), true),
                                                {.max_states = 200, .scopes = 2, .progress = {}});
  CHECK(reached.states > 200);
  for (std::size_t m = 0; m < same.size(); ++m) {
    CAPTURE(same[m].of);
    CHECK_FALSE(reached.parts[m]);
    CHECK_FALSE(reached.falls[m]);
  }

  const explore::Reading reading = explore::native_reading();
  const conform::Catalogue catalogue(proofs::model(), reading, s.knobs);
  conform::vectors::GenerateOptions options;
  options.suites = {false, false, false, true};
  std::ostringstream text;
  conform::vectors::write(text, catalogue, conform::vectors::generate(catalogue, s.knobs, options),
                          {"linux-7.3", "smoke", options.seed});
  const std::string path = (std::filesystem::temp_directory_path() / "pasid-mutate-test.json").string();
  io::write_file("the suite", path, std::move(text).str());
  const conform::VectorFile file(path, proofs::model(), reading, conform::Device::asked);
  REQUIRE(file.tests() > 50);
  for (Mutant& m : same) m.alike = 0;
  for (std::size_t c = 0; c < s.tree.calls.size(); ++c) same.push_back(s.unchanged_call(c));
  for (const lang::RuleTree& rule : s.rules)
    if (!s.in_a_call(rule.label)) same.push_back(s.parted(rule.label));
  for (const auto& failed : mutate::failed_tests(s.original, file, same, {})) CHECK_FALSE(failed);

  // The twin: what is another is noticed, and the same however many threads look. The last is stopped by nothing: a
  // struct that is used again is at its release once more, and again, and nobody can see it.
  const std::vector<Mutant> others{s.without_guard("bind.pasid", "bind.pasid-free"),
                                   s.without_guard("unbind.drain", "drain.work-finished"),
                                   s.named("process.recycle", "process.recycle/mm_at:=release")};
  const auto one = mutate::failed_tests(s.original, file, others, {});
  const auto two = mutate::failed_tests(s.original, file, others, {.threads = 2, .progress = {}});
  REQUIRE((one[0] && one[1] && two[0] && two[1]));
  CHECK(one[0]->id == two[0]->id);
  CHECK(one[1]->id == two[1]->id);
  CHECK(one[2].has_value() == two[2].has_value());
  std::filesystem::remove(path);
}

TEST_CASE("mutate: a guard in other words is proved to be the same, and a guard less is not") {
  Subject s;
  const smt::Proof proof = smt::prove(proofs::model(), s.knobs);
  Mutant twice = s.unchanged("unbind.drain");
  twice.changed.guards.push_back(twice.changed.guards.back());
  Mutant other_value = s.unchanged("unbind.drain");
  REQUIRE_FALSE(other_value.changed.writes.empty());
  other_value.changed.writes.pop_back();
  std::vector<Mutant> mutants{s.unchanged("unbind.drain"), twice,
                              s.without_guard("unbind.drain", "drain.work-finished"), other_value};
  // A precondition less: nobody asks where it does not hold. To wait for the one that is gone would be another answer.
  mutants.push_back(s.without_guard("portal.unmap", "munmap.mapped"));
  // A new file's name is not the caller's, who waits for the lock also where it is taken from those in use.
  Mutant swapped = s.unchanged("bind.pasid");
  std::swap(swapped.changed.guards[1], swapped.changed.guards[2]);
  mutants.push_back(swapped);
  mutants.push_back(s.without_guard("bind.pasid", "bind.new-file"));
  mutants.push_back(s.without_guard("bind.pasid", "bind.sva-lock"));
  using Same = mutate::Same;
  CHECK(mutate::proved_equivalent(s.tree, s.original, proof, mutants, 1, {}) ==
        std::vector{Same::everywhere, Same::everywhere, Same::unknown, Same::unknown, Same::where_asked,
                    Same::everywhere, Same::where_asked, Same::unknown});
}

TEST_CASE("mutate: a lemma that is proved shows that a cell is as it was, and one that is not shows nothing") {
  Subject s;
  // Nobody changes the pages of a domain that is no process's: nothing of it is outdated. Cached it may be.
  const std::map<std::string, std::string> lemmas{
      {"processes_alone", "forall dev d, pasid p, as a: iotlb_outdated(d, p, a) -> kind(a) == mm"},
      {"nothing_is_cached", "forall dev d, pasid p, as a: !iotlb(d, p, a)"}};
  lang::Tree wider = s.tree;
  mutate::add_lemmas(wider, lemmas);
  const smt::Proof proof = smt::prove(wider, s.knobs);
  CHECK(proof.find("processes_alone")->status == smt::Status::proved);
  CHECK(proof.find("nothing_is_cached")->status != smt::Status::proved);
  const std::vector<Mutant> mutants{s.without_update("user.replace", "iotlb_outdated"),
                                    s.without_update("user.replace", "iotlb")};
  using Same = mutate::Same;
  CHECK(mutate::proved_equivalent(s.tree, s.original, proof, mutants, 1, {}) ==
        std::vector{Same::unknown, Same::unknown});
  CHECK(mutate::proved_equivalent(wider, s.original, proof, mutants, 1, {}) ==
        std::vector{Same::everywhere, Same::unknown});

  CHECK_THROWS_AS(mutate::add_lemmas(wider, {{"processes_alone", "true"}}), std::invalid_argument);
  CHECK_THROWS_AS(mutate::add_lemmas(wider, {{"other", "forall dev d: no_cell(d)"}}), std::invalid_argument);
}

TEST_CASE("mutate: walks find what is far from the empty state, and of a rule that is as it was nothing") {
  Subject s;
  std::vector<Mutant> mutants{s.unchanged("unbind.flush_iotlb")};
  for (const char* cell : {"iotlb_outdated", "iotlb_kernel_outdated"})
    mutants.push_back(s.without_update("unbind.flush_iotlb", cell));
  for (const char* cell : {"atc_outdated", "atc_kernel_outdated"})
    mutants.push_back(s.without_update("unbind.flush_dev_tlb", cell));
  const auto found = mutate::walks(s.original, "linux-7.3", mutants, {.walks = 3'200, .progress = {}});
  const auto again = mutate::walks(s.original, "linux-7.3", mutants, {.walks = 3'200, .threads = 2, .progress = {}});
  CHECK_FALSE(found[0]);
  std::size_t shown = 0;
  for (std::size_t m = 1; m < mutants.size(); ++m) {
    REQUIRE(found[m].has_value() == again[m].has_value());
    if (!found[m]) continue;
    ++shown;
    CHECK(found[m]->path.steps.size() > 8);
    CHECK_NOTHROW(explore::replay(explore::native_reading(), found[m]->path));
    CHECK(again[m]->told("x") == found[m]->told("x"));
  }
  CHECK(shown > 0);
}

TEST_CASE("mutate: a search for one mutant finds what is far away, and of a rule that is as it was nothing") {
  Subject s;
  // Another file's end has to be under way in another group: 14 steps, the shortest there are.
  const Mutant far = s.named("unbind.clear", "clear.sva-lock#8");
  const auto found = mutate::directed(s.original, std::vector{far, s.unchanged("unbind.clear")},
                                      {.max_states = 400'000, .progress = {}});
  REQUIRE(found[0]);
  CHECK(found[0]->steps() == 15);
  CHECK(found[0]->path.steps.back().label == "unbind.clear");
  CHECK_FALSE(found[1]);
  CHECK_FALSE(mutate::directed(s.original, std::vector{far}, {.max_states = 16, .progress = {}})[0]);
}

TEST_CASE("mutate: an owner that a refused attach leaves behind is convicted by that conjunct alone") {
  Subject s;
  const auto& properties = spec::native_properties();
  const int failed_call = static_cast<int>(
      std::ranges::find(properties, "FailedCallChangesNothing", &spec::NativeProperty::name) - properties.begin());
  const std::vector<Mutant> mutants{s.unchanged_call(2), s.without_update("kernel.free_pasid", "owner")};
  const auto convicts = mutate::convicted_by_failed_calls(s.original, mutants, {.progress = {}});
  REQUIRE(convicts.size() == 1);
  // The first conjunct is about owners.
  CHECK(convicts.begin()->first == std::pair<int, std::size_t>(failed_call, 0));
  CHECK(convicts.begin()->second == mutants[1].name());
}

TEST_CASE("mutate: another value of a knob shows in a reachable state, and the same value in none") {
  Subject s;
  const std::vector<Mutant> mutants{s.with_knob("entry_cache", "on"), s.with_knob("entry_cache", "off")};
  const auto found = mutate::knob_readings(s.original, mutants, {.scopes = 4, .progress = {}});
  CHECK_FALSE(found[0]);
  REQUIRE(found[1]);
  CHECK_FALSE(found[1]->path.steps.empty());
}
