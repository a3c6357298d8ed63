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
  key_words_ = (key_bytes() + sizeof(Word) - 1) / sizeof(Word);
}

void Worlds::pack(const World& world, const std::uint8_t* slots, std::uint8_t* key) const {
  auto number = static_cast<std::size_t>(&world - worlds_.data());
  for (std::size_t i = 0; i < number_bytes_; ++i, number >>= 8) *key++ = static_cast<std::uint8_t>(number);
  std::memset(key, 0, packed_bytes_);
  world.layout->pack(slots, key);
}

void Worlds::key(const World& world, const spec::NativeState& state, std::uint8_t* key) const {
  std::array<std::uint8_t, max_slots + slot_padding> slots;
  std::array<std::uint8_t, max_slots + slot_padding> canonical;
  world.layout->spread(state, slots.data());
  if (symmetric_) world.symmetry.canonical(slots.data(), canonical.data());
  pack(world, symmetric_ ? canonical.data() : slots.data(), key);
}

void Worlds::open(std::span<const Word> key, OpenedState& out) const {
  std::ranges::copy(key, out.key.begin());
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(out.key.data());
  std::size_t number = 0;
  for (std::size_t i = 0; i < number_bytes_; ++i) number |= static_cast<std::size_t>(bytes[i]) << (8 * i);
  const World& world = worlds_[number];
  if (out.world == nullptr || out.world->layout != world.layout) out.state = {};
  out.world = &world;
  world.layout->unpack(bytes + number_bytes_, out.state);
  if (!symmetric_) return;
  world.layout->spread(out.state, out.slots.data());
  out.twins = twins(*world.layout, out.slots.data());
}

void Worlds::prepare(std::span<const Transition> transitions) {
  patches_.clear();
  std::map<const Layout*, const std::vector<Patch>*> by_layout;
  for (World& w : worlds_) {
    const std::vector<Patch>*& patches = by_layout[w.layout];
    if (patches == nullptr) {
      std::vector<Patch> made(transitions.empty() ? 0 : transitions.back().number + 1);
      for (const Transition& t : transitions) made[t.number] = Patch(*w.layout, t.writes, 8 * number_bytes_);
      patches = &patches_.emplace_back(std::move(made));
    }
    w.patches = patches;
  }
}

bool Worlds::canonical_key(const OpenedState& from, const Patch& patch, const spec::NativeState& after,
                           Word* key) const {
  std::array<std::uint8_t, max_slots + slot_padding> slots;
  std::array<std::uint8_t, max_slots + slot_padding> canonical;
  const std::size_t many = from.world->layout->slots().size();
  std::memcpy(slots.data(), from.slots.data(), many);
  if (!patch.slots(after, slots.data())) return false;
  from.world->symmetry.canonical(slots.data(), canonical.data());
  if (std::memcmp(slots.data(), canonical.data(), many) == 0) return patched_key(from, patch, after, key);
  if (key_words_ > 0) key[key_words_ - 1] = 0;
  pack(*from.world, canonical.data(), reinterpret_cast<std::uint8_t*>(key));
  return true;
}

}  // namespace pasid::explore
