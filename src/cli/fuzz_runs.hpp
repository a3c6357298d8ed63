// Fuzz on several of an implementation at once.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "src/cli/backends.hpp"
#include "src/cli/progress.hpp"
#include "src/conform/fuzz.hpp"

namespace pasid::cli {

class FuzzRuns {
 public:
  /// One run for each implementation, with the seeds from `options.seed` on and its part of the calls. Everything must
  /// outlive it.
  FuzzRuns(const conform::Catalogue& catalogue, const std::vector<conform::World>& worlds,
           const std::vector<std::unique_ptr<Implementation>>& implementations, const conform::FuzzOptions& options);

  struct Wrong {
    std::size_t run;  ///< which
    conform::Found found;
  };
  /// Until the limits are reached, or one of them finds something: the first.
  std::optional<Wrong> run(Progress& progress);

  /// Of all runs together.
  [[nodiscard]] const conform::FuzzCounts& counts() const { return counts_; }
  /// The calls that are drawn.
  [[nodiscard]] const std::vector<int>& kinds() const { return runs_.front()->drawing().kinds(); }
  [[nodiscard]] std::uint64_t asked(int kind) const;
  [[nodiscard]] bool gave_up() const;

 private:
  std::vector<std::unique_ptr<conform::Fuzz>> runs_;
  conform::FuzzCounts counts_;
  std::mutex mutex_;                  ///< of what follows
  std::vector<std::uint64_t> going_;  ///< calls so far, by run
  std::optional<Wrong> wrong_;
};

/// Adds what another run counted at the same time.
void add(conform::FuzzCounts& to, const conform::FuzzCounts& counts);

/// The i-th part, from 0, of so many calls that `n` runs share.
inline std::uint64_t part_of(std::uint64_t calls, std::uint64_t n, std::uint64_t i) {
  return calls / n + (i < calls % n ? 1 : 0);
}

/// "12,345 calls in 10.0 s (1,234/s)"
std::string rate(std::uint64_t calls, double seconds);

}  // namespace pasid::cli
