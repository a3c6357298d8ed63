#include "src/smt/script.hpp"

#include <algorithm>
#include <set>

namespace pasid::smt {
namespace {

/// Every line once, where it is first needed.
class Lines {
 public:
  void add(const std::vector<std::string>& lines) {
    for (const std::string& line : lines)
      if (seen_.insert(line).second) text_ += line + '\n';
  }
  [[nodiscard]] bool has_all(const std::vector<std::string>& lines) const {
    return std::ranges::all_of(lines, [&](const std::string& line) { return seen_.contains(line); });
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::set<std::string> seen_;
  std::string text_;
};

std::string assembled(const std::vector<const Assertion*>& parts) {
  Lines sorts;
  Lines functions;
  std::string assertions;
  for (const Assertion* a : parts) {
    sorts.add(a->sorts);
    functions.add(a->functions);
    assertions += a->text;
  }
  return "(set-logic ALL)\n" + sorts.text() + functions.text() + assertions + "(check-sat)\n";
}

}  // namespace

std::string Scripts::lean(const Script& script) const {
  Lines occur;
  occur.add(script.own.functions);
  for (const std::size_t i : script.core) occur.add(assumptions[i].functions);
  std::vector<const Assertion*> parts;
  for (const Assertion& a : axioms)
    if (occur.has_all(a.functions)) parts.push_back(&a);
  for (const std::size_t i : script.core) parts.push_back(&assumptions[i]);
  parts.push_back(&script.own);
  return assembled(parts);
}

std::string Scripts::whole(const Script& script) const {
  std::vector<const Assertion*> parts;
  for (const Assertion& a : axioms) parts.push_back(&a);
  for (const std::size_t i : script.all) parts.push_back(&assumptions[i]);
  parts.push_back(&script.own);
  return assembled(parts);
}

}  // namespace pasid::smt
