// Replay: a sequence of calls is put to an implementation, and every answer is judged by the model.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "src/conform/backend.hpp"
#include "src/trace/trace.hpp"

namespace pasid::conform {

/// The rules to judge by; must outlive what uses it.
struct Design {
  std::string name;
  const lang::Tree& tree;
  const explore::Reading& reading;
};

/// An answer the model allows, and why.
struct Allowed {
  Answer answer;
  std::string guard;  ///< the label of the guard that gives it; empty: ok
  std::string cites;  ///< the source of the rule that has the guard, or of the call's first rule
};

struct Verdict {
  enum class Kind : std::uint8_t {
    ok = 1,          ///< every answer was allowed
    disallowed,      ///< the answer to call `at` was not, or what was shown after it
    unknown,         ///< the set of states the answers leave open grew too large
    backend_failed,  ///< it crashed, hangs, or talks nonsense at call `at`
    not_asked,       ///< the sequence asks for what has no meaning at `at`, or what the implementation has not
  };
  Kind kind = Kind::ok;
  std::size_t at = 0;             ///< calls judged before
  Answer answer;                  ///< the one to call `at`
  std::vector<Allowed> expected;  ///< disallowed: what would have been right
  std::string what;               ///< in words
  trace::Trace trace;             ///< the calls judged, as the model takes them
  std::size_t states = 0;         ///< the most states that were open at once
};

struct ReplayOptions {
  std::size_t batch = 64;  ///< calls put to the implementation at once
  bool observe = true;     ///< look at what it shows, after each batch
  std::size_t max_states = 4096;
};

/// Resets `backend` to `world` and puts `sequence` to it.
Verdict replay(const Design& design, const World& world, std::span<const Call> sequence, Backend& backend,
               const ReplayOptions& options = {});

}  // namespace pasid::conform
