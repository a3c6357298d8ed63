// Reading a [knobs] table: of a design, and of a claim's edit.
#pragma once

#include "src/io/design.hpp"
#include "src/io/toml.hpp"

namespace pasid::io {

/// Throws InputError for an unknown knob or value. `origin` names whoever sets the knobs.
Settings read_settings(const lang::Tree& tree, const Section& table, const std::string& origin);

/// The property of the tree that `key` names. Throws InputError where it names none.
std::string read_property(const lang::Tree& tree, const Section& section, std::string_view key);

/// Names of the tree's properties, in its order.
std::vector<std::string_view> property_names(const lang::Tree& tree);

}  // namespace pasid::io
