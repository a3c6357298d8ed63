// A trace as a Mermaid sequence diagram, for mails and issue trackers.
#pragma once

#include <string>

#include "spec/lang/tree.hpp"
#include "src/trace/trace.hpp"

namespace pasid::trace {

/// Participants are the address spaces, devices and IOMMUs that the trace touches; a thread or a file stands for the
/// address space it belongs to, a queue or work for its device. Each step is one numbered message, from what its first
/// argument stands for to the next participant its arguments name, with a note of what changed. Ends with a newline.
std::string mermaid(const lang::Tree& tree, const Trace& trace);

}  // namespace pasid::trace
