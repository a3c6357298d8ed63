// What a step says: its named arguments, the sections of its call, and the cells it changed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "spec/lang/tree.hpp"
#include "src/trace/trace.hpp"

namespace pasid::trace {

struct Argument {
  std::string_view name;
  const lang::SortInfo* sort;
  std::uint8_t value;
  friend bool operator==(const Argument&, const Argument&) = default;
};

/// A cell whose value a step changed.
struct Change {
  const lang::CellInfo* cell;
  std::vector<std::uint8_t> index;
  std::uint8_t from;
  std::uint8_t to;
};

/// The arguments of a firing, by its rule's parameters. Throws std::out_of_range for a rule the tree does not have.
std::vector<Argument> arguments(const lang::Tree& tree, const Firing& firing);

/// The arguments of a step: those of its firings and of the section that refused; sections of a call share a parameter
/// by its name.
std::vector<Argument> arguments(const lang::Tree& tree, const Step& step);

/// The cells of the state in which `before` and `after` differ, in the order the state declares them.
std::vector<Change> changes(const lang::Tree& tree, const spec::NativeFacts& facts, const spec::NativeState& before,
                            const spec::NativeState& after);

/// "-> -ENOMEM (bind.memory-for-handle)", "-> would block (drain.work-finished)".
std::string error_text(const Refused& refused);

/// Is this argument worth a word? The ordinary outcome of the environment (an enumeration's first value) is not.
inline bool notable(const Argument& a) { return a.sort->kind == lang::SortKind::entity || a.value != 1; }

}  // namespace pasid::trace
