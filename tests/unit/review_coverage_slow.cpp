#include <algorithm>

#include <doctest/doctest.h>

#include "proofs/model.hpp"
#include "src/base/parallel.hpp"
#include "src/check/hints.hpp"
#include "src/explore/reading.hpp"
#include "src/review/coverage.hpp"
#include "src/smt/prove.hpp"

namespace pasid {
namespace {

using smt::Answer;

const review::GuardCoverage& guard(const review::Coverage& coverage, std::string_view rule, std::string_view label) {
  const auto r = std::ranges::find(coverage.rules, rule, &review::RuleCoverage::label);
  REQUIRE(r != coverage.rules.end());
  const auto g = std::ranges::find(r->guards, label, &review::GuardCoverage::label);
  REQUIRE(g != r->guards.end());
  return *g;
}

const lang::Tree& model() { return proofs::model(); }

smt::Proof proof_of(const spec::NativeFacts& knobs) {
  smt::ProveOptions options;
  options.hints = check::proof_hints();
  return smt::prove(model(), knobs, options);
}

// An mm that was dropped is in no table: a proved matter, so the guard that asks is never the first to fail. Without
// what is proved it can be.
TEST_CASE("guards: what the invariants imply is never the first to fail, and without them it can be") {
  const auto knobs = io::facts_of(model(), io::load_design(model(), "linux-7.3"));
  const std::vector<smt::GuardName> guards{{"process.recycle", "recycle.not-in-a-table"},
                                           {"bind.reserve", "bind.slot-free"}};
  const smt::Proof proof = proof_of(knobs);
  CHECK(smt::can_fail_first(model(), knobs, proof, guards) == std::vector{Answer::unsat, Answer::sat});
  CHECK(smt::can_fail_first(model(), knobs, smt::Proof{}, guards) == std::vector{Answer::sat, Answer::sat});
  CHECK_THROWS_WITH_AS(smt::can_fail_first(model(), knobs, proof, {{"bind.reserve", "mmap.own-mm"}}),
                       doctest::Contains("mmap.own-mm"), std::invalid_argument);
}

// Where no bind gets past its second guard, that guard can fail and the later ones are never asked.
TEST_CASE("guards: those of a rule that the knobs refuse can fail up to the one that refuses") {
  const auto knobs = io::facts_of(model(), io::load_design(model(), "linux-6.12-x86-stable"));
  const std::vector<smt::GuardName> guards{{"bind.pasid", "bind.sva-supported"}, {"bind.pasid", "bind.no-lam"}};
  CHECK(smt::can_fail_first(model(), knobs, proof_of(knobs), guards) == std::vector{Answer::sat, Answer::unsat});
  CHECK_THROWS_WITH_AS(smt::can_fail_first(model(), knobs, smt::Proof{}, {{"bind.pasid_6_6", "bind.no-lam"}}),
                       doctest::Contains("bind.pasid_6_6"), std::invalid_argument);
}

TEST_CASE("coverage: a guard is met, decided by the knobs, implied or open") {
  const auto design = io::load_design(model(), "linux-7.3");
  const auto little = review::cover(model(), design, 1, 300'000);
  CHECK(guard(little, "process.create", "create.new-mm").failed_first > 0);
  CHECK(guard(little, "bind.pasid", "bind.sva-supported").decided);
  CHECK(guard(little, "process.recycle", "recycle.not-in-a-table").never);
  // What is neither met nor decided nor implied is what unmet() names.
  for (const auto& r : little.rules)
    for (const auto& g : r.guards)
      CHECK((g.failed_first > 0 || g.decided || g.never || r.refuses) ==
            (std::ranges::count(little.unmet(), g.label) == 0));
}

using Labels = std::vector<std::string_view>;

TEST_CASE("coverage: of every kernel each rule fires, and no guard is open") {
  std::vector<io::Design> kernels;
  for (const std::string& name : io::shipped_designs())
    if (name.starts_with("linux-")) kernels.push_back(io::load_design(model(), name));
  REQUIRE(kernels.size() > 10);
  std::vector<review::Coverage> all(kernels.size());
  in_parallel(kernels.size(), 2, [&](std::size_t i, unsigned) { all[i] = review::cover(model(), kernels[i]); });
  for (const review::Coverage& c : all) {
    INFO(c.design);
    CHECK(c.rules.size() > 10);
    CHECK(c.unfired() == Labels{});
    CHECK(c.unmet() == Labels{});
  }
}

TEST_CASE("coverage: a rule that never gets past its first guard is named, and so is the guard behind it") {
  const auto design = io::load_design(model(), "linux-6.12-x86-stable");
  const auto whole = review::cover(model(), design);
  CHECK(whole.unfired() == Labels{});
  CHECK(whole.unmet() == Labels{});

  explore::Reading stuck = explore::native_reading();
  stuck.rules[static_cast<std::size_t>(model().rule_named("queue.disable"))].apply = [](const auto&, const auto&, auto&,
                                                                                        const auto*, bool) {
    return lang::Outcome{.kind = lang::Outcome::Kind::waits, .label = "disable.enabled"};
  };
  const auto without = review::cover(model(), design, 1, whole.attempts, stuck);
  CHECK(std::ranges::count(without.unfired(), std::string_view("queue.disable")) == 1);
  CHECK(std::ranges::count(without.unmet(), std::string_view("disable.work-finished")) == 1);
}

}  // namespace
}  // namespace pasid
