// Which parameters decide how an attempt to fire a rule ends.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "spec/lang/native.hpp"
#include "spec/lang/tree.hpp"
#include "spec/model.hpp"

namespace pasid::explore {

/// Parameters as a set of bits, the first one's lowest.
using ParamSet = std::uint32_t;

/// Values of an enumeration as a set of bits, by machine value.
using ValueSet = std::uint16_t;
inline constexpr ValueSet every_value = 0xffff;

/// What an attempt depended on: with other values of other parameters it would have ended the same way; so it would
/// with another value of a parameter that is an enumeration, if neither that value nor the one it had is told apart.
struct Reads {
  ParamSet params = 0;
  std::array<ValueSet, spec::max_params> told{};
};

/// Of one rule: an attempt that ends at a guard depends on the parameters that this guard and those before it read; one
/// that fires, on those that any guard or write reads.
class GuardReads {
 public:
  GuardReads(const lang::Tree& tree, const lang::RuleTree& rule);

  [[nodiscard]] const Reads& of(const lang::Outcome& outcome) const {
    if (outcome.kind == lang::Outcome::Kind::done) return all_;
    for (std::size_t i = 0; i < guards_.size(); ++i)
      if (met_[i].load(std::memory_order_relaxed) == outcome.label) return guards_[i].reads;
    return look_up(outcome.label);
  }

 private:
  struct Guard {
    std::string_view label;
    Reads reads;  ///< by it and those before it
  };
  const Reads& look_up(const char* label) const;

  std::vector<Guard> guards_;
  Reads all_;
  Reads anything_;
  /// By guard: where its label was last seen. Labels are literals, or belong to the tree.
  std::unique_ptr<std::atomic<const char*>[]> met_;
};

}  // namespace pasid::explore
