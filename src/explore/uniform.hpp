// Uniform facts: those that all topologies of a search have in common.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "spec/lang/tree.hpp"
#include "spec/model.hpp"

namespace pasid::explore {

/// Truth values among the facts that are the same for every index in all topologies.
class Uniform {
 public:
  /// `tree` must outlive it.
  Uniform(lang::Tree& tree, std::span<const spec::NativeFacts> topologies);

  /// `root` with these values put in where the indices cannot be none: there everything reads as false.
  lang::NodeId fold(lang::NodeId root);

 private:
  [[nodiscard]] bool some(lang::NodeId id) const;

  lang::Tree& tree_;
  std::vector<std::optional<std::uint8_t>> value_;  ///< by cell
};

}  // namespace pasid::explore
