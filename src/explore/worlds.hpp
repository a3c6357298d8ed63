// Worlds: the topologies of a search, each with the layout and the symmetry of its states. The number of the topology
// is part of a state's key, so that one search goes through all of them level by level.
#pragma once

#include <deque>
#include <span>
#include <vector>

#include "src/explore/symmetry.hpp"

namespace pasid::explore {

struct World {
  const spec::NativeFacts* facts;
  const Layout* layout;
  Symmetry symmetry;
};

/// A state as a search holds it between two steps.
struct OpenedState {
  const World* world;
  spec::NativeState state;
  Twins twins;  ///< of no element where symmetry is off
};

class Worlds {
 public:
  /// `topologies` must outlive the worlds. Without symmetry a state's key is the state as it is. Cells that are not
  /// among `cells` are none in every key, and facts that are not among them need not be kept by a symmetry.
  Worlds(const lang::Tree& tree, std::span<const spec::NativeFacts> topologies, bool symmetry, const Cells& cells = {});

  [[nodiscard]] std::size_t size() const { return worlds_.size(); }
  [[nodiscard]] const World& operator[](std::size_t i) const { return worlds_[i]; }
  [[nodiscard]] std::size_t key_bytes() const { return number_bytes_ + packed_bytes_; }

  /// Writes the key of the canonical form of `state` in `world`.
  void key(const World& world, const spec::NativeState& state, std::uint8_t* key) const;
  [[nodiscard]] OpenedState open(std::span<const std::uint8_t> key) const;

 private:
  bool symmetric_;
  std::size_t number_bytes_ = 0;
  std::size_t packed_bytes_ = 0;
  std::deque<Layout> layouts_;
  std::vector<World> worlds_;
};

}  // namespace pasid::explore
