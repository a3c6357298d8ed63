// How often an implementation was seen to answer because of each guard, by call.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "src/conform/catalogue.hpp"

namespace pasid::cli {

class GuardTable {
 public:
  struct Row {
    std::string_view guard;  ///< its label
    std::string answer;      ///< "ENOSPC"; empty: it does not refuse
    std::uint64_t met = 0;
    std::map<std::string, std::uint64_t> lacks;  ///< why it was not asked for: by how many tests say so
  };
  struct Call {
    int kind;
    std::string_view name;
    std::uint64_t asked = 0;
    std::uint64_t ok = 0;
    std::vector<Row> rows;
  };

  /// Rows for all guards that can refuse the call, not met so far.
  Call& add(const lang::Tree& tree, const conform::Catalogue& catalogue, int kind);
  /// The row of a guard of the call; there is one from now on.
  static Row& row(Call& call, std::string_view guard);
  /// The call of that number; null: it was not added.
  [[nodiscard]] Call* find(int kind);

  /// A line a call. `all`: calls are so many, and shares are printed; 0: numbers. `verbose`: every guard too. Ends with
  /// how many guards were met.
  [[nodiscard]] std::string text(std::uint64_t all, bool verbose) const;
  [[nodiscard]] nlohmann::ordered_json json() const;

 private:
  std::vector<Call> calls_;
};

/// "12.5 %"; "-" of nothing.
std::string percent(std::uint64_t part, std::uint64_t of);

}  // namespace pasid::cli
