// The report: what was computed of claims and designs, as pages for a browser that need nothing from elsewhere.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "src/check/claims.hpp"

namespace pasid::review {

/// The files of a report by their names, which have no folder: index.html, a page for each claim and design, style and
/// script.
std::map<std::string, std::string> report(const lang::Tree& tree, const std::vector<check::DesignResult>& designs,
                                          const std::vector<check::ClaimResult>& claims);

}  // namespace pasid::review
