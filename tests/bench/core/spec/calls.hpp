// The core model has no calls: each rule is a step.
#pragma once

#include <array>
#include <string_view>

namespace pasid::spec {

struct Call {
  std::string_view label;
  std::string_view sections;
};

inline constexpr std::array<Call, 0> calls{};

}  // namespace pasid::spec
