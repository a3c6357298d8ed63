// Bugs of real kernels, put back: each is found as the fall of the property it is about, and gone with its fix.
#pragma once

#include "src/check/check.hpp"
#include "src/io/bug.hpp"

namespace pasid::check {

struct Undone {
  PropertyResult with_bug;
  PropertyResult fixed;
  double seconds = 0;  ///< until the property was seen to fall
  /// The property falls with the bug, and is proved of the design without it.
  [[nodiscard]] bool found() const {
    return with_bug.verdict == spec::Verdict::violated && fixed.verdict == spec::Verdict::proved;
  }
};

/// Checks the property of bug.violates, which there is, with the bug and without it.
Undone undo_fix(const lang::Tree& tree, const io::Bug& bug, Options options);

struct PutBack {
  io::Bug bug;
  std::optional<Undone> undone = {};  ///< nothing: no property is about it, or nobody asked
};

/// The same of several on so many threads, with the hints that come with the program. Says each bug's id to
/// options.progress.
void undo_fixes(const lang::Tree& tree, std::vector<PutBack>& bugs, Options options, unsigned threads);

}  // namespace pasid::check
