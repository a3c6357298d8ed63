// Tests of one world: every answer that a call can give there, after every answer that can come before it.
#pragma once

#include <set>

#include "src/conform/vectors/survey.hpp"

namespace pasid::conform::vectors {

/// A sequence of calls with the answers to them.
struct Test {
  std::string comment;
  std::vector<std::string> flags;
  std::vector<Asked> calls;
};

/// For every two kinds of answers of which one can come right after the other, one of the shortest ways to do that
/// which the survey has; where there is a choice, calls that are about the same things. Also each kind that can come
/// first. `said` names a kind in a comment.
std::vector<Test> covering(const Survey& survey, Asking& asking, Kinds& kinds);

/// "bind: ENOSPC (bind.pasid-free)", "kernel.enable: ok, the last number".
std::string said(const Catalogue& catalogue, const Kind& kind);

/// The name of an answer as in a vector file: "ok", "ENOSPC", "would_block", "gp_fault".
std::string answer_name(const Kind& kind);

/// Runs a test again, call by call. Empty, or at which call the model has another answer, and which.
std::string disagreement(Asking& asking, const Test& test);

}  // namespace pasid::conform::vectors
