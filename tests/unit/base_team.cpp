// Threads that stay.
#include <algorithm>
#include <mutex>
#include <stdexcept>

#include <doctest/doctest.h>

#include "src/base/team.hpp"

using pasid::Team;

TEST_CASE("team: every thread works in every round, and what all did is there for all in the next") {
  for (const unsigned threads : {1U, 2U, 5U}) {
    Team team(threads);
    CHECK(team.size() == threads);
    std::vector<unsigned> done(threads);
    std::atomic<bool> as_it_is = true;
    for (unsigned round = 0; round < 100; ++round) {
      team.each([&](unsigned t) { ++done[t]; }, round % 3 != 0);
      team.each([&](unsigned) {
        if (done != std::vector<unsigned>(threads, round + 1)) as_it_is = false;
      });
    }
    CHECK(as_it_is);
  }
}

TEST_CASE("team: each piece once, those of a thread in order") {
  Team team(3);
  for (const std::size_t pieces : {0U, 1U, 2U, 1000U}) {
    std::vector<int> times(pieces);
    std::vector<std::vector<std::size_t>> of(team.size());
    team.pieces(pieces, [&](std::size_t i, unsigned t) {
      ++times[i];
      of[t].push_back(i);
    });
    CHECK(times == std::vector<int>(pieces, 1));
    for (const auto& done : of) CHECK(std::ranges::is_sorted(done));
  }
}

TEST_CASE("team: what a thread throws is thrown, once all have ended, and the team goes on") {
  Team team(4);
  for (const unsigned bad : {0U, 3U}) {
    std::atomic<int> ended = 0;
    CHECK_THROWS_AS(team.each([&](unsigned t) {
      if (t == bad) throw std::runtime_error("bad");
      ++ended;
    }),
                    std::runtime_error);
    CHECK(ended == 3);
  }
  std::atomic<int> ended = 0;
  team.each([&](unsigned) { ++ended; });
  CHECK(ended == 4);
}
