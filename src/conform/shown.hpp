// What an implementation shows of itself, held against a state of the model.
#pragma once

#include <vector>

#include "src/conform/backend.hpp"

namespace pasid::conform {

/// The cells that the implementation shows, of those that the model has: indices into Tree::cells.
std::vector<int> cells_shown(const Catalogue& catalogue, const Capabilities& capabilities);

/// Is what is shown what the model has in the cell? `something` is any value but none.
inline bool agrees(std::uint8_t shown, std::uint8_t has) { return shown == something ? has != 0 : shown == has; }

/// The same of all of `cells`: what the view leaves out is none.
bool agrees(const Catalogue& catalogue, const World& world, const View& view, const std::vector<int>& cells,
            const spec::NativeState& state);

}  // namespace pasid::conform
