#include "src/cli/matrix.hpp"

#include <algorithm>
#include <cctype>
#include <iostream>

#include "src/cli/text.hpp"
#include "src/io/names.hpp"

namespace pasid::cli {
namespace {

/// OnePasidPerMm → One, Pasid, PerMm: short words join the one before.
std::vector<std::string> heading(std::string_view name) {
  std::vector<std::string> words;
  for (const char c : name) {
    if (words.empty() || (std::isupper(static_cast<unsigned char>(c)) != 0 && words.back().size() > 3))
      words.emplace_back();
    words.back() += c;
  }
  return words;
}

std::string cell(const check::PropertyResult& p) {
  using spec::Verdict;
  std::string out = words(p.verdict);
  if (p.verdict == Verdict::violated) out = std::to_string(p.trace ? p.trace->steps.size() : 0) + " steps";
  if (p.verdict == Verdict::not_applicable) out = "-";
  if (p.verdict == Verdict::holds_in_scope) out = "in scope";
  return p.as_expected() ? out : out + " !";
}

}  // namespace

void print_matrix(const Session& session, const lang::Tree& tree, const std::vector<check::DesignResult>& designs) {
  std::vector<std::vector<std::string>> headings;
  for (const auto& f : tree.formulas)
    if (f.kind == lang::FormulaKind::property) headings.push_back(heading(f.name));
  std::size_t lines = 0;
  std::size_t column = 0;
  for (const auto& h : headings) {
    lines = std::max(lines, h.size());
    for (const auto& w : h) column = std::max(column, w.size() + 2);
  }
  std::size_t name = 0;
  for (const auto& d : designs) name = std::max(name, d.design.name.size() + 2);

  std::cout << bold(session, "Designs and properties: proved, or the steps of a shortest trace that violates")
            << "\n\n";
  for (std::size_t l = 0; l < lines; ++l) {
    std::string line(name, ' ');
    for (const auto& h : headings) line += padded(l < h.size() ? h[l] : "", column);
    std::cout << dim(session, line.substr(0, line.find_last_not_of(' ') + 1)) << '\n';
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
