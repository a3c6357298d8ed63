// Variants of a term: what operators put in its place.
#pragma once

#include <vector>

#include "spec/lang/tree.hpp"
#include "spec/model.hpp"

namespace pasid::mutate {

/// The formula with one operand of an and, or of an or, anywhere in it left out; each once, outer ones first.
std::vector<lang::NodeId> with_an_operand_less(lang::Tree& tree, lang::NodeId formula);

/// What may stand in the place of `term`, a value or an index of `write`: other parameters of its sort, what the rule's
/// updates write and index with of that sort (but nothing of another update's elements), the constants of an
/// enumeration or a truth value, and, where `or_none`, none. Each once, not `term` itself.
std::vector<lang::NodeId> at_hand(lang::Tree& tree, const lang::RuleTree& rule, const lang::Write& write,
                                  lang::NodeId term, bool or_none);

/// The conjuncts of a property or lemma, each under quantifiers of its own, without those of which the knobs alone make
/// nothing.
std::vector<lang::NodeId> conjuncts_of(lang::Tree& tree, lang::NodeId body, const spec::NativeFacts& knobs);

}  // namespace pasid::mutate
