// The hints that come with the lemmas.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "src/smt/hints.hpp"

namespace pasid::check {

/// proofs/hints.txt below the data root; none where there is no such file.
/// Throws std::invalid_argument, with the file and the line, where it is not what Hints::parse() reads.
std::shared_ptr<const smt::Hints> proof_hints();

/// Writes down what proofs leaned on, together. Throws std::invalid_argument where the file cannot be written.
void record_hints(const std::string& file, const std::vector<smt::Proof>& proofs);

}  // namespace pasid::check
