// The topology of a trace in a few words: how devices, queues and number spaces hang together.
#pragma once

#include <string>
#include <vector>

#include "spec/lang/tree.hpp"
#include "src/trace/trace.hpp"

namespace pasid::trace {

/// Rows of items, a row for each kind of element that has a place: "dev1 (iommu1)", "wq1 (dev1, shared)", padded so
/// that rows line up; then a row for each set that is not everything: "user_range = {p1, p2}". What no rule of the
/// trace and not its property reads is left out, and so is a place after the first that all elements share.
std::vector<std::vector<std::string>> topology(const lang::Tree& tree, const Trace& trace);

}  // namespace pasid::trace
