// SHA-256 (FIPS 180-4): what an obligation's answer is kept under.
#pragma once

#include <string>
#include <string_view>

namespace pasid::smt {

/// 64 lower-case hexadecimal digits.
std::string sha256(std::string_view text);

}  // namespace pasid::smt
