// A trace as a plain JSON object, for `--json`.
#pragma once

#include <nlohmann/json.hpp>

#include "spec/lang/tree.hpp"
#include "src/trace/trace.hpp"

namespace pasid::trace {

/// {"design", "property", "grain", "steps": [{"label", "arguments", "sections", "error", "changes": [{"cell", "index",
/// "from", "to"}]}], "violation": {"instance", "since", "expected", "found"}, "topology": {"sizes", fact: …}, "knobs"}.
/// The error of a step, or null: {"errno", "guard", "section", "after"} (no errno: it waits); sections from number
/// `after` on undid the others. None is null; a table is an object by its indices, without what is none or false.
nlohmann::ordered_json to_json(const lang::Tree& tree, const Trace& trace);

/// What is not none or false in a state: {"cell": {"index": value}}.
nlohmann::ordered_json state_json(const lang::Tree& tree, const spec::NativeFacts& facts,
                                  const spec::NativeState& state);

}  // namespace pasid::trace
