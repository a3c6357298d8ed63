#include "src/explore/worlds.hpp"

#include <algorithm>
#include <cstring>
#include <map>

namespace pasid::explore {

Worlds::Worlds(const lang::Tree& tree, std::span<const spec::NativeFacts> topologies, bool symmetry, const Cells& cells)
    : symmetric_(symmetry) {
  std::map<decltype(spec::NativeFacts::count), const Layout*> by_size;
  for (const spec::NativeFacts& f : topologies) {
    const Layout*& layout = by_size[f.count];
    if (layout == nullptr) layout = &layouts_.emplace_back(tree, f, cells);
    packed_bytes_ = std::max(packed_bytes_, layout->packed_bytes());
    worlds_.push_back(
        {&f, layout,
         Symmetry(tree, *layout, symmetry ? automorphisms(tree, f, cells) : std::vector{Renaming::identity()})});
  }
  for (std::size_t n = topologies.size(); n > 1; n = (n + 255) / 256) ++number_bytes_;
}

void Worlds::key(const World& world, const spec::NativeState& state, std::uint8_t* key) const {
  std::array<std::uint8_t, max_slots> slots;
  std::array<std::uint8_t, max_slots> canonical;
  world.layout->spread(state, slots.data());
  if (symmetric_) world.symmetry.canonical(slots.data(), canonical.data());
  auto number = static_cast<std::size_t>(&world - worlds_.data());
  for (std::size_t i = 0; i < number_bytes_; ++i, number >>= 8) *key++ = static_cast<std::uint8_t>(number);
  std::memset(key, 0, packed_bytes_);
  world.layout->pack(symmetric_ ? canonical.data() : slots.data(), key);
}

OpenedState Worlds::open(std::span<const std::uint8_t> key) const {
  std::size_t number = 0;
  for (std::size_t i = 0; i < number_bytes_; ++i) number |= static_cast<std::size_t>(key[i]) << (8 * i);
  const World& world = worlds_[number];
  std::array<std::uint8_t, max_slots> slots;
  world.layout->unpack(key.data() + number_bytes_, slots.data());
  return {&world, world.layout->gather(slots.data()), symmetric_ ? twins(*world.layout, slots.data()) : Twins{}};
}

}  // namespace pasid::explore
