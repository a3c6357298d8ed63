// Conditions of a session, in the words of the labels: typed, evaluated, reached, or proved never to be.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "src/io/design.hpp"
#include "src/review/shell_steps.hpp"

namespace pasid::review {

/// A formula of states as `pasid rules` prints them, in which elements have names too: slot(group1, p1) == A. The name
/// of a property of states stands for its violation.
struct ShellCondition {
  std::shared_ptr<const lang::Tree> tree;  ///< what `term` is of: the rules' tree and this formula
  lang::NodeId term;
  bool names_elements;  ///< it speaks of elements of one world
};

/// Throws std::invalid_argument, with the column, where it is none.
ShellCondition read_condition(const lang::Tree& tree, const spec::NativeFacts& facts, const std::string& text);

bool holds(const ShellCondition& condition, const spec::NativeFacts& facts, const spec::NativeState& state);

/// What a search from a state on gave.
struct ShellRun {
  std::optional<std::vector<trace::Step>> steps;  ///< the fewest to a state where the condition holds
  std::size_t states = 0;                         ///< that were looked at
  bool everything = false;                        ///< without steps: nothing else can be reached
};

/// Searches from `state` on in this world alone, in the order of steps listed; gives up at `most` states.
ShellRun run_to(ShellSteps& steps, const ShellCondition& condition, const spec::NativeFacts& facts,
                const spec::NativeState& state, std::size_t most);

/// What was found of a condition from the start.
struct Reached {
  std::optional<trace::Trace> trace;  ///< a shortest one of its scope
  std::size_t states = 0;             ///< that the last search looked at
  bool everything = false;            ///< without a trace: every state was looked at
  std::string grain;                  ///< "call" or "step", of the trace or the last search
  std::string scope;                  ///< the same
};

/// Searches where `pasid check` does for a violation: growing scopes, by calls, then by steps. Of a condition that
/// names no elements: throws std::invalid_argument where it does.
Reached reach_in_scopes(const ShellCondition& condition, const explore::Reading& reading, const io::Design& design,
                        std::size_t most);

/// Does the condition, which names no elements, hold in no state that can be reached, for any number of everything?
/// True where the solver proved it by induction, beside the properties and lemmas; false: it did not.
/// Throws std::runtime_error where the solver itself fails.
bool proved_never(const ShellCondition& condition, const io::Design& design);

}  // namespace pasid::review
