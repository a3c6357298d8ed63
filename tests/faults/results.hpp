// Which tests noticed which faults: kept as it comes to light, and told.
#pragma once

#include <chrono>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/faults/process.hpp"
#include "tests/faults/switch.hpp"

namespace pasid::faults {

/// A command that passes on the engine as it is.
struct Killer {
  std::string name;
  std::string command;
  std::chrono::duration<double> limit{};  ///< after which it hangs
};

struct Result {
  const Fault* fault = nullptr;
  std::vector<std::pair<std::string, End>> noticed;  ///< by which killers, and how
  double seconds = 0;
};

/// A file of lines, one for each fault and killer, written as soon as that is known: what an interrupted run has found
/// is not lost, and the next one with this file and the same command does not ask again. No path: nothing is kept.
class Kept {
 public:
  /// std::runtime_error where it cannot be read or written, with the line.
  explicit Kept(const std::string& path);
  [[nodiscard]] std::optional<std::pair<End, double>> known(std::string_view fault, const Killer& killer) const;
  void add(std::string_view fault, const Killer& killer, End end, double seconds);
  [[nodiscard]] std::size_t size() const { return known_.size(); }

 private:
  using Key = std::pair<std::string, std::string>;  ///< fault, command
  std::map<Key, std::pair<End, double>> known_;
  std::ofstream out_;
};

/// What came of all of them.
struct Summary {
  std::size_t faults = 0;
  std::size_t killed = 0;
  std::size_t unexplained = 0;                                               ///< survivors that do not say why
  std::vector<std::string> wrongly_explained;                                ///< those that say why, and were noticed
  std::map<std::string, std::size_t> by_killer;                              ///< noticed by it
  std::map<std::string, std::size_t> only_by;                                ///< and by no other that was asked
  std::map<std::string_view, std::pair<std::size_t, std::size_t>> by_class;  ///< killed, of
  [[nodiscard]] double percent() const { return faults == 0 ? 0 : 100 * double(killed) / double(faults); }
};

Summary summary(const std::vector<Result>& results);

/// `every`: each fault was put to all killers, not only until one noticed.
void print(const std::vector<Result>& results, const std::vector<Killer>& killers, const Summary& s, bool every);

/// The same for programs.
std::string json_text(const std::vector<Result>& results, const std::vector<Killer>& killers, const Summary& s);

}  // namespace pasid::faults
