// What fuzz met and found, in words and for programs: of one run, or of several put together.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "src/cli/commands.hpp"
#include "src/cli/guard_table.hpp"
#include "src/conform/fuzz.hpp"

namespace pasid::cli {

/// A sequence that went wrong, as it is told.
struct FuzzFinding {
  std::string why;
  std::string words;  ///< lines: what is wrong, and its trace
  std::size_t calls = 0;
  std::string vector;     ///< the test, as a file of vectors
  std::string no_vector;  ///< not empty: why there is none
};

struct FuzzReport {
  std::string implementation;
  std::string design;
  std::uint64_t seed = 1;  ///< of the first run; the next has the next
  std::size_t jobs = 1;
  conform::FuzzCounts counts;
  std::vector<int> kinds;              ///< the calls that are drawn
  std::map<int, std::uint64_t> asked;  ///< by kind
  bool gave_up = false;                ///< of some sequence nothing more could be said
  std::optional<FuzzFinding> found;
};

/// The calls that were asked, each with the guards that can refuse it.
GuardTable guard_table(const conform::Catalogue& catalogue, const spec::NativeFacts& knobs, const FuzzReport& report);

/// Of a guard that nothing else is said of.
inline constexpr std::string_view not_come_to = "no call came to it";

/// `out`: where the vector of what was found is.
void print(const Session& session, const conform::Catalogue& catalogue, const FuzzReport& report,
           const GuardTable& coverage, const std::string& out, bool verbose);
nlohmann::ordered_json to_json(const FuzzReport& report, const GuardTable& coverage, const std::string& out);

/// Says on standard error where nothing was shown.
int exit_code(const FuzzReport& report);

}  // namespace pasid::cli
