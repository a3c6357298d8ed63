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
    backend_failed,  ///< it crashed, hangs, or talks nonsense
    not_asked,       ///< the call has no meaning there, or the implementation has not this call, or not this world
  };
  /// What it is about.
  enum class Where : std::uint8_t {
    call = 1,  ///< call `at`
    after,     ///< what the implementation showed, or did unasked, after the first `at` calls
    reset,     ///< at 0: the reset before the first call; else the one that follows the last
  };
  Kind kind = Kind::ok;
  Where where = Where::call;
  std::size_t at = 0;             ///< calls judged before
  std::vector<Answer> answers;    ///< to the calls that were asked
  std::vector<Allowed> expected;  ///< disallowed or failed at a call: what would have been right
  std::string pick;               ///< a number that was disallowed: what is wrong with it; may be empty
  std::string what;               ///< in words, with the call it is about; empty: ok

  /// Something is wrong, whatever it is.
  [[nodiscard]] bool wrong() const { return kind == Kind::disallowed || kind == Kind::backend_failed; }
  /// How many calls it takes.
  [[nodiscard]] std::size_t calls() const { return at + (where == Where::call ? 1 : 0); }

  trace::Trace trace;      ///< not ok: the calls before, as the model takes them
  std::size_t states = 0;  ///< the most states that were open at once
};

struct ReplayOptions {
  std::size_t batch = 64;  ///< calls put to the implementation at once
  bool observe = true;     ///< look at what it shows, after each batch
  CheckerOptions checker{};
  std::string design;  ///< its name, for the trace
};

/// Resets `backend` to `world` and puts `sequence` to it, in calls of `catalogue`, which must be the backend's too.
/// Where all answers were allowed it is reset once more: from wherever the sequence has led it must find back.
Verdict replay(const Catalogue& catalogue, const World& world, std::span<const Call> sequence, Backend& backend,
               const ReplayOptions& options = {});

/// What the model allows a call to answer in the open states.
std::vector<Allowed> expected(Checker& checker, const Call& call);

}  // namespace pasid::conform
