// Replay: a sequence of calls is put to an implementation, and every answer is judged by the model.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "src/conform/backend.hpp"
#include "src/conform/checker.hpp"
#include "src/trace/trace.hpp"

namespace pasid::conform {

/// An answer the model allows, and why.
struct Allowed {
  Answer answer;
  std::string guard;  ///< the label of the guard that gives it; empty: ok
  std::string cites;  ///< the source of the rule that has the guard, or of the call's first rule
};

struct Verdict {
  enum class Kind : std::uint8_t {
    ok = 1,          ///< every answer was allowed
    disallowed,      ///< the answer to call `at` was not, or what was shown before it
    unknown,         ///< the set of states that the answers leave open grew too large
    backend_failed,  ///< it crashed, hangs, or talks nonsense at call `at`
    not_asked,       ///< call `at` has no meaning there, or the implementation has not this call, or not this world
  };
  Kind kind = Kind::ok;
  std::size_t at = 0;             ///< calls judged before; where what is shown is disallowed, all that came before it
  bool shown = false;             ///< disallowed: it is what the implementation showed, not an answer
  Answer answer;                  ///< the one to call `at`
  std::vector<Allowed> expected;  ///< disallowed, backend_failed: what would have been right
  std::string what;               ///< in words; empty: ok
  trace::Trace trace;             ///< not ok: the calls before, as the model takes them
  std::size_t states = 0;         ///< the most states that were open at once
};

struct ReplayOptions {
  std::size_t batch = 64;  ///< calls put to the implementation at once
  bool observe = true;     ///< look at what it shows, after each batch
  CheckerOptions checker{};
  std::string design;  ///< its name, for the trace
};

/// Resets `backend` to `world` and puts `sequence` to it, in calls of `catalogue`, which must be the backend's too.
Verdict replay(const Catalogue& catalogue, const World& world, std::span<const Call> sequence, Backend& backend,
               const ReplayOptions& options = {});

/// What the model allows a call to answer in the open states.
std::vector<Allowed> expected(Checker& checker, const Call& call);

}  // namespace pasid::conform
