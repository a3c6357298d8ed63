// Bugs that real kernels had, as changes of the rules that put them back: spec/history.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/io/design.hpp"

namespace pasid::io {

/// What a bug does to a design. At least one of these is there.
struct Unfix {
  Settings knobs;
  std::vector<std::string> drops;    ///< labels as for lang::drop()
  std::vector<std::string> without;  ///< steps that a bond's teardown leaves out
};

/// Where the wrong rule shows: this property holds under the design, and falls with the bug in it.
struct Fall {
  std::string design;  ///< as load_design() takes it
  std::string property;
  std::string says;
  Position position;
};

struct Bug {
  std::string id;
  std::string title;   ///< of the commit that fixed it
  std::string fixed;   ///< its id and release
  std::string effect;  ///< what the wrong rule does
  std::string file;
  std::optional<Unfix> unfix;      ///< nothing: the rules do not have what it takes
  std::optional<Fall> violates;    ///< nothing: no property is about it
  std::string outside;             ///< why one of these is missing, and what it would take; empty: both are there
  Settings where;                  ///< the bug is one of designs with these knobs
  std::vector<std::string> among;  ///< the calls that a long sequence is looked for among; empty: all
  std::string untold;              ///< why no sequence of answers tells it; empty: one should
};

/// Ids of the bugs that come with the program. Throws InputError where there are none to be found.
std::vector<std::string> shipped_bugs();

/// Reads a shipped bug by id, or a file by its path (it has a '/' or ends in .toml). Throws InputError for whatever is
/// wrong with it: names of knobs, values, steps, labels, calls and properties are those of `tree`.
Bug load_bug(const lang::Tree& tree, const std::string& id_or_path);

/// The tree without what the bug drops.
lang::Tree with_bug(lang::Tree tree, const Bug& bug);
/// The facts with the bug's knobs and orders. The bug has an unfix.
spec::NativeFacts with_bug(const lang::Tree& tree, spec::NativeFacts facts, const Bug& bug);
/// The design with the bug's knobs and orders, under a name that says so, and nothing expected of it.
Design with_bug(const Design& design, const Bug& bug);

/// Has a design with these facts the knobs that the bug asks for?
bool concerns(const lang::Tree& tree, const spec::NativeFacts& facts, const Bug& bug);

}  // namespace pasid::io
