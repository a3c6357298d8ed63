// Knobs: what falls with another value of one, or the proof that nothing is another.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "src/mutate/reach.hpp"
#include "src/smt/prove.hpp"

namespace pasid::mutate {

struct KnobOptions {
  std::size_t max_states = 4'000;  ///< of the search of one world: see check::seek()
  unsigned threads = 1;
  std::shared_ptr<smt::Precedents> precedents = {};  ///< see smt::ProveOptions
  std::function<void(const std::string&)> progress;
};

/// Of each mutant of a knob, its verdict where it has one: a property that is proved of the design and falls with it,
/// by a shortest sequence of a small world; or the proof that rules and formulas are the same with it.
std::vector<std::optional<Verdict>> judge_knobs(const Original& original, std::span<const Mutant> mutants,
                                                const KnobOptions& options);

/// A world of the design as it is with these knobs. It may be none: spec::broken_axiom() says so.
spec::NativeFacts with_knobs(const lang::Tree& tree, spec::NativeFacts world, const spec::NativeFacts& knobs);

}  // namespace pasid::mutate
