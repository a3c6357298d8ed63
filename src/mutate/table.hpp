// A table of verdicts as JSON: what `pasid mutate --json` writes, and --since reads.
#pragma once

#include <map>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "src/mutate/mutate.hpp"

namespace pasid::mutate {

/// What spec/formats/pasid_mutate_v1.schema.json describes.
nlohmann::ordered_json to_json(const std::string& design, const Mutation& mutation);

/// What was killed by a property or a test, by content_hash(). Verdicts that the next run may have another answer to
/// are left out: a proof of equivalence leans on what the other rules keep, and tests and reasons change beside the
/// rules. Throws io::InputError where it is no such table, or of another design.
std::map<std::string, Verdict> read_table(const std::string& path, const std::string& design);

}  // namespace pasid::mutate
