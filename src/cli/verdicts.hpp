// What an implementation did wrong, in words.
#pragma once

#include <span>
#include <string>

#include "src/conform/replay.hpp"
#include "src/conform/report.hpp"

namespace pasid::cli {

struct Telling {
  conform::TestResult::Outcome outcome;
  std::string why;     ///< one line; empty where every answer was allowed
  std::string detail;  ///< the calls with their answers, and what would have been right; lines
};

Telling tell(const conform::Verdict& verdict, const conform::Catalogue& catalogue, const conform::World& world,
             std::span<const conform::Call> calls);

}  // namespace pasid::cli
