// Proofs of several designs, side by side.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "src/io/claim.hpp"
#include "src/io/design.hpp"
#include "src/smt/prove.hpp"

namespace pasid::check {

/// In the designs' order, each on a thread of its own; one by itself on all of them. `say` is told of each that is
/// begun, from several threads. Throws std::runtime_error where a solver fails.
std::vector<smt::Proof> prove_all(const lang::Tree& tree, const std::vector<io::Design>& designs,
                                  const smt::ProveOptions& options, unsigned threads,
                                  const std::function<void(const std::string&)>& say);

/// Every shipped design, then those that shipped claims make of them by an edit.
std::vector<io::Design> all_designs(const lang::Tree& tree);

}  // namespace pasid::check
