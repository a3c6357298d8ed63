// Falls: properties that fall with a mutant of a rule by a sequence in which it may do otherwise more than once.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "src/check/places.hpp"
#include "src/mutate/reach.hpp"

namespace pasid::mutate {

struct Fall {
  std::string property;
  std::size_t steps = 0;  ///< of a shortest sequence of its world and grain
};

struct FallOptions {
  std::size_t max_states = 4'000;  ///< of a search where nothing is on record
  std::size_t scopes = 3;          ///< the first of check::growing_scopes() are searched then
  unsigned threads = 1;
  std::function<void(const std::string&)> progress;
  /// Where falls were found before, under check::name_without(): looked at first.
  std::shared_ptr<const check::Places> places = {};
};

/// Of each mutant of a rule, what falls first of the properties proved of the design, where that is found. `searched`:
/// by mutant, whether to search where nothing is on record.
std::vector<std::optional<Fall>> falls(const Original& original, const io::Design& design,
                                       std::span<const Mutant> mutants, const std::vector<bool>& searched,
                                       const FallOptions& options);

}  // namespace pasid::mutate
