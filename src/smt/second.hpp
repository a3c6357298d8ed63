// A second solver: cvc5, the program, is asked what Z3 answered, from the text of each obligation. It shares nothing
// with the prover but that text.
#pragma once

#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "src/smt/prove.hpp"

namespace pasid::smt {

struct SecondOptions {
  std::string program = "cvc5";  ///< found on PATH
  std::string cache;             ///< the folder of the answers kept between runs; empty: none are
  unsigned threads = 1;
  unsigned timeout_ms = 5000;  ///< for one query
  /// Whether an obligation of a proof is to be asked for, by their numbers; where it is empty, all are.
  std::function<bool(std::size_t proof, std::size_t obligation)> wanted;
  std::function<void(std::size_t done, std::size_t of)> progress;
};

/// The program is not there, or is another.
class NoSecondSolver : public std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

/// "cvc5 1.0.3". Throws NoSecondSolver.
std::string second_solver(const SecondOptions& options);

/// What the second solver says of the obligations of some proofs.
struct SecondOpinion {
  std::string solver;  ///< "cvc5 1.0.3"
  /// For each proof and each of its obligations; nothing for those by frame, or not wanted.
  std::vector<std::vector<std::optional<Answer>>> answers;
  std::size_t distinct = 0;  ///< obligations that differ in text
  std::size_t asked = 0;     ///< of these, asked now
  double seconds = 0;        ///< wall-clock time
};

/// Asks for every wanted obligation with a script, each text once. unsat: agrees. sat: disagrees. Throws
/// NoSecondSolver, std::invalid_argument where there is none, and std::runtime_error where the answers cannot be kept.
SecondOpinion second_opinion(const std::vector<const Proof*>& proofs, const SecondOptions& options);

/// An answer, and how long it took.
struct TimedAnswer {
  Answer answer;
  double seconds;  ///< wall-clock time
};

/// Asks for one text, for a proof and then for a model; no answer is kept or looked up.
TimedAnswer ask_second(const std::string& text, const SecondOptions& options);

/// What a solver's output says: exactly one answer, and nothing else; anything else is unknown.
Answer answer_in(std::string_view output);

/// "1.0.3" from what `cvc5 --version` prints; empty where that is not cvc5.
std::string version_in(std::string_view output);

}  // namespace pasid::smt
