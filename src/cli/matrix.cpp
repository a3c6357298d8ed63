#include "src/cli/matrix.hpp"

#include <algorithm>
#include <iostream>

#include <nlohmann/json.hpp>

#include "src/cli/text.hpp"
#include "src/io/names.hpp"

namespace pasid::cli {
namespace {

constexpr std::size_t column = 3;

/// The names of the columns, each left of a line that leads down to it.
void print_heads(const Session& session, const std::vector<std::string_view>& properties, std::size_t name_width) {
  for (std::size_t i = properties.size(); i-- > 0;) {
    const std::size_t at = name_width + i * column;
    const std::size_t used = properties[i].size() + 1;
    std::string line = std::string(at - std::min(at, used), ' ') + std::string(properties[i]) + " ┐";
    for (std::size_t k = i + 1; k < properties.size(); ++k) line += "  │";
    std::cout << dim(session, line) << '\n';
  }
}

/// A name cut short where there is no room for all of it.
std::string shortened(const std::string& name, std::size_t width) {
  return padded(name.size() < width ? name : name.substr(0, width - 2) + "…", width);
}

}  // namespace

void print_matrix(const Session& session, const lang::Tree& tree, const std::vector<check::DesignResult>& designs) {
  std::vector<std::string_view> properties;
  for (const auto& f : tree.formulas)
    if (f.kind == lang::FormulaKind::property) properties.push_back(f.name);
  constexpr std::size_t least = 26;
  const std::size_t columns = std::max(session.columns, least + column * properties.size());
  const auto name_of = [](const check::DesignResult& d) -> const std::string& { return d.design.name; };
  const std::size_t name = std::clamp(column_of(designs, name_of), least, columns - column * properties.size());

  std::cout << headline(session, "Designs and properties", std::string(check::meaning_of_signs)) << '\n';
  print_heads(session, properties, name);
  std::size_t unexpected = 0;
  for (const auto& d : designs) {
    std::cout << shortened(d.design.name, name);
    for (const auto& p : d.properties) {
      const bool last = &p == &d.properties.back();
      std::cout << painted(session, p.verdict, check::sign(p), last ? 0 : column);
      unexpected += p.as_expected() ? 0 : 1;
    }
    std::cout << '\n';
  }
  std::cout << '\n'
            << (unexpected == 0 ? "all as expected" : std::to_string(unexpected) + " NOT AS EXPECTED") << "\n\n";
}

void print_unexpected(const Session& session, const std::vector<check::DesignResult>& designs) {
  for (const auto& d : designs)
    for (const auto& p : d.properties)
      if (!p.as_expected())
        std::cout << bad(session, wrapped(session,
                                          d.design.name + ": " + p.property + " is " + words(p.verdict) +
                                              ", expected " + words(*p.expected) + " (" + p.detail + ")",
                                          2))
                  << '\n';
}

nlohmann::json matrix_row(const check::DesignResult& d) {
  nlohmann::json out{{"design", d.design.name}, {"errors", d.errors}, {"properties", nlohmann::json::array()}};
  for (const auto& p : d.properties)
    out["properties"].push_back({{"name", p.property},
                                 {"verdict", io::name_of(p.verdict)},
                                 {"expected", p.expected ? nlohmann::json(io::name_of(*p.expected)) : nlohmann::json()},
                                 {"steps", p.trace ? nlohmann::json(p.trace->steps.size()) : nlohmann::json()}});
  return out;
}

}  // namespace pasid::cli
