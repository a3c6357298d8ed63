// Rewriting trees: substitution, the state after a rule, and folding a design's knobs into a term.
#pragma once

#include <unordered_map>

#include "spec/lang/tree.hpp"

namespace pasid::lang {

using Substitution = std::unordered_map<NodeId, NodeId>;

/// `root` with every variable (or other term) in `replace` replaced where it is free; no quantifier captures a variable
/// of a replacement.
NodeId substitute(Tree& tree, NodeId root, const Substitution& replace);

/// The same in all parts of a rule, its parameters too.
RuleTree substitute(Tree& tree, const RuleTree& rule, const Substitution& replace);

/// `root` as it is after `rule`, as a term over the state before it. Values not written are what they were. What `root`
/// says of a state before (read_before) stays as it is, so that several rules may be put before one another.
NodeId after(Tree& tree, const RuleTree& rule, NodeId root);

/// `root`, once it speaks of the state before the step only, with every read_before a read.
NodeId settled(Tree& tree, NodeId root);

/// `root` in the initial state, where every cell of the state is none or false. Of state properties: there is no step
/// into it.
NodeId initially(Tree& tree, NodeId root);

/// `root` with "all x: a and b" told as "all x: a, and all x: b", and "some x: a or b" likewise: each part under
/// quantifiers of its own.
NodeId spread(Tree& tree, NodeId root);

/// `root` with every knob replaced by its value in `facts` (a Facts<Native>), and what that decides simplified away.
NodeId fold(Tree& tree, NodeId root, const void* facts);

/// A rule with fold() applied to all its parts; writes that can no longer happen are gone.
RuleTree fold(Tree& tree, const RuleTree& rule, const void* facts);

}  // namespace pasid::lang
