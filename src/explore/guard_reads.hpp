// Which parameters decide how an attempt to fire a rule ends.
#pragma once

#include <array>
#include <cstdint>
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

/// What attempts with up to N parameters depended on: with other values of other parameters they would have ended the
/// same way; so they would with another value of a parameter that is an enumeration, if neither that value nor the one
/// it had is told apart.
template <std::size_t N>
struct ReadsOf {
  ParamSet params = 0;
  std::array<ValueSet, N> told{};

  void add(const ReadsOf& more) {
    params |= more.params;
    for (std::size_t k = 0; k < N; ++k) told[k] = static_cast<ValueSet>(told[k] | more.told[k]);
  }
};
using Reads = ReadsOf<spec::max_params>;

/// Of one rule: an attempt that ends at a guard depends on the parameters that this guard and those before it read; one
/// that fires, on those that any guard or write reads.
class GuardReads {
 public:
  GuardReads(const lang::Tree& tree, const lang::RuleTree& rule);

  [[nodiscard]] const Reads& of(const lang::Outcome& outcome) const {
    if (outcome.kind == lang::Outcome::Kind::done) return all_;
    return outcome.guard < guards_.size() ? guards_[outcome.guard].reads : look_up(outcome.label);
  }

 private:
  struct Guard {
    std::string_view label;
    Reads reads;  ///< by it and those before it
  };
  [[nodiscard]] const Reads& look_up(const char* label) const;

  std::vector<Guard> guards_;
  Reads all_;
  Reads anything_;
};

}  // namespace pasid::explore
