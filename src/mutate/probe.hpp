// Mutants of rules tried in the states of one search: do they do there what the design does, and what falls?
#pragma once

#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "src/explore/reading.hpp"
#include "src/mutate/original.hpp"
#include "src/mutate/step.hpp"

namespace pasid::mutate {

/// A property, with its conjuncts where there are several.
struct Judge {
  int property;
  std::vector<lang::NodeId> conjuncts;
};

/// Of the properties that are proved; terms go to `tree`.
std::vector<Judge> judges_of(lang::Tree& tree, const Original& original);

/// Not thread-safe: one for each search, for the mutants that are `mine`. Everything else must outlive it.
class Probe {
 public:
  Probe(const Original& original, const lang::Tree& tree, std::span<const Judge> judges,
        std::span<const Mutant> mutants, const std::vector<bool>& may_break, const std::vector<std::size_t>& mine);
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;

  /// Does the mutant do here what the design does, wherever it has a meaning? Looks into a state once for all mutants
  /// that are still of interest.
  bool alike(std::size_t mutant, const spec::NativeFacts& facts, const spec::NativeState& state);
  /// Does no step of it break a property?
  bool keeps(std::size_t mutant, const spec::NativeFacts& facts, const spec::NativeState& state);

  /// The first step of the mutant from there that does otherwise, or that breaks a property.
  std::optional<Shown> shown(std::size_t mutant, const spec::NativeFacts& facts, const spec::NativeState& state,
                             bool falling);

  std::map<std::pair<int, std::size_t>, std::size_t> convicts;  ///< as in Reached

 private:
  /// The mutants of one rule.
  struct Group {
    const lang::RuleTree* rule;
    int number;
    std::vector<std::size_t> mutants;
  };

  [[nodiscard]] bool open(std::size_t m) const;
  template <class Visit>
  void each(const Group& group, std::span<const std::size_t> mutants, Stepper& step, const spec::NativeFacts& facts,
            const spec::NativeState& state, const Visit& visit);
  void look(const spec::NativeFacts& facts, const spec::NativeState& state);
  [[nodiscard]] int broken_by(const spec::NativeFacts& facts, const spec::NativeState& before,
                              const spec::NativeState& after) const;
  void convict(std::size_t mutant, const spec::NativeState& after);

  const Original& original_;
  const lang::Tree& tree_;
  std::span<const Judge> judges_;
  std::span<const Mutant> mutants_;
  const std::vector<bool>& may_break_;
  explore::Reading reading_;
  std::vector<Group> groups_;
  std::vector<bool> parted_;
  std::vector<std::size_t> fallen_;  ///< in how many states a property fell
  bool looked_ = false;              ///< into
  spec::NativeFacts facts_;          ///< these facts and
  spec::NativeState state_;          ///< this state; and found
  std::vector<bool> parts_here_;
  std::vector<bool> falls_here_;
};

}  // namespace pasid::mutate
