// Calls from their text.
#pragma once

#include "spec/lang/tree.hpp"

namespace pasid::lang {

/// The call whose sections are `text`: labels of rules in order, separated by spaces, each with its marks:
///   rule        has to fire before the call is complete
///   rule?       optional: the call completes without it where its turn does not come
///   rule*       repeated: fires for every value of the parameters that only repeated sections have (each member of a
///               group) for which it can, once each, in any order; for none is complete too
///   rule/undo   with any of these: what `undo` does is the way back of `rule` where a later section refuses
/// `tree` has the rules. Throws RuleError where there is no such rule, a rule stands twice, an undo has a parameter
/// that no section has, or parameters of one name differ in sort.
CallTree parse_call(const Tree& tree, std::string_view label, std::string_view text);

/// The parameters of the whole call: those of one name are one. First those of sections that are not repeated, then
/// those that only repeated sections have. The variables are those of the first rule that has the parameter.
struct CallParams {
  std::vector<Param> all;
  std::size_t loops_from;  ///< the first that only repeated sections have
};
CallParams params_of(const Tree& tree, const CallTree& call);

}  // namespace pasid::lang
