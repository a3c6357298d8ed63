// What a mutant is, as text: so that a verdict can be taken over while nothing of it has changed.
#pragma once

#include <string>
#include <string_view>

#include "src/mutate/mutant.hpp"

namespace pasid::mutate {

/// 16 hexadecimal digits over a text (FNV-1a).
std::string hash_of(std::string_view text);

/// 16 hexadecimal digits over the mutant's name, and the text of the rule or formula and of what became of it. A knob,
/// a call and a formula are about the rules together: `said`, what tree and design say besides, is in it for those.
std::string content_hash(const lang::Tree& tree, const Mutant& mutant, std::string_view said);

}  // namespace pasid::mutate
