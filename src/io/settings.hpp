// Reading what files have in common: a [knobs] table, of a design and of a claim's edit; a property; an id.
#pragma once

#include "src/io/design.hpp"
#include "src/io/shipped.hpp"
#include "src/io/toml.hpp"

namespace pasid::io {

/// Throws InputError for an unknown knob or value. `origin` names whoever sets the knobs.
Settings read_settings(const lang::Tree& tree, const Section& table, const std::string& origin);

/// The property of the tree that `key` names. Throws InputError where it names none.
std::string read_property(const lang::Tree& tree, const Section& section, std::string_view key);

/// Names of the tree's properties, in its order.
std::vector<std::string_view> property_names(const lang::Tree& tree);

/// The key "id" of a file's top, which of a shipped file is its name. Throws InputError where it is another.
std::string id_of(const Section& top, const Source& source);

}  // namespace pasid::io
