#include "src/explore/footprint.hpp"

#include <algorithm>

#include "spec/lang/memory.hpp"

namespace pasid::explore {

Footprint::Footprint(const lang::Tree& tree, const Cells& cells) {
  for (std::size_t c = 0; c < tree.cells.size(); ++c) {
    const lang::CellInfo& cell = tree.cells[c];
    if (cell.rigid || !in(cells, c)) continue;
    std::size_t bytes = 1;
    if (!cell.index.empty()) bytes = cell.strides[0] * (static_cast<std::size_t>(cell.index[0]->capacity) + 1);
    ranges_.push_back({cell.offset, bytes});
  }
  std::ranges::sort(ranges_, {}, &Range::offset);
  std::size_t last = 0;
  for (std::size_t i = 1; i < ranges_.size(); ++i) {
    if (ranges_[last].offset + ranges_[last].bytes == ranges_[i].offset) ranges_[last].bytes += ranges_[i].bytes;
    else ranges_[++last] = ranges_[i];
  }
  if (!ranges_.empty()) ranges_.resize(last + 1);
}

}  // namespace pasid::explore
