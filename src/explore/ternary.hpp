// Three-valued evaluation: what a formula over facts says while only some of them are known.
#pragma once

#include <cstdint>
#include <vector>

#include "spec/lang/memory.hpp"

namespace pasid::explore {

/// Stands for a value not known yet, both in the bytes of partly known facts and as a result.
inline constexpr std::uint8_t unknown = 0xff;

/// Evaluates terms over partly known facts by Kleene's strong logic: the answer is known as soon as what is known
/// decides it node by node (so never wrong, and exact once everything is known). State cells are unknown.
class Ternary {
 public:
  Ternary(const lang::Tree& tree, const lang::Domain<lang::Native>& domain, const void* facts)
      : tree_(tree), domain_(domain), facts_(static_cast<const std::uint8_t*>(facts)),
        bound_(static_cast<std::size_t>(tree.variables()), unknown) {}

  void bind(std::int32_t variable, std::uint8_t value) { bound_[static_cast<std::size_t>(variable)] = value; }
  [[nodiscard]] std::uint8_t value(lang::NodeId term);

 private:
  std::uint8_t read(const lang::Node& node);
  std::uint8_t quantified(const lang::Node& node);

  const lang::Tree& tree_;
  const lang::Domain<lang::Native>& domain_;
  const std::uint8_t* facts_;
  std::vector<std::uint8_t> bound_;
};

}  // namespace pasid::explore
