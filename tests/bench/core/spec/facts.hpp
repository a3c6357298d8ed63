// The core model has no knobs and one topology.
#pragma once

#include <tuple>

#include "spec/sorts.hpp"

namespace pasid::spec {

template <class A>
struct Facts : Domain<A> {
  auto cells() { return std::tie(); }
};

}  // namespace pasid::spec
