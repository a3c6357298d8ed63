// Answers of the second solver that are kept between runs: one file, a line each.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "src/smt/prove.hpp"

namespace pasid::smt {

/// $XDG_CACHE_HOME/pasid, else ~/.cache/pasid; empty where neither is set.
std::string default_cache();

/// Answers by the digest of what was asked and the solver that answered. Several programs may add to one file: a line
/// is appended whole, and carries a check sum, so that a line cut short or made up of two is no answer.
class Answers {
 public:
  /// Answers of `solver` ("cvc5 1.0.3") in `directory`, which need not be there yet.
  Answers(const std::string& directory, std::string solver);

  /// unsat or sat; nothing where there is no line, or where lines contradict each other.
  [[nodiscard]] std::optional<Answer> find(const std::string& digest) const;
  /// Keeps an answer; unknown is none and is not kept. Throws std::runtime_error where the file cannot be written.
  void add(const std::string& digest, Answer answer, double seconds);

  [[nodiscard]] const std::string& file() const { return file_; }

 private:
  void read(const std::string& line);

  std::string file_;
  std::string solver_;
  std::map<std::string, std::optional<Answer>> known_;
};

}  // namespace pasid::smt
