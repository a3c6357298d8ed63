// What the specification says, a line a rule, call, formula and design: so that it shows what changed since a revision.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "src/io/design.hpp"

namespace pasid::mutate {

/// hash_of() what each says, under "rule unbind.drain", "call bind", "formula NoLeak", "design linux-7.3".
using Texts = std::map<std::string, std::string>;

/// Of the rules and calls of a tree.
Texts texts_of_rules(const lang::Tree& tree);
/// The same, and of its axioms, properties and lemmas, and of the knobs of the designs that come with the program.
Texts texts_of(const lang::Tree& tree);

/// Lines "rule unbind.drain 0123456789abcdef". Throws std::invalid_argument with the line's number where one is none.
Texts read_texts(std::string_view text);
std::string to_text(const Texts& texts);

/// Names of the rules, calls and formulas whose text is another in `before`, or is not there. Empty: all may be
/// another, for the knobs of the design or an axiom are.
std::optional<std::set<std::string>> changed(const Texts& before, const Texts& now, const std::string& design);

}  // namespace pasid::mutate
