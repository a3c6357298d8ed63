// How often each outcome of each rule was met: which guard was first to fail, or none.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "spec/lang/native.hpp"
#include "spec/lang/tree.hpp"
#include "tests/support/random.hpp"

namespace pasid::test {

using lang::Outcome;

inline std::string_view label_of(const Outcome& o) {
  return o.label == nullptr ? std::string_view{} : std::string_view(o.label);
}

/// An outcome of a rule: the place of the guard that is first to fail, or one past the last guard where the rule fires.
using Goal = std::pair<std::size_t, std::size_t>;

/// How often each outcome of each rule was the first: its guards in order, then "fires".
class Outcomes {
 public:
  explicit Outcomes(const lang::Tree& tree) {
    for (const auto& r : tree.rules) {
      std::vector<std::string_view> labels;
      for (const auto& g : r.guards) labels.push_back(g.label);
      labels_.push_back(std::move(labels));
      count_.emplace_back(r.guards.size() + 1, 0);
    }
  }
  std::size_t place(std::size_t rule, const Outcome& o) const {
    const auto& labels = labels_[rule];
    if (o.label == nullptr) return labels.size();
    return static_cast<std::size_t>(std::ranges::find(labels, label_of(o)) - labels.begin());
  }
  void count(std::size_t rule, const Outcome& o) {
    if (const std::size_t at = place(rule, o); at < count_[rule].size()) ++count_[rule][at];
  }
  /// The outcome met least often, among a few or of all.
  Goal rarest(Random& random) const {
    Goal best{0, 0};
    std::uint64_t least = ~std::uint64_t{0};
    const auto look_at = [&](std::size_t r, std::size_t g) {
      if (count_[r][g] >= least) return;
      least = count_[r][g];
      best = {r, g};
    };
    if (coin(random)) {
      for (std::size_t r = 0; r < count_.size(); ++r)
        for (std::size_t g = 0; g < count_[r].size(); ++g) look_at(r, g);
    } else {
      for (int i = 0; i < 6; ++i) {
        const std::size_t r = below(random, count_.size());
        look_at(r, below(random, count_[r].size()));
      }
    }
    return best;
  }
  /// The guard that was first to fail least often.
  std::pair<std::uint64_t, std::string> rarest_guard(const lang::Tree& tree) const {
    std::pair<std::uint64_t, std::string> out{~std::uint64_t{0}, "none"};
    for (std::size_t r = 0; r < count_.size(); ++r)
      for (std::size_t g = 0; g < labels_[r].size(); ++g)
        if (count_[r][g] < out.first) out = {count_[r][g], fmt::format("{} in {}", labels_[r][g], tree.rules[r].label)};
    return out;
  }
  /// The guards that were first to fail less often than that, one a line.
  std::string rarer_than(const lang::Tree& tree, std::uint64_t times) const {
    std::string out;
    for (std::size_t r = 0; r < count_.size(); ++r)
      for (std::size_t g = 0; g < labels_[r].size(); ++g)
        if (count_[r][g] < times)
          out += fmt::format("\n  {} in {}: {}", labels_[r][g], tree.rules[r].label, count_[r][g]);
    return out;
  }
  std::uint64_t fired() const {
    std::uint64_t out = 0;
    for (const auto& c : count_) out += c.back();
    return out;
  }
  std::uint64_t total() const {
    std::uint64_t out = 0;
    for (const auto& c : count_)
      for (const auto n : c) out += n;
    return out;
  }
  std::size_t guards() const {
    std::size_t out = 0;
    for (const auto& l : labels_) out += l.size();
    return out;
  }

 private:
  std::vector<std::vector<std::string_view>> labels_;
  std::vector<std::vector<std::uint64_t>> count_;
};

}  // namespace pasid::test
