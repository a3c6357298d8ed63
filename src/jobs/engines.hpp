// The engines, as far as an answer rests on them.
#pragma once

#include <string_view>

namespace pasid::jobs {

/// SHA-256 over the sources that the program was built from, but for those that only print and read: see
/// src/jobs/engines.cmake, which writes it when one of them is another.
std::string_view engines();

}  // namespace pasid::jobs
