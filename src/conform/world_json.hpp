// Worlds in the protocol and in vector files: what an implementation is configured as, in JSON.
#pragma once

#include <nlohmann/json.hpp>

#include "spec/lang/tree.hpp"
#include "src/conform/world.hpp"
#include "src/io/json.hpp"

namespace pasid::conform {

/// As spec/formats/conform_protocol.md describes it.
nlohmann::ordered_json world_json(const lang::Tree& tree, const World& world);

/// The world so described, under the knobs of a design: those it names itself must be the same.
/// Throws io::InputError for what is no world of this design.
World read_world(const lang::Tree& tree, const spec::NativeFacts& knobs, const io::Json& json);

}  // namespace pasid::conform
