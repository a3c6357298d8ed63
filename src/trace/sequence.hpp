// A trace as a sequence: who takes part, and a message for each step. Drawn by Mermaid in a mail, by the report in a
// browser.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "spec/lang/tree.hpp"
#include "src/trace/trace.hpp"

namespace pasid::trace {

struct Sequence {
  /// What a step is of where it names nobody.
  static constexpr std::string_view kernel = "kernel";
  struct Lane {
    std::string name;   ///< "A"
    std::string title;  ///< "A (mm)"
  };
  struct Message {
    std::string from;                  ///< the name of a lane
    std::string to;                    ///< the same; where it is `from`, the step is that one's alone
    std::string label;                 ///< "bind(file=file1)"
    std::vector<std::string> changed;  ///< a line for each cell, no more than a few
  };
  std::vector<Lane> lanes;           ///< from left to right: the kernel where it takes part, software, hardware
  std::vector<Message> messages;     ///< one for each step
  std::vector<std::string> verdict;  ///< lines: what the last state violates; empty where it violates nothing
};

/// Lanes are the address spaces, devices and IOMMUs that the trace touches; a thread or a file stands for the address
/// space it belongs to, a queue or work for its device. Each step is one message, from what its first argument stands
/// for to the next lane that its arguments name.
Sequence sequence(const lang::Tree& tree, const Trace& trace);

}  // namespace pasid::trace
