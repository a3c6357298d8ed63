// Where things are in the report.
#pragma once

#include <string>
#include <string_view>

#include "spec/lang/tree.hpp"

namespace pasid::review::address {

inline constexpr std::string_view index = "index.html";
inline constexpr std::string_view rules = "rules.html";
inline constexpr std::string_view formulas = "formulas.html";
inline constexpr std::string_view bugs = "history.html";
inline constexpr std::string_view vectors = "vectors.html";
inline constexpr std::string_view conformance = "conformance.html";
inline constexpr std::string_view figures = "figures.html";
inline constexpr std::string_view assumptions = "assumptions.html";
inline constexpr std::string_view guide = "guide.html";
/// On the page of a design.
inline constexpr std::string_view knobs_anchor = "knobs";

std::string claim(std::string_view id);
std::string design(std::string_view name);
/// What the verdict of a property rests on, under a design that the report has.
std::string verdict(std::string_view design, std::string_view property);
std::string knobs(std::string_view design);
std::string rule(std::string_view label);
std::string formula(std::string_view name);
std::string bug(std::string_view id);
/// Of an implementation that was tested, by its place among those of the report.
std::string run(std::size_t place);
std::string run_anchor(std::size_t place);

/// The tests of a design for a guard, or for a bug by its id.
std::string tests(std::string_view design, std::string_view of);
std::string tests_anchor(std::string_view design, std::string_view of);

/// Of whatever lang::drop() takes: a guard (also for one of its operands), an update, a lemma; and of rules. Empty: the
/// tree has none of that label.
std::string part(const lang::Tree& tree, std::string_view label);

}  // namespace pasid::review::address

namespace pasid::review {

/// <a href="to">text</a>; the text alone where `to` is empty.
std::string link(std::string_view to, std::string_view text);

}  // namespace pasid::review
