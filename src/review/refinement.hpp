// Refinement: is every behaviour of one design one of the other's? A behaviour is a sequence of calls with their
// answers.
#pragma once

#include <optional>
#include <string>

#include "src/review/behaviours.hpp"
#include "src/smt/prove.hpp"

namespace pasid::review {

struct Refinement {
  enum class Verdict : std::uint8_t {
    proved = 1,  ///< for any number of everything: each rule does in the other design what it does here
    refuted,     ///< a behaviour of it is none of the other's
    in_scope,    ///< not proved, and none was found in the worlds and sequences that were looked at
  } verdict = Verdict::in_scope;
  std::string why;              ///< refuted: the behaviour, in short; in_scope: what stood in the way of a proof
  std::size_t obligations = 0;  ///< proved: what had to be shown
  std::size_t by_frame = 0;     ///< of these, where the two designs have one text
};

/// Tries to show that every behaviour of `of` is one of `in`: in states with what `proof` proved of `of`, whatever a
/// rule of `of` does (fire, refuse with an errno, wait, fault) the rule of that label does in `in`, and cells that some
/// answer can depend on are left alike; calls are made of the same sections; and every world of `of` is one of `in`.
/// In worlds of `in` with the same facts, then, the two can go side by side. Never refuted: where the attempt fails
/// the verdict is in_scope, with what it failed at.
Refinement simulates(const Side& of, const Side& in, const smt::Proof& proof);

}  // namespace pasid::review
