// Vectors of one design: all suites, over all worlds.
#pragma once

#include <deque>

#include "src/conform/vectors/chained.hpp"
#include "src/conform/vectors/history.hpp"
#include "src/conform/vectors/table.hpp"

namespace pasid::conform::vectors {

struct Suites {
  bool covering = true;
  bool history = true;
  bool chained = true;
  bool smoke = true;
};

struct GenerateOptions {
  Suites suites{};
  std::uint64_t seed = 1;
  unsigned threads = 2;              ///< what is made does not depend on it
  std::size_t chain_length = 2'000;  ///< calls of each long run
  smt::ProveOptions prove{};
  std::function<void(const std::string&)> progress = [](const std::string&) {};
};

struct WorldTests {
  Plan plan;
  World world;
  std::vector<Test> tests;  ///< covering; those that smoke picks have its flag too
  std::vector<Test> history;
  std::vector<Chain> chains;
  std::vector<bool> tells = {};  ///< by call: it has changed something here, or answered anything but ok
  std::size_t beliefs = 0;       ///< looked at
  bool exhausted = false;        ///< there are no others
};

struct Generated {
  std::deque<WorldTests> worlds;      ///< those of the plans that the design's axioms allow
  std::vector<Told> told;             ///< by bug; empty without the suite
  std::vector<std::string> left_out;  ///< names of the other plans
  Table table;                        ///< of all tests
  [[nodiscard]] std::size_t tests() const;
};

/// The same for the same seed. `catalogue` is of the design in `knobs`, with the tester as the device.
Generated generate(const Catalogue& catalogue, const spec::NativeFacts& knobs, const GenerateOptions& options);

}  // namespace pasid::conform::vectors
