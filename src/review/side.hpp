// What is compared: a design under the rules of a tree.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "spec/lang/tree.hpp"
#include "src/explore/reading.hpp"
#include "src/io/design.hpp"

namespace pasid::review {

/// The rules that a design has, with its knobs folded in, in the tree's order; guards that then always hold are left
/// out. What folding adds goes to `tree`.
std::vector<lang::RuleTree> rules_of(lang::Tree& tree, const std::vector<lang::RuleTree>& rules,
                                     const spec::NativeFacts& knobs);

/// One of the two things that are compared.
struct Side {
  std::string name;                        ///< the design's; with where its rules come from, if not from this program
  io::Design design;                       ///< its name is the side's
  std::shared_ptr<const lang::Tree> tree;  ///< its rules and calls, beside this program's cells and formulas
  bool edited = false;                     ///< the rules are not this program's
  spec::NativeFacts knobs;
  explore::Reading reading;  ///< of the rules: compiled where they are this program's
};

/// A design under the rules of this program. Throws io::InputError as io::load_design() does.
Side side(const std::string& design);

/// The same under the rules of `tree`, which are called `rules` ("old.json").
Side side(const std::string& design, std::shared_ptr<const lang::Tree> tree, const std::string& rules);

}  // namespace pasid::review
