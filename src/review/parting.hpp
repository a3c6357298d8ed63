// A trace of one design, step by step under another: where the two part.
#pragma once

#include <optional>
#include <string>

#include "src/review/side.hpp"
#include "src/trace/trace.hpp"

namespace pasid::review {

/// The first step that the other design does not take in the same way.
struct Parting {
  enum class Kind : std::uint8_t {
    world = 1,  ///< the other design cannot be in this world: an axiom of it is not met
    no_rule,    ///< it has no rule that stands for the one that fired
    refused,    ///< a guard of its rule does not hold
    state,      ///< its rule fires, and what is changed differs
  } kind = Kind::world;
  std::size_t step = 0;   ///< from 1; of a world 0
  std::string label{};    ///< of the step
  std::string rule{};     ///< no_rule: the rule that fired; else the other design's
  std::string guard{};    ///< refused: its label; world: the axiom's name
  int err = 0;            ///< refused: the errno, positive; 0: it waits, or there is nothing to ask
  std::string cites{};    ///< refused: the source of the rule
  std::string changes{};  ///< state: the cells in which they differ afterwards, "entry(dev1, p1): A, here -"
};

/// Fires what `trace` (of `from`) fired under the rules of `to`. Nothing: every step is taken there too, and leads to
/// the same states.
std::optional<Parting> parting(const trace::Trace& trace, const Side& from, const Side& to);

/// In words: "step 3, bind: -EBUSY (bind.no-lam); iommu_sva_bind_device() …".
std::string in_words(const Parting& parting);

}  // namespace pasid::review
