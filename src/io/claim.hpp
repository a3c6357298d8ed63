// Claims: what somebody said of designs, as predicted verdicts; never a formula.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/io/design.hpp"

namespace pasid::io {

/// proved: every prediction is the verdict computed. refuted: one is proved or violated where it was said to be the
/// other. Otherwise unknown.
enum class ClaimVerdict : std::uint8_t { proved = 1, refuted, unknown };

/// A verdict said of a property under a design.
struct Saying {
  std::string design;  ///< as load_design() takes it
  std::string property;
  spec::Verdict verdict;
  std::string says;
  Position position;  ///< of its table in the claim's file
};

/// The same of a design with some knobs changed.
struct Edit : Saying {
  Settings knobs;
};

struct Claim {
  std::string id;
  std::string who;
  std::string date;
  std::string statement;
  ClaimVerdict expected;  ///< proved or refuted, written before the tool was run
  std::string reading;    ///< what the verdicts come to, in words for a mail
  std::string upstream;   ///< what upstream did later
  std::string file;
  std::vector<Saying> predicts;  ///< what the claim says; at least one
  std::vector<Saying> also;      ///< shown with the reading, and checked
  std::optional<Edit> nearest;   ///< the nearest true statement; a refuted claim has one, which may change no knob
  std::optional<Edit> edit;      ///< a proved claim has one; its verdict is not the one predicted
};

/// Names of the claims that come with the program. Throws InputError where there are none to be found.
std::vector<std::string> shipped_claims();

/// Reads a shipped claim by name, or a file by its path (it has a '/' or ends in .toml). Throws InputError for whatever
/// is wrong with it; the designs it names are looked for, not read.
Claim load_claim(const lang::Tree& tree, const std::string& name_or_path);

/// The design (loaded from edit.design) with the edit made, under a name that says so, and nothing expected of it;
/// where the edit changes no knob, the design itself.
Design edited(const Design& design, const Edit& edit);

}  // namespace pasid::io
