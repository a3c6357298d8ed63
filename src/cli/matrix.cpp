#include "src/cli/matrix.hpp"

#include <algorithm>
#include <iostream>

#include <nlohmann/json.hpp>

#include "src/cli/text.hpp"
#include "src/io/names.hpp"

namespace pasid::cli {
namespace {

/// ✓ proved, a number: violated, in so many steps; - not applicable; what is not as expected stands out.
std::string cell(const check::PropertyResult& p) {
  using spec::Verdict;
  std::string out;
  switch (p.verdict) {
    case Verdict::proved: out = "✓"; break;
    case Verdict::violated: out = std::to_string(p.trace ? p.trace->steps.size() : 0); break;
    case Verdict::holds_in_scope: out = "~"; break;
    case Verdict::not_applicable: out = "-"; break;
    case Verdict::vacuous: out = "0"; break;
    case Verdict::unknown: out = "?"; break;
  }
  return p.as_expected() ? out : out + "!";
}

}  // namespace

void print_matrix(const Session& session, const lang::Tree& tree, const std::vector<check::DesignResult>& designs) {
  constexpr std::size_t column = 4;
  std::vector<std::string_view> properties;
  for (const auto& f : tree.formulas)
    if (f.kind == lang::FormulaKind::property) properties.push_back(f.name);
  std::size_t name = 0;
  for (const auto& d : designs) name = std::max(name, d.design.name.size() + 2);

  std::cout << bold(session, "Designs and properties") << '\n'
            << "✓ proved for any number of everything; a number: violated, the steps of a shortest trace;\n"
               "- not applicable; ~ holds in scope; ? unknown; ! not as expected\n\n";
  for (std::size_t i = 0; i < properties.size(); ++i) {
    std::string line(name, ' ');
    for (std::size_t k = 0; k < i; ++k) line += padded("│", column);
    std::cout << dim(session, line + "┌ " + std::string(properties[i])) << '\n';
  }
  std::size_t unexpected = 0;
  for (const auto& d : designs) {
    std::cout << padded(d.design.name, name);
    for (const auto& p : d.properties) {
      const bool last = &p == &d.properties.back();
      std::cout << painted(session, p.verdict, cell(p), last ? 0 : column);
      unexpected += p.as_expected() ? 0 : 1;
    }
    std::cout << '\n';
  }
  std::cout << '\n';
  for (const auto& d : designs)
    for (const auto& p : d.properties)
      if (!p.as_expected())
        std::cout << bad(session, d.design.name + ": " + p.property + " is " + words(p.verdict) + ", expected " +
                                      words(*p.expected))
                  << " (" << p.detail << ")\n";
  std::cout << (unexpected == 0 ? "all as expected" : std::to_string(unexpected) + " NOT AS EXPECTED") << "\n\n";
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
