#include "src/explore/patch.hpp"

namespace pasid::explore {

Patch::Patch(const Layout& layout, const Cells& cells, std::size_t first_bit) {
  constexpr std::size_t word_bits = 8 * sizeof(Word);
  std::size_t bit = first_bit;
  for (std::size_t i = 0; i < layout.slots().size(); ++i) {
    const StateSlot& s = layout.slots()[i];
    const auto word = static_cast<std::uint32_t>(bit / word_bits);
    const std::size_t shift = bit % word_bits;
    bit += s.bits;
    if (!in(cells, s.cell)) continue;
    const auto offset = static_cast<std::uint16_t>(s.offset);
    slots_.push_back({static_cast<std::uint16_t>(i), offset});
    const auto number = static_cast<std::uint32_t>(bits_.size());
    if (runs_.empty() || runs_.back().word != word) runs_.push_back({word, number, number});
    bits_.push_back({offset, static_cast<std::uint8_t>(shift)});
    runs_.back().end = number + 1;
    if (shift + s.bits > word_bits) rests_.push_back({word + 1, offset, static_cast<std::uint8_t>(word_bits - shift)});
  }
}

}  // namespace pasid::explore
