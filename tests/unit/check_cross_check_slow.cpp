// The cross check must be cheap, so it is small; and it must notice what is wrong all the same.
#include <algorithm>

#include <doctest/doctest.h>

#include "proofs/model.hpp"
#include "src/check/check.hpp"
#include "src/check/cross_check.hpp"
#include "src/check/seek.hpp"
#include "src/io/design.hpp"

namespace pasid::check {
namespace {

/// Properties by what a design expects of them.
std::vector<int> expected(const io::Design& design, spec::Verdict verdict) {
  std::vector<int> out;
  const auto all = spec::native_properties();
  for (std::size_t i = 0; i < all.size(); ++i)
    for (const auto& e : design.expectations)
      if (e.property == all[i].name && e.verdict == verdict) out.push_back(static_cast<int>(i));
  return out;
}

CrossCheck checked(const io::Design& design, spec::Verdict verdict) {
  explore::Options options;
  options.reading = search_reading();
  return cross_check(proofs::model(), io::facts_of(proofs::model(), design), expected(design, verdict), options);
}

TEST_CASE("cross check: what is proved of a design is not disputed, and states were looked at") {
  for (const char* name : {"linux-5.12", "linux-7.3", "thread-baseline", "overlapping-kernel-sets"}) {
    INFO(name);
    const CrossCheck c = checked(io::load_design(proofs::model(), name), spec::Verdict::proved);
    CHECK(c.disagreements.empty());
    CHECK(c.firings > 0);
    CHECK(c.states > 1000);
  }
}

/// The tampered twin: had a proof shown what is violated, would it be noticed?
TEST_CASE("cross check: of ten properties that are violated it would notice nine") {
  std::size_t violated = 0;
  std::size_t noticed = 0;
  for (const auto& name : io::shipped_designs()) {
    const io::Design design = io::load_design(proofs::model(), name);
    const CrossCheck c = checked(design, spec::Verdict::violated);
    violated += expected(design, spec::Verdict::violated).size();
    noticed += c.disagreements.size();
  }
  CHECK(violated > 100);
  CHECK(10 * noticed >= 9 * violated);
  MESSAGE(noticed << " of " << violated);
}

TEST_CASE("cross check: where no rule fires in the search that is an error") {
  const io::Design design = io::load_design(proofs::model(), "one-kernel-set");
  Options options;
  options.properties = {"DmaIsolation"};
  CHECK(check(proofs::model(), design, options).errors.empty());
  options.reading = search_reading();
  for (explore::RunnableRule& r : options.reading->rules) r.only_if = [](const spec::NativeFacts&) { return false; };
  CHECK(check(proofs::model(), design, options).errors ==
        std::vector<std::string>{"no rule fired in the search that checks the proofs"});
}

}  // namespace
}  // namespace pasid::check
