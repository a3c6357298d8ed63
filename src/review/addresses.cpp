#include "src/review/addresses.hpp"

#include <algorithm>

#include "src/review/page.hpp"
#include "src/trace/markup.hpp"

namespace pasid::review {
namespace address {
namespace {

std::string on(std::string_view file, std::string_view anchor) { return std::string(file) + "#" + std::string(anchor); }

/// "unbind.clear/entry": the rule, and a cell that it updates.
bool is_update(const lang::Tree& tree, std::string_view label) {
  const std::size_t slash = label.find('/');
  if (slash == std::string_view::npos) return false;
  const int rule = tree.rule_named(label.substr(0, slash));
  const int cell = tree.cell_named(label.substr(slash + 1));
  return rule >= 0 && std::ranges::find(tree.rules[static_cast<std::size_t>(rule)].writes, cell, &lang::Write::cell) !=
                          tree.rules[static_cast<std::size_t>(rule)].writes.end();
}

bool is_guard(const lang::Tree& tree, std::string_view label) {
  return std::ranges::any_of(tree.rules, [&](const lang::RuleTree& r) {
    return std::ranges::find(r.guards, label, &lang::Guard::label) != r.guards.end();
  });
}

}  // namespace

std::string claim(std::string_view id) { return "claim-" + std::string(id) + ".html"; }
std::string design(std::string_view name) { return "design-" + std::string(name) + ".html"; }
std::string verdict(std::string_view name, std::string_view property) { return on(design(name), property); }
std::string knobs(std::string_view name) { return on(design(name), knobs_anchor); }
std::string rule(std::string_view label) { return on(rules, label); }
std::string formula(std::string_view name) { return on(formulas, name); }
std::string bug(std::string_view id) { return on(bugs, id); }
std::string tests(std::string_view design, std::string_view of) { return on(vectors, tests_anchor(design, of)); }
std::string tests_anchor(std::string_view design, std::string_view of) {
  return std::string(design) + "-" + std::string(of);
}
std::string run(std::size_t place) { return on(conformance, run_anchor(place)); }
std::string run_anchor(std::size_t place) { return "run-" + std::to_string(place + 1); }

std::string part(const lang::Tree& tree, std::string_view label) {
  if (tree.formula_named(label) != nullptr) return formula(label);
  const std::string_view whole = label.substr(0, label.find('#'));
  if (is_guard(tree, whole) || is_update(tree, label) || tree.rule_named(label) >= 0) return rule(whole);
  return "";
}

}  // namespace address

std::string link(std::string_view to, std::string_view text) {
  return to.empty() ? trace::markup(text) : element("a", text, "href=\"" + trace::markup(to) + "\"");
}

}  // namespace pasid::review
