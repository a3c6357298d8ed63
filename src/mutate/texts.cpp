#include "src/mutate/texts.hpp"

#include <sstream>
#include <stdexcept>

#include "src/mutate/content.hpp"
#include "src/trace/formula.hpp"

namespace pasid::mutate {

Texts texts_of_rules(const lang::Tree& tree) {
  Texts out;
  for (const lang::RuleTree& rule : tree.rules)
    out["rule " + std::string(rule.label)] =
        hash_of(trace::formula_text(tree, rule.only_if) + '\n' + trace::rule_text(tree, rule));
  for (const lang::CallTree& call : tree.calls)
    out["call " + std::string(call.label)] = hash_of(trace::call_text(tree, call));
  return out;
}

Texts texts_of(const lang::Tree& tree) {
  Texts out = texts_of_rules(tree);
  for (const lang::Formula& f : tree.formulas)
    out[(f.kind == lang::FormulaKind::axiom ? "axiom " : "formula ") + std::string(f.name)] =
        hash_of((f.kind == lang::FormulaKind::property ? trace::formula_text(tree, f.applies) + '\n' : "") +
                trace::formula_text(tree, f.body));
  for (const std::string& name : io::shipped_designs())
    out["design " + name] = hash_of(io::settings_text(io::load_design(tree, name)));
  return out;
}

Texts read_texts(std::string_view text) {
  Texts out;
  std::istringstream lines{std::string(text)};
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    std::istringstream words(line);
    std::string kind;
    std::string name;
    std::string hash;
    std::string more;
    if (!(words >> kind >> name >> hash) || words >> more || hash.size() != 16)
      throw std::invalid_argument("line " + std::to_string(number) + ": '" + line +
                                  "' is no text's; expected KIND NAME HASH");
    out[kind + ' ' + name] = hash;
  }
  return out;
}

std::string to_text(const Texts& texts) {
  std::string out;
  for (const auto& [name, hash] : texts) out += name + ' ' + hash + '\n';
  return out;
}

std::optional<std::set<std::string>> changed(const Texts& before, const Texts& now, const std::string& design) {
  std::set<std::string> out;
  for (const auto& [name, hash] : before)
    if (name.starts_with("axiom ") && !now.contains(name)) return std::nullopt;
  for (const auto& [name, hash] : now) {
    const auto old = before.find(name);
    if (old != before.end() && old->second == hash) continue;
    const std::size_t gap = name.find(' ');
    if (name.starts_with("axiom ") || name == "design " + design) return std::nullopt;
    if (!name.starts_with("design ")) out.insert(name.substr(gap + 1));
  }
  return out;
}

}  // namespace pasid::mutate
