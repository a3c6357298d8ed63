// The hints that come with the lemmas.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "src/io/design.hpp"
#include "src/smt/hints.hpp"

namespace pasid::check {

/// proofs/hints.txt below the data root; none where there is no such file.
/// Throws std::invalid_argument, with the file and the line, where it is not what Hints::parse() reads.
std::shared_ptr<const smt::Hints> proof_hints();

/// The designs on record that this one may be like: itself, also where it is edited, then its bases, nearest first.
std::vector<std::string> like(const io::Design& design);

/// Writes down what proofs leaned on, together, and what fell in each. Throws std::invalid_argument where the file
/// cannot be written.
void record_hints(const std::string& file, const std::vector<io::Design>& designs,
                  const std::vector<smt::Proof>& proofs);

}  // namespace pasid::check
