// A diff for people, and for programs.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "src/review/diff.hpp"
#include "src/review/document.hpp"

namespace pasid::review {

/// What changes first, how it changes next, why last: properties, behaviours, refinement, knobs, rules.
/// With `brief` without the rules' texts and the reasons of knobs.
Document document(const Diff& diff, bool brief);

/// {"a", "b", "knobs": [{"name", "a", "b"}], "rules", "properties": [{"name", "a", "b", "change"}], "newly_allowed",
/// "newly_forbidden": [{"world", "calls", "a", "b"}], "refinement": {"b_in_a", "a_in_b"}, "asked", "contradictions"}.
nlohmann::ordered_json to_json(const lang::Tree& tree, const Diff& diff);

}  // namespace pasid::review
