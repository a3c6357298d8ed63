// Making sequences of calls shorter.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "src/conform/backend.hpp"

namespace pasid::conform {

/// Leaves out pieces of a sequence, big ones first ("delta debugging", Zeller and Hildebrandt 2002). `still(calls)`:
/// what of a sequence it takes to do what `calls` does; nothing where it does not, or enough was tried. True: it is
/// shorter now.
template <class Still>
bool leave_out(std::vector<Call>& calls, Still still) {
  bool better = false;
  for (std::size_t size = std::max<std::size_t>(1, calls.size() / 2); size > 0; size /= 2)
    for (std::size_t from = 0; from < calls.size();) {
      std::vector<Call> shorter = calls;
      const auto first = shorter.begin() + static_cast<std::ptrdiff_t>(from);
      shorter.erase(first, first + static_cast<std::ptrdiff_t>(std::min(size, calls.size() - from)));
      auto left = still(std::move(shorter));
      if (left && left->size() < calls.size()) {
        calls = std::move(*left);
        better = true;
      } else {
        from += size;
      }
    }
  return better;
}

}  // namespace pasid::conform
