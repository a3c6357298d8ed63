// How each call of the catalogue is put to the engine. Inside of reference.cpp.
#pragma once

#include <array>
#include <string_view>

#include "src/conform/reference.hpp"

namespace pasid::conform {

/// A call by name, and the parameters its function takes, in that order.
struct ReferenceCall {
  std::string_view name;
  std::array<std::string_view, 5> params;
  void (*run)(ReferenceBackend&, const ReferenceBackend::Picked&, Answer&);
};

std::span<const ReferenceCall> reference_calls();

}  // namespace pasid::conform
