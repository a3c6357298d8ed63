// Orders of steps: knobs whose value is a list.
#pragma once

#include <span>
#include <string_view>

#include "spec/model.hpp"

namespace pasid::io {

struct Order {
  std::string_view knob;
  std::string_view what;                    ///< in words
  std::span<const std::string_view> steps;  ///< those it may have, each at most once, in any order
  /// Sets the facts that hold the order.
  void (*set)(spec::NativeFacts&, std::span<const spec::Step>);
};

/// `teardown` (of a bond, after live) and `exit` (of an address space, after its last thread has gone).
std::span<const Order> orders();

}  // namespace pasid::io
