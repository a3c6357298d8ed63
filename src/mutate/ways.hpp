// Ways on record: scripts of `pasid shell` that lead far from the empty state. Mutants of rules are tried along them
// before anything is searched for. No verdict rests on one: every step is taken again.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "src/io/design.hpp"
#include "src/mutate/original.hpp"
#include "src/trace/trace.hpp"

namespace pasid::mutate {

struct Script {
  std::size_t line = 1;  ///< of the file, on which its first stands
  std::string text{};
};

/// Scripts one after another, as save-script writes them: each begins with "# pasid shell DESIGN". Gives those of this
/// design. Throws std::invalid_argument, with the line's number, where something stands before the first.
std::vector<Script> read_scripts(const std::string& text, const std::string& design);

struct Way {
  trace::Trace trace;    ///< as far as it can be gone
  std::string broken{};  ///< the line that cannot be done, and why; empty: all can
};

/// The ways that scripts of this design go.
std::vector<Way> ways_of(const lang::Tree& tree, const io::Design& design, std::span<const Script> scripts,
                         unsigned threads, const std::function<void(const std::string&)>& progress);

/// Where along the ways a mutant of a rule breaks a property or does otherwise, after the fewest steps.
std::vector<std::optional<Shown>> along(const Original& original, std::span<const Mutant> mutants,
                                        std::span<const Way> ways, unsigned threads,
                                        const std::function<void(const std::string&)>& progress);

/// A mutant of a rule and where it does otherwise.
using Far = std::pair<Mutant, Shown>;

/// Scripts for these mutants, as few as will do, beginning with the longest. What its own script does not lead to is
/// left out.
std::string ways_to(const Original& original, const io::Design& design, std::vector<Far> far);

}  // namespace pasid::mutate
