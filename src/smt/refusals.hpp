// Calls that are refused, as formulas: for each guard of a call that can refuse, what has happened by then and the way
// back, composed from the rules without running them.
#pragma once

#include "src/smt/theory.hpp"

namespace pasid::smt {

/// One guard that refuses. All terms speak of the state before the call.
struct Refusal {
  std::string name;       ///< "bind: bind.slot-free refused"
  lang::RuleTree params;  ///< has the parameters that the terms speak of, and nothing else
  /// The sections before it have fired, each optional one or not, each repeated one for some of its elements; the
  /// guards before it hold, and it does not.
  lang::NodeId premise;
  struct Undo {
    std::string rule;
    lang::NodeId enabled;  ///< wherever what it undoes has happened; the undos before it have happened
  };
  std::vector<Undo> undos;             ///< in the order in which they run
  std::vector<lang::RuleTree> effect;  ///< the sections, then the undos
  /// Not empty: why the terms say nothing (a repeated section that reads what it writes for other elements).
  std::string unsupported;
};

/// Every way in which a call of the design can be refused: in the order of the calls, their sections and guards.
/// Sections are taken to fire in the order of the list. Grows the tree of `theory`, also by cells that stand for "this
/// optional section has fired" and "this repeated section has fired for this element" and that lie in no state: small
/// worlds must not read counterexamples out of it afterwards.
std::vector<Refusal> refusals(Theory& theory, const lang::Tree& whole, const spec::NativeFacts& knobs);

/// `term` (read_before: of the state before the call) after the sections and undos, over the state before the call.
lang::NodeId after_refusal(lang::Tree& tree, const Refusal& refusal, lang::NodeId term);

}  // namespace pasid::smt
