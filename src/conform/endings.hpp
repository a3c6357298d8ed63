// The answers that calls of a design could give as far as their rules' text goes, and which of them never come.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "src/conform/backend.hpp"
#include "src/smt/prove.hpp"

namespace pasid::conform {

/// One way for a call to end: it is ok, or a guard fails.
struct Ending {
  int call = -1;                         ///< in Catalogue::calls()
  Answer::Kind says = Answer::Kind::ok;  ///< ok, error, would_block or gp_fault
  int err = 0;                           ///< error: errno, positive
  std::string_view guard;                ///< what failed; ok: empty
  friend bool operator==(const Ending&, const Ending&) = default;
};

/// "ok", "ENOSPC", "would_block", "gp_fault"; of what is no answer nothing.
std::string answer_name(Answer::Kind says, int err);

/// Ok, and every guard of every section that a knob of the design does not decide: by call, in the order in which it
/// comes to them, each once.
std::vector<Ending> endings_of(const Catalogue& catalogue, const spec::NativeFacts& knobs);

/// For each: is it proved that no reachable state lets that guard be the first of its rule to fail? Throws
/// std::runtime_error where the solver fails.
std::vector<bool> never_come(const Catalogue& catalogue, const spec::NativeFacts& knobs,
                             const smt::ProveOptions& options, std::span<const Ending> endings);

/// What that guard needs to fail, and the implementation has not: something that it cannot be told to do
/// ("memory.none_for_slot", and why where it says so), or a call that alone brings a state where the guard fails.
/// Empty: it needs nothing of the kind.
std::string lacking(const Catalogue& catalogue, const spec::NativeFacts& knobs, const Capabilities& has,
                    const Ending& ending);

}  // namespace pasid::conform
