// Which of the seeded faults is on: none, or one. In the engine's sources under test a fault is `pasid_fault(n)`.
#pragma once

#include <span>
#include <string_view>

namespace pasid::faults {

/// As it stands in tests/faults/engine/.
struct Fault {
  std::string_view id;
  std::string_view kind;  ///< "class" there
  std::string_view file;
  std::string_view function;
  std::string_view good;  ///< the engine's text
  std::string_view bad;   ///< what stands in its place while the fault is on
  std::string_view why;
  std::string_view survives;  ///< why no test can be expected to notice it; empty: one can
};

/// All faults; the first is number 1. Made by tests/faults/seed.
std::span<const Fault> all();

/// Turns one on, and the others off; none for "". False, and nothing done, where there is no such id. Call it while
/// nobody is in the engine. At the program's start the environment variable PASID_FAULT has been chosen; an unknown one
/// ends the program with 3.
bool choose(std::string_view id);

extern int chosen;  ///< its number; 0: none

}  // namespace pasid::faults

inline bool pasid_fault(int number) { return pasid::faults::chosen == number; }
