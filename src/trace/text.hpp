// A trace as text for a terminal or a mail: a header, each step with the cells it changed and nothing else, and at the
// end what is wrong, in words.
#pragma once

#include <string>

#include "spec/lang/tree.hpp"
#include "src/trace/trace.hpp"

namespace pasid::trace {

struct Style {
  bool colour = false;  ///< ANSI escapes; the caller knows whether a terminal is listening
  std::size_t columns = 92;
};

/// An initial state that is not empty (of a counterexample to induction) is shown before the steps. Ends with a
/// newline.
std::string text(const lang::Tree& tree, const Trace& trace, const Style& style = {});

/// What is not none or false in a state, a line for each element. Ends with a newline.
std::string state_table(const lang::Tree& tree, const spec::NativeFacts& facts, const spec::NativeState& state,
                        const Style& style = {});

}  // namespace pasid::trace
