#include "src/mutate/reasons.hpp"

#include <sstream>
#include <stdexcept>

namespace pasid::mutate {

std::map<std::string, std::string> read_reasons(std::string_view text, std::string_view design) {
  std::map<std::string, std::string> out;
  std::istringstream lines{std::string(text)};
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    if (line.empty() || line.front() == '#') continue;
    constexpr std::string_view gap = ": ";
    const std::size_t name = line.find(gap);
    const std::size_t reason = name == std::string::npos ? name : line.find(gap, name + gap.size());
    if (reason == std::string::npos || reason + gap.size() == line.size())
      throw std::invalid_argument("line " + std::to_string(number) + ": '" + line +
                                  "' is no reason; expected DESIGN: MUTANT: REASON");
    if (line.substr(0, name) != design) continue;
    const std::string mutant = line.substr(name + gap.size(), reason - name - gap.size());
    if (!out.emplace(mutant, line.substr(reason + gap.size())).second)
      throw std::invalid_argument("line " + std::to_string(number) + ": '" + mutant + "' stands here a second time");
  }
  return out;
}

}  // namespace pasid::mutate
