// A suite of vectors: the first test that a mutant of a rule, a call or a knob fails.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "src/conform/vector_file.hpp"
#include "src/mutate/reach.hpp"

namespace pasid::mutate {

struct FailedTest {
  std::uint64_t id = 0;   ///< tcId
  std::size_t calls = 0;  ///< up to and with the one that shows it
  std::string what;       ///< "bind answers EBUSY", "the state shown after call 3"
};

struct SuiteOptions {
  /// The tests in which a mutant does otherwise somewhere, and which are run with it: after so many the search ends.
  std::size_t most_tries = 40;
  unsigned threads = 1;  ///< what comes of it does not depend on it
  std::function<void(const std::string&)> progress;
};

/// Of each mutant of a rule, a call or a knob, the first test of `file` (in the order of its numbers) that an
/// implementation of it fails however it may choose: by an answer, or by what the reference implementation would show
/// of the state when `pasid replay` looks. Goes through the suite once, as the design answers, and runs a test with a
/// mutant of a rule where it did otherwise on the way, with one of a call every test that makes the call, and with one
/// of a knob every test of a world that the design with it has. `file` is of the design.
std::vector<std::optional<FailedTest>> failed_tests(const Original& original, const conform::VectorFile& file,
                                                    std::span<const Mutant> mutants, const SuiteOptions& options);

}  // namespace pasid::mutate
