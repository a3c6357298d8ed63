// Bugs that real kernels had, as changes of the rules: which vectors tell them from the right rules.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "spec/lang/tree.hpp"
#include "spec/model.hpp"

namespace pasid::conform::vectors {

struct KnobChange {
  std::string_view knob;
  std::string_view value;
};

/// A bug, said in the rules; or why the rules cannot say it, or no answer can show it.
struct Bug {
  std::string_view id;
  std::string_view title;   ///< of the commit that fixed it, with its id and release
  std::string_view effect;  ///< what the wrong rule does
  std::vector<KnobChange> knobs = {};
  std::vector<std::string_view> drops = {};    ///< labels as for lang::drop()
  std::vector<std::string_view> without = {};  ///< steps that a bond's teardown leaves out
  std::vector<KnobChange> where = {};          ///< the bug is one of designs with these knobs
  std::string_view untold = {};                ///< why no sequence of answers tells it; empty: one should
};

/// In the order of their ids.
const std::vector<Bug>& bugs();

/// The design with the bug's knobs and orders. Throws std::logic_error where a knob or a value is unknown.
spec::NativeFacts with_bug(const lang::Tree& tree, spec::NativeFacts facts, const Bug& bug);

/// Is it a bug that this design could have?
bool concerns(const lang::Tree& tree, const spec::NativeFacts& facts, const Bug& bug);

}  // namespace pasid::conform::vectors
