// Which guards decided the answers to a sequence of calls.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "src/conform/backend.hpp"

namespace pasid::conform {

/// For each call the label of the guard that its answer comes from: empty where it is ok, or where states that the
/// answers leave open differ about it. The answers must be allowed; from the first that is not, all are empty.
std::vector<std::string_view> deciding_guards(const Catalogue& catalogue, const World& world,
                                              std::span<const Call> calls, std::span<const Answer> answers);

}  // namespace pasid::conform
