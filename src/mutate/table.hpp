// A table of verdicts as JSON: what `pasid mutate --json` writes, and --since reads.
#pragma once

#include <map>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "src/mutate/mutate.hpp"

namespace pasid::mutate {

/// What spec/formats/pasid_mutate_v1.schema.json describes.
nlohmann::ordered_json to_json(const std::string& design, const Mutation& mutation);

/// Verdicts of a table, by content_hash(). Those that the next run may have another answer to, because tests or reasons
/// change beside the rules (reading, listed, survivor), are left out. Throws io::InputError where it is no such table,
/// or of another design.
std::map<std::string, Verdict> read_table(const std::string& path, const std::string& design);

}  // namespace pasid::mutate
