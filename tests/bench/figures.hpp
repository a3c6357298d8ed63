// What a benchmark has measured, for the table that tests/bench/run ends with.
#pragma once

#include <cstdlib>
#include <fstream>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

namespace pasid::bench {

/// What a figure should be.
struct Goal {
  enum class Is { at_least, at_most } is;
  double value;  ///< in the figure's unit
};
inline Goal at_least(double value) { return {Goal::Is::at_least, value}; }
inline Goal at_most(double value) { return {Goal::Is::at_most, value}; }

/// Adds a line of JSON to the file that PASID_FIGURES names, nothing where it names none: {"part", "what", "value",
/// "unit"} and, with a goal, {"goal", "at": "least" or "most"}; tests/bench/table.py reads it. `part` is what the table
/// has a heading for ("proof"), `what` is one of it ("linux-7.3"), `unit` is for people ("s", "calls/s"; "": a ratio).
inline void figure(const std::string& part, const std::string& what, double value, const std::string& unit,
                   std::optional<Goal> goal = {}) {
  const char* const file = std::getenv("PASID_FIGURES");
  if (file == nullptr || *file == '\0') return;
  nlohmann::ordered_json line{{"part", part}, {"what", what}, {"value", value}, {"unit", unit}};
  if (goal) {
    line["goal"] = goal->value;
    line["at"] = goal->is == Goal::Is::at_least ? "least" : "most";
  }
  std::ofstream(file, std::ios::app) << line.dump() << '\n';
}

}  // namespace pasid::bench
