// Reasons on record: why a mutant that nothing kills is left.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace pasid::mutate {

/// Lines "DESIGN: NAME: reason", NAME as Mutant::name() has it. Empty lines and those that start with '#' say nothing.
/// Gives those of one design, by name. Throws std::invalid_argument with the line's number and what was expected there.
std::map<std::string, std::string> read_reasons(std::string_view text, std::string_view design);

}  // namespace pasid::mutate
