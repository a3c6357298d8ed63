// What fuzz asks for: half of it succeeds and every call has its share, because it sets out for those that lag.
#include <doctest/doctest.h>

#include "src/conform/fuzz.hpp"
#include "src/conform/fuzz_worlds.hpp"
#include "tests/support/conform_worlds.hpp"

using namespace pasid;
using namespace pasid::test;

namespace {

struct Aimed {
  double succeeded;   ///< part of all calls
  double rarest = 1;  ///< the least part that a call has
  std::string_view name;
  std::size_t kinds;
};

Aimed asked(const conform::FuzzOptions& options) {
  conform::ReferenceBackend backend(catalogue());
  const auto worlds = conform::fuzz_worlds(conform_model().tree, conform_model().knobs, backend.capabilities());
  REQUIRE(!worlds.empty());
  conform::Fuzz fuzz(catalogue(), worlds, backend, options);
  CHECK(!fuzz.run([](const conform::FuzzCounts&) { return true; }).has_value());
  CHECK(fuzz.counts().calls == options.calls);
  Aimed out{static_cast<double>(fuzz.counts().succeeded) / static_cast<double>(fuzz.counts().calls), 1, {}, 0};
  out.kinds = fuzz.drawing().kinds().size();
  for (const int kind : fuzz.drawing().kinds())
    if (fuzz.drawing().share(kind) < out.rarest) {
      out.rarest = fuzz.drawing().share(kind);
      out.name = catalogue()[kind].name;
    }
  return out;
}

}  // namespace

TEST_CASE("fuzz: half of the calls succeed, and each kind of call has its share") {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const Aimed a = asked({.seed = seed, .calls = 100'000});
    CAPTURE(a.name);
    CHECK(a.succeeded >= 0.5);
    CHECK(a.kinds > 20);
    CHECK(a.rarest >= conform::least_share(a.kinds));
  }
}

TEST_CASE("fuzz: without an aim some calls have less than their share") {
  const Aimed a = asked({.seed = 1, .calls = 100'000, .aims = false});
  CHECK(a.rarest < conform::least_share(a.kinds));
}

TEST_CASE("fuzz: a share is 5 %, or half of an equal one") {
  CHECK(conform::least_share(1) == 0.05);
  CHECK(conform::least_share(10) == 0.05);
  CHECK(conform::least_share(25) == doctest::Approx(0.02));
}
