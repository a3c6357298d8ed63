// The design with one mutant in it, asked for calls in one world.
#pragma once

#include <optional>

#include "src/conform/vector_file.hpp"
#include "src/conform/vectors/asking.hpp"
#include "src/mutate/edited.hpp"

namespace pasid::mutate {

class Implementation {
 public:
  /// `scratch` is a tree as the mutants are of: it has a mutant's rule while this lives, so of one tree there may be
  /// one at a time. `most`: states that it may be in, see Asking::at_most(). Everything must outlive it.
  Implementation(lang::Tree& scratch, const Mutant& mutant, const conform::World& world, std::size_t most);
  ~Implementation();
  Implementation(const Implementation&) = delete;
  Implementation& operator=(const Implementation&) = delete;

  /// The world as a design with these knobs has it. It may be none: spec::broken_axiom() says so.
  static spec::NativeFacts with_knobs(const lang::Tree& tree, conform::World world, const spec::NativeFacts& knobs);

  [[nodiscard]] const conform::Catalogue& catalogue() const { return *catalogue_; }
  [[nodiscard]] conform::vectors::Asking& asking() { return *asking_; }

 private:
  lang::Tree& tree_;
  int rule_;
  lang::RuleTree own_;  ///< of the tree, meanwhile
  explore::Reading reading_;
  std::optional<Edited> edited_;  ///< of a call
  spec::NativeFacts facts_;
  std::optional<conform::Catalogue> catalogue_;
  std::optional<conform::vectors::Asking> asking_;
};

}  // namespace pasid::mutate
