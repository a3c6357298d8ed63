// The coverage table: which answers tests have, which can follow which, and why the others are missing.
#pragma once

#include <memory>

#include "src/conform/vectors/covering.hpp"
#include "src/smt/prove.hpp"

namespace pasid::conform::vectors {

/// An answer that a call of the design could give as far as its rules' text goes: by call and guard, whatever the
/// number.
struct Row {
  Kind kind;  ///< `number` says nothing
  std::size_t tests = 0;
  std::size_t worlds = 0;
  /// Proved: no reachable state lets this guard be the first of its rule to fail.
  bool never = false;
  bool elsewhere = false;  ///< in no test of these, but in one that was left out, or nobody has looked
  [[nodiscard]] bool met() const { return tests > 0; }
};

/// The same with where the number lies.
struct Boundary {
  Kind kind;
  std::size_t tests = 0;
};

struct Table {
  std::vector<Row> rows;  ///< by call, then in the order in which the guards are checked
  std::vector<Boundary> boundaries;
  /// What is known of row b right after row a.
  enum class Pair : std::uint8_t {
    found = 1,  ///< some test has it
    never,      ///< one half never comes
    elsewhere,  ///< in no test of these, but in one that was left out, or nobody has looked
    unknown,    ///< no test has it, though nothing shows that it cannot be
  };
  [[nodiscard]] Pair pair(std::size_t a, std::size_t b) const;
  [[nodiscard]] std::size_t count(Pair pair) const;

  bool sought = true;                               ///< everything was looked for that tests can have
  std::vector<std::vector<bool>> follows;           ///< follows[a][b]: some test has row b right after row a
  std::vector<std::vector<bool>> left_out_follows;  ///< the same of the tests that were left out
};

/// Tests by world.
using TestLists = std::vector<std::vector<const Test*>>;

/// What the tests have, world by world; looks at nothing but their own calls and answers. `left_out`: others that were
/// found; null: nobody looked for more. Of guards that no test has, the solver is asked. Throws std::runtime_error
/// where it fails.
Table table_of(const Catalogue& catalogue, const spec::NativeFacts& knobs, const TestLists& tests,
               const TestLists* left_out, const smt::ProveOptions& options);

}  // namespace pasid::conform::vectors
