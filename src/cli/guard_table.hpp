// How often an implementation was seen to answer because of each guard, by call.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "src/conform/endings.hpp"
#include "src/io/design.hpp"

namespace pasid::cli {

class GuardTable {
 public:
  struct Row {
    std::string_view guard;  ///< its label
    std::string answer;      ///< "ENOSPC", "would_block"
    std::uint64_t met = 0;
    std::map<std::string, std::uint64_t> lacks;         ///< why it was not asked for: by how many tests say so
    std::string why;                                    ///< it was not met
    std::map<conform::Answer::By, std::uint64_t> by{};  ///< whose refusals these were

    /// Where it was not met and nothing else is said: what most tests of it lacked.
    void lacked_most();
  };
  struct Call {
    std::string_view name;
    std::uint64_t asked = 0;
    std::uint64_t ok = 0;
    std::deque<Row> rows;  ///< stay where they are
  };

  /// The call of that number, with a row for each guard that can refuse it, where the
  /// design's knobs do not decide that it holds, not met so far.
  Call& of(const conform::Catalogue& catalogue, const spec::NativeFacts& knobs, int kind);
  /// The row of a guard of the call; there is one from now on.
  static Row& row(Call& call, std::string_view guard);
  /// Why guards were not met, by calls of this catalogue: what tests lack, or what the implementation cannot be told.
  void explain(const conform::Catalogue& catalogue, const spec::NativeFacts& knobs, const conform::Capabilities& has);
  /// To be called last, for it takes a second or two: of those that nothing is said of so far, that they are proved
  /// never to come, or else `else_why`.
  void prove(const conform::Catalogue& catalogue, const io::Design& design, std::string_view else_why);

  /// The same from what json() gave of the same calls, of one part of what was asked.
  void explain(const nlohmann::ordered_json& table);

  /// A refusal by that guard.
  static void meet(Row& row, conform::Answer::By by);

  /// A line a call. `all`: calls are so many, and shares are printed; 0: numbers. `verbose`: every guard too, and whose
  /// refusals they were where the implementation says that of any. Ends with how many
  /// guards were met.
  [[nodiscard]] std::string text(std::uint64_t all, bool verbose) const;
  [[nodiscard]] nlohmann::ordered_json json() const;

 private:
  std::vector<std::pair<Row*, conform::Ending>> unexplained(const conform::Catalogue& catalogue);

  std::vector<Call> calls_;
  std::map<const conform::Catalogue*, std::vector<conform::Ending>> endings_;
};

/// "12.5 %"; "-" of nothing.
std::string percent(std::uint64_t part, std::uint64_t of);

}  // namespace pasid::cli
