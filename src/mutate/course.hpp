// The course of a test: what the design may be in after each call, and which mutants would have done otherwise.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "src/conform/vector_file.hpp"
#include "src/conform/vectors/asking.hpp"
#include "src/mutate/reach.hpp"
#include "src/mutate/step.hpp"

namespace pasid::mutate {

/// Groups of tests may be of one world.
bool same(const conform::World& a, const conform::World& b);

struct Course {
  const conform::VectorGroup* group;
  const conform::VectorTest* test;
  std::vector<conform::vectors::Belief> after;  ///< by call
  std::vector<std::size_t> parted;              ///< mutants of rules that do otherwise somewhere on the way, in order
};

/// Runs tests as the design answers, and looks over its shoulder. Not thread-safe: one for each thread.
class Watch {
 public:
  /// `open`: by mutant, whether it is of interest; where it is not any more it may not come back. Everything must
  /// outlive it.
  Watch(const Original& original, std::span<const Mutant> mutants, const std::vector<char>& open);
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  /// Nothing: the test is of a call that nobody asks a program for, or has no one answer.
  std::optional<Course> run(const conform::VectorGroup& group, const conform::VectorTest& test);

 private:
  void watch(int rule);
  void look(int number, const spec::NativeState& s, const spec::NativeState& n, const std::uint8_t* args,
            const lang::Outcome& outcome);

  const Original& original_;
  std::span<const Mutant> mutants_;
  const std::vector<char>& open_;
  std::map<int, std::vector<std::size_t>> by_rule_;
  explore::Reading reading_;
  std::optional<conform::Catalogue> catalogue_;
  const conform::World* world_ = nullptr;  ///< of the last test
  std::optional<conform::vectors::Asking> asking_;
  std::optional<Stepper> stepper_;
  /// Which mutants part where, of what was tried in this world.
  std::unordered_map<std::size_t, std::vector<std::size_t>> parting_;
  std::vector<char> parted_;  ///< in this test, by mutant
};

}  // namespace pasid::mutate
