// pasid rules
#include <cstring>
#include <iostream>
#include <memory>

#include <nlohmann/json.hpp>

#include "proofs/model.hpp"
#include "src/cli/text.hpp"
#include "src/io/design.hpp"
#include "src/trace/formula.hpp"

namespace pasid::cli {
namespace {

using lang::NodeId;

struct RulesOptions {
  std::string label;
  std::string knob;
  bool formulas = false;
  bool json = false;
};

bool reads(const lang::Tree& tree, NodeId term, int cell) {
  bool found = false;
  lang::walk(tree, term, [&](NodeId id) {
    found = found || ((tree[id].op == lang::Op::read || tree[id].op == lang::Op::read_before) && tree[id].ref == cell);
  });
  return found;
}

bool reads(const lang::Tree& tree, const lang::RuleTree& rule, int cell) {
  bool found = reads(tree, rule.only_if, cell);
  for (const auto& g : rule.guards) found = found || reads(tree, g.condition, cell);
  for (const auto& w : rule.writes) {
    found = found || reads(tree, w.condition, cell) || reads(tree, w.value, cell);
    for (const NodeId i : w.index) found = found || reads(tree, i, cell);
  }
  return found;
}

nlohmann::json to_json(const lang::Tree& tree, const lang::RuleTree& rule) {
  static constexpr const char* kinds[] = {"require", "await", "choose"};
  nlohmann::json out{{"label", rule.label}, {"source", rule.source}};
  if (!tree.is_true(rule.only_if)) out["only_if"] = trace::FormulaPrinter(tree).flat(rule.only_if);
  trace::FormulaPrinter print(tree);
  for (const auto& p : rule.params) {
    print.name(p.variable, p.name);
    out["parameters"].push_back({{"name", p.name}, {"sort", p.sort->name}});
  }
  out["guards"] = nlohmann::json::array();
  for (const auto& g : rule.guards) {
    nlohmann::json guard{
        {"label", g.label}, {"kind", kinds[static_cast<int>(g.kind)]}, {"condition", print.flat(g.condition)}};
    if (g.kind == lang::GuardKind::require) guard["errno"] = strerrorname_np(g.err);
    out["guards"].push_back(std::move(guard));
  }
  out["updates"] = nlohmann::json::array();
  for (const auto& w : rule.writes) {
    const auto& cell = tree.cells[static_cast<std::size_t>(w.cell)];
    nlohmann::json update{{"label", std::string(rule.label) + "/" + std::string(cell.name)}, {"cell", cell.name}};
    for (const NodeId v : w.bound) print.letter(v);
    for (const NodeId i : w.index) update["index"].push_back(print.flat(i));
    update["value"] = print.flat(w.value);
    if (!tree.is_true(w.condition)) update["when"] = print.flat(w.condition);
    for (const NodeId v : w.bound) print.forget(v);
    out["updates"].push_back(std::move(update));
  }
  return out;
}

void print_formulas(const Session& session, const lang::Tree& tree) {
  for (const auto kind : {lang::FormulaKind::property, lang::FormulaKind::axiom, lang::FormulaKind::lemma}) {
    for (const auto& f : tree.formulas) {
      if (f.kind != kind) continue;
      const char* what = kind == lang::FormulaKind::property ? "property"
                         : kind == lang::FormulaKind::axiom  ? "axiom"
                                                             : "lemma";
      std::cout << what << ' ' << bold(session, f.name) << '\n';
      if (!f.meaning.empty()) std::cout << "  " << dim(session, f.meaning) << '\n';
      std::cout << trace::formula_text(tree, f.body, 2) << "\n\n";
    }
  }
}

void run(Session& session, const RulesOptions& options) {
  const auto& tree = proofs::model();
  if (options.formulas) {
    print_formulas(session, tree);
    return;
  }
  const int knob = options.knob.empty() ? -1 : tree.cell_named(options.knob);
  if (!options.knob.empty() && (knob < 0 || !tree.cells[static_cast<std::size_t>(knob)].rigid))
    throw std::invalid_argument("--knob: there is no knob or fact '" + options.knob +
                                "'; see `pasid design show linux-7.3`");
  nlohmann::json all = nlohmann::json::array();
  std::size_t shown = 0;
  for (const auto& rule : tree.rules) {
    if (!options.label.empty() && rule.label.substr(0, options.label.size()) != options.label) continue;
    if (knob >= 0 && !reads(tree, rule, knob)) continue;
    ++shown;
    if (options.json) all.push_back(to_json(tree, rule));
    else std::cout << trace::rule_text(tree, rule) << '\n';
  }
  if (options.json) std::cout << nlohmann::json{{"rules", all}}.dump(2) << '\n';
  else if (knob >= 0) std::cout << shown << " of " << tree.rules.size() << " rules mention " << options.knob << '\n';
  if (shown == 0 && knob < 0) throw std::invalid_argument("no rule's label starts with '" + options.label + "'");
}

}  // namespace

void add_rules(CLI::App& app, Session& session) {
  auto* rules = app.add_subcommand("rules", "the rules, with their guards, errnos, updates and sources");
  rules->footer(
      "Examples:\n"
      "  pasid rules bind                     the two halves of a bind\n"
      "  pasid rules --knob free_point        the rules whose text mentions a knob\n"
      "  pasid rules --formulas               properties, axioms and lemmas");
  const auto options = std::make_shared<RulesOptions>();
  rules->add_option("label", options->label, "a rule, or the start of its label")->type_name("LABEL");
  rules->add_option("--knob", options->knob, "only rules that mention this knob or fact")->type_name("NAME");
  rules->add_flag("--formulas", options->formulas, "properties, axioms and lemmas instead");
  rules->add_flag("--json", options->json, "machine-readable output");
  rules->callback([&session, options] { run(session, *options); });
}

}  // namespace pasid::cli
