// Any world of a design: also those that hardly any is, in which devices lack something.
#pragma once

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "spec/lang/tree.hpp"
#include "spec/model.hpp"

namespace pasid::review {

class AnyWorld {
 public:
  /// `tree` must outlive it. Throws std::logic_error, naming the design, where it has no topology.
  AnyWorld(const lang::Tree& tree, const spec::NativeFacts& knobs, const std::string& design);

  /// A topology in which devices may lack what SVA asks for, or have room for some PASIDs only.
  [[nodiscard]] spec::NativeFacts pick(std::mt19937_64& random) const;

  /// The default scope and one address space more: nothing is lacking there.
  [[nodiscard]] const std::vector<spec::NativeFacts>& topologies() const { return topologies_; }

 private:
  const lang::Tree& tree_;
  std::vector<spec::NativeFacts> topologies_;
};

}  // namespace pasid::review
