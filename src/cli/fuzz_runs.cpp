#include "src/cli/fuzz_runs.hpp"

#include <algorithm>
#include <atomic>
#include <numeric>

#include <fmt/format.h>

#include "src/base/parallel.hpp"
#include "src/cli/text.hpp"

namespace pasid::cli {

std::string rate(std::uint64_t calls, double seconds) {
  return fmt::format("{} calls in {:.1f} s ({}/s)", count(calls), seconds,
                     count(static_cast<std::size_t>(seconds > 0 ? static_cast<double>(calls) / seconds : 0)));
}

FuzzRuns::FuzzRuns(const conform::Catalogue& catalogue, const std::vector<conform::World>& worlds,
                   const std::vector<std::unique_ptr<Implementation>>& implementations,
                   const conform::FuzzOptions& options)
    : going_(implementations.size()) {
  const std::uint64_t n = implementations.size();
  for (std::uint64_t i = 0; i < n; ++i) {
    conform::FuzzOptions own = options;
    own.seed += i;
    own.calls = part_of(options.calls, n, i);
    runs_.push_back(std::make_unique<conform::Fuzz>(catalogue, worlds, **implementations[i], own));
  }
}

void add(conform::FuzzCounts& to, const conform::FuzzCounts& counts) {
  to.calls += counts.calls;
  to.succeeded += counts.succeeded;
  to.sequences += counts.sequences;
  to.searched += counts.searched;
  to.not_again += counts.not_again;
  to.most_states = std::max(to.most_states, counts.most_states);
  to.seconds = std::max(to.seconds, counts.seconds);
  for (const auto& [outcome, n] : counts.outcomes) to.outcomes[outcome] += n;
  for (const auto& [why, n] : counts.unsupported) to.unsupported[why] = std::max(to.unsupported[why], n);
}

std::optional<FuzzRuns::Wrong> FuzzRuns::run(Progress& progress) {
  std::atomic<bool> stop = false;
  const auto one = [&](std::size_t i) {
    auto found = runs_[i]->run([&](const conform::FuzzCounts& c) {
      const std::scoped_lock lock(mutex_);
      going_[i] = c.calls;
      progress.say(rate(std::accumulate(going_.begin(), going_.end(), std::uint64_t{0}), c.seconds));
      return !stop;
    });
    if (!found) return;
    stop = true;
    const std::scoped_lock lock(mutex_);
    if (!wrong_) wrong_ = {i, std::move(*found)};
  };
  in_parallel(runs_.size(), static_cast<unsigned>(runs_.size()), [&](std::size_t i, unsigned) {
    try {
      one(i);
    } catch (...) {
      stop = true;
      throw;
    }
  });
  for (const auto& run : runs_) add(counts_, run->counts());
  return std::move(wrong_);
}

std::uint64_t FuzzRuns::asked(int kind) const {
  std::uint64_t out = 0;
  for (const auto& run : runs_) out += run->drawing().asked(kind);
  return out;
}

bool FuzzRuns::gave_up() const {
  return std::ranges::any_of(runs_, [](const auto& run) { return run->gave_up(); });
}

}  // namespace pasid::cli
