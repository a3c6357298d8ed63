// The program, as far as an answer rests on it.
#pragma once

#include <string_view>

namespace pasid::jobs {

/// SHA-256 over the sources that the program was built from, without the text of the rules: see src/jobs/sources.cmake,
/// which writes it when one of them is another.
std::string_view sources();

}  // namespace pasid::jobs
