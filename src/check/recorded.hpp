// Files below proofs/ that a run writes down for later ones.
#pragma once

#include <optional>
#include <string>

namespace pasid::check {

/// The text of proofs/NAME below the data root; nothing where there is no such file.
std::optional<std::string> recorded(const std::string& name);

/// proofs/NAME below the data root, for messages.
std::string recorded_file(const std::string& name);

/// Writes `text` to `file`, which stays whole until the new text is. Throws std::invalid_argument, beginning with
/// `option`, where it cannot be written.
void record(const std::string& file, const std::string& text, const std::string& option);

}  // namespace pasid::check
