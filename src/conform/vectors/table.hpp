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
  std::vector<std::vector<bool>> follows;  ///< follows[a][b]: some test has row b right after row a
  [[nodiscard]] std::size_t found() const;
  [[nodiscard]] std::size_t never() const;    ///< pairs of which one half never comes
  [[nodiscard]] std::size_t unknown() const;  ///< pairs that no test has, though nothing shows that they cannot be
};

/// What the tests have, world by world. Looks at nothing but the tests' own calls and answers.
/// Of guards that no test has, the solver is asked. Throws std::runtime_error where it fails.
Table table_of(const Catalogue& catalogue, const spec::NativeFacts& knobs,
               const std::vector<std::vector<const Test*>>& by_world, const smt::ProveOptions& options);

}  // namespace pasid::conform::vectors
