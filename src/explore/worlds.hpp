// Worlds: the topologies of a search, each with the layout and the symmetry of its states. The number of the topology
// is part of a state's key, so that one search goes through all of them level by level.
#pragma once

#include <deque>
#include <span>
#include <vector>

#include "src/explore/patch.hpp"
#include "src/explore/symmetry.hpp"
#include "src/explore/transition.hpp"

namespace pasid::explore {

struct World {
  const spec::NativeFacts* facts;
  const Layout* layout;
  Symmetry symmetry;
  const std::vector<Patch>* patches = nullptr;  ///< by number of the transition; see Worlds::prepare()
};

/// A state as a search holds it between two steps.
struct OpenedState {
  const World* world = nullptr;
  spec::NativeState state;
  Twins twins{};                                             ///< of no element where symmetry is off
  std::array<Word, max_slots / 16 + 1> key;                  ///< with packed_padding after it
  std::array<std::uint8_t, max_slots + slot_padding> slots;  ///< a byte a slot, where symmetry is on
};

class Worlds {
 public:
  /// `topologies` must outlive the worlds. Without symmetry a state's key is the state as it is. Cells that are not
  /// among `cells` are none in every key, and facts that are not among them need not be kept by a symmetry.
  Worlds(const lang::Tree& tree, std::span<const spec::NativeFacts> topologies, bool symmetry, const Cells& cells = {});

  [[nodiscard]] std::size_t size() const { return worlds_.size(); }
  [[nodiscard]] const World& operator[](std::size_t i) const { return worlds_[i]; }
  [[nodiscard]] std::size_t key_bytes() const { return number_bytes_ + packed_bytes_; }

  /// Writes the key of the canonical form of `state` in `world`: key_bytes() of them.
  void key(const World& world, const spec::NativeState& state, std::uint8_t* key) const;
  /// Opens the state with that key; `out` is new, or was opened by the same worlds.
  void open(std::span<const Word> key, OpenedState& out) const;

  /// From now on successor_key() knows what these transitions may change.
  void prepare(std::span<const Transition> transitions);
  /// Writes the key of the canonical form of what one of them made of an opened state, in words. False if that is the
  /// state as it was.
  bool successor_key(const OpenedState& from, const Transition& by, const spec::NativeState& after, Word* key) const {
    const Patch& patch = (*from.world->patches)[by.number];
    return symmetric_ ? canonical_key(from, patch, after, key) : patched_key(from, patch, after, key);
  }

 private:
  /// Where what it was made is canonical as it is.
  bool patched_key(const OpenedState& from, const Patch& patch, const spec::NativeState& after, Word* key) const {
    for (std::size_t w = 0; w < key_words_; ++w) key[w] = from.key[w];
    return patch.key(from.state, after, key);
  }
  bool canonical_key(const OpenedState& from, const Patch& patch, const spec::NativeState& after, Word* key) const;
  void pack(const World& world, const std::uint8_t* slots, std::uint8_t* key) const;

  bool symmetric_;
  std::size_t number_bytes_ = 0;
  std::size_t packed_bytes_ = 0;
  std::size_t key_words_ = 0;
  std::deque<Layout> layouts_;
  std::deque<std::vector<Patch>> patches_;  ///< by layout
  std::vector<World> worlds_;
};

}  // namespace pasid::explore
