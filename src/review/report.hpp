// The report: what was computed and what is on record, as pages for a browser that need nothing from elsewhere.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "src/check/claims.hpp"
#include "src/check/history.hpp"
#include "src/review/design_tests.hpp"
#include "src/review/figures.hpp"
#include "src/review/test_run.hpp"

namespace pasid::review {

/// What a report is of.
struct Reported {
  check::Checked checked;
  std::vector<check::PutBack> bugs;
  std::vector<check::KnownFall> falls;
  std::vector<TestRun> runs;
  std::vector<DesignTests> tests;
  std::optional<Figures> figures = {};

  /// The address of a verdict; empty where the design is not in the report.
  [[nodiscard]] std::string verdict(std::string_view design, std::string_view property) const;
};

/// The files of a report by their names, which have no folder: index.html, a page for each claim and design, the rule
/// book, style and script.
std::map<std::string, std::string> report(const lang::Tree& tree, const Reported& reported);

// The pages of the rule book.

/// Every rule: its source, the calls it is a section of, guards and updates, and for each what is on record to fall
/// without it and which bugs were it.
std::string rules_page(const lang::Tree& tree, const Reported& reported);

/// Properties with their verdicts, what they fall without and the bugs that break them; axioms and lemmas.
std::string formulas_page(const lang::Tree& tree, const Reported& reported);

/// The bugs of spec/history: what puts each back, what falls then, and the verdicts where they were computed.
std::string bugs_page(const lang::Tree& tree, const Reported& reported);

/// The vectors of a design: which there are for each guard and bug; and which guards walks met.
std::string vectors_page(const lang::Tree& tree, const Reported& reported);

/// What implementations were asked, what was wrong, and how often each guard refused.
std::string conformance_page(const lang::Tree& tree, const Reported& reported);

/// What was measured, beside its goals.
std::string figures_page(const Reported& reported);

// The pages of the project's texts.

/// proofs/SOUNDNESS.md, and what the proofs of these designs rest on.
std::string assumptions_page(const lang::Tree& tree, const Reported& reported);

/// spec/GUIDE.md
std::string guide_page(const lang::Tree& tree, const Reported& reported);

/// A design's knobs, each with who set it and why: a section.
std::string knobs_section(const io::Design& design);

}  // namespace pasid::review
