// A trace as a Mermaid sequence diagram, for mails and issue trackers.
#pragma once

#include <string>

#include "spec/lang/tree.hpp"
#include "src/trace/trace.hpp"

namespace pasid::trace {

/// The lanes of sequence() are participants, its messages are numbered, each with a note of what changed. Ends with a
/// newline.
std::string mermaid(const lang::Tree& tree, const Trace& trace);

}  // namespace pasid::trace
