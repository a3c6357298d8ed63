// Files below proofs/ that a run writes down for later ones.
#pragma once

#include <optional>
#include <string>

namespace pasid::check {

/// The text of proofs/NAME below the data root; nothing where there is no such file.
std::optional<std::string> recorded(const std::string& name);

/// proofs/NAME below the data root, for messages.
std::string recorded_file(const std::string& name);

}  // namespace pasid::check
