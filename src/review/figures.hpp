// What benchmarks measured, as `tests/bench/run --json FILE` writes it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pasid::review {

struct Figure {
  struct Goal {
    double value;
    bool at_least;  ///< else at most
  };

  std::string part;
  std::string what;
  double value;
  std::string unit;  ///< empty: a ratio, or a number of things
  std::optional<Goal> goal;

  /// Without a goal: yes.
  [[nodiscard]] bool met() const;
  /// How many times better than its goal it is; less than 1 where it misses it. Infinite where one of the two is zero
  /// and the other is worse, 1 where both are.
  [[nodiscard]] double times_better() const;
};

struct Figures {
  std::string file;
  std::uint64_t processors;  ///< of the machine
  std::vector<Figure> all;
};

/// Throws io::InputError where the file is not what the benchmarks write.
Figures read_figures(const std::string& file);

/// Those that come with the program: tests/bench/figures.json below the data root; empty where there is no such file.
std::string recorded_figures();

}  // namespace pasid::review
