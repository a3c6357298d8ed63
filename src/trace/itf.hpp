// Traces in the Informal Trace Format of Apalache (ADR-015), with the `mbt::` variables that Quint adds: the form in
// which traces are kept and read back.
#pragma once

#include <nlohmann/json.hpp>

#include "spec/lang/tree.hpp"
#include "src/trace/trace.hpp"

namespace pasid::trace {

/// Facts are parameters, given in the initial state; every cell of the state is a variable: a map from its indices
/// (a tuple where there are several) to its value, without the entries that are none or false. Elements are strings.
nlohmann::ordered_json to_itf(const lang::Tree& tree, const Trace& trace);

/// Reads back what to_itf wrote, for native replay: nothing is fired, so the caller should check each step.
/// Throws std::runtime_error, naming the place in the document and what was expected there.
Trace from_itf(const lang::Tree& tree, const nlohmann::ordered_json& document);

/// The same from text. Throws std::runtime_error also where it is not JSON, with line and column.
Trace read_itf(const lang::Tree& tree, std::string_view text);

}  // namespace pasid::trace
