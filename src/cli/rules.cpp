// pasid rules
#include <iostream>
#include <map>
#include <memory>
#include <thread>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "proofs/model.hpp"
#include "spec/lang/mentions.hpp"
#include "src/base/parallel.hpp"
#include "src/cli/progress.hpp"
#include "src/cli/text.hpp"
#include "src/io/design.hpp"
#include "src/mutate/texts.hpp"
#include "src/review/coverage.hpp"
#include "src/review/rules_file.hpp"
#include "src/review/side.hpp"
#include "src/trace/formula.hpp"

namespace pasid::cli {
namespace {

struct RulesOptions {
  std::string label;
  std::string knob;
  std::vector<std::string> designs;
  bool formulas = false;
  bool coverage = false;
  bool hashes = false;
  bool json = false;
};

const char* word(lang::FormulaKind kind) {
  return kind == lang::FormulaKind::property ? "property" : kind == lang::FormulaKind::axiom ? "axiom" : "lemma";
}

nlohmann::json to_json(const lang::Tree& tree, const lang::Formula& f) {
  static constexpr const char* judged[] = {"states", "steps", "calls"};
  nlohmann::json out{{"name", f.name}, {"kind", word(f.kind)}, {"meaning", f.meaning}};
  if (f.kind == lang::FormulaKind::property) {
    out["of"] = judged[static_cast<int>(f.judges) - 1];
    if (!tree.is_true(f.applies)) out["only_if"] = trace::FormulaPrinter(tree).flat(f.applies);
  }
  out["formula"] = trace::FormulaPrinter(tree).flat(f.body);
  return out;
}

void print_formulas(const Session& session, const lang::Tree& tree, bool json) {
  nlohmann::json all = nlohmann::json::array();
  for (const auto kind : {lang::FormulaKind::property, lang::FormulaKind::axiom, lang::FormulaKind::lemma}) {
    for (const auto& f : tree.formulas) {
      if (f.kind != kind) continue;
      if (json) {
        all.push_back(to_json(tree, f));
        continue;
      }
      std::cout << word(kind) << ' ' << bold(session, f.name) << '\n';
      if (!f.meaning.empty()) std::cout << "  " << dim(session, wrapped(session, f.meaning, 2)) << '\n';
      std::cout << trace::formula_text(tree, f.body, 2, session.columns) << "\n\n";
    }
  }
  if (json) std::cout << nlohmann::json{{"formulas", all}}.dump(2) << '\n';
}

nlohmann::json to_json(const review::Coverage& c) {
  nlohmann::json out{{"design", c.design}, {"topologies", c.topologies}, {"attempts", c.attempts}};
  for (const auto& r : c.rules) {
    nlohmann::json rule{{"label", r.label}, {"fired", r.fired}, {"guards", nlohmann::json::array()}};
    for (const auto& g : r.guards)
      rule["guards"].push_back({{"label", g.label},
                                {"failed_first", g.failed_first},
                                {"decided_by_knobs", g.decided},
                                {"never_first_proved", g.never}});
    out["rules"].push_back(std::move(rule));
  }
  return out;
}

std::string of(std::size_t part, std::size_t whole) { return std::to_string(part) + " of " + std::to_string(whole); }

/// The rules and guards of one design, one by one.
void print_guards(const review::Coverage& c) {
  for (const auto& r : c.rules) {
    std::cout << '\n' << r.label << ": fired " << count(r.fired) << '\n';
    const std::size_t width = column_of(r.guards, &review::GuardCoverage::label);
    for (const auto& g : r.guards)
      std::cout << "  " << padded(g.label, width)
                << (g.decided ? "decided by the design's knobs"
                    : g.never ? "implied by what is proved: never the first to fail"
                              : "first to fail " + count(g.failed_first))
                << '\n';
  }
}

/// What no design's walks have met.
void print_never_met(const std::vector<review::Coverage>& all) {
  std::map<std::string_view, std::uint64_t> guards;
  for (const auto& c : all)
    for (const auto& r : c.rules)
      for (const auto& g : r.guards) guards[g.label] += g.failed_first;
  const auto never = std::ranges::count_if(guards, [](const auto& g) { return g.second == 0; });
  std::cout << '\n' << guards.size() << " guards, " << never << " of them the first to fail in no design\n";
  for (const auto& [label, n] : guards)
    if (n == 0) std::cout << "  " << label << '\n';
}

/// A design a line, with what its walks have not met below it; then either of the above.
void print_coverage(const Session& session, const std::vector<review::Coverage>& all) {
  const std::size_t width = column_of(all, &review::Coverage::design);
  std::cout << bold(session, padded("design", width) + padded("rules fired", 14) + padded("guards met", 13) +
                                 padded("implied", 9) + "open")
            << '\n';
  for (const auto& c : all) {
    std::size_t total = 0;
    std::size_t implied = 0;
    for (const auto& r : c.rules) {
      for (const auto& g : r.guards) {
        total += g.decided || r.refuses ? 0 : 1;
        implied += g.never ? 1 : 0;
      }
    }
    const auto unfired = c.unfired();
    const auto unmet = c.unmet();
    std::cout << padded(c.design, width) << padded(of(c.rules.size() - unfired.size(), c.rules.size()), 14)
              << padded(of(total - implied - unmet.size(), total), 13) << padded(std::to_string(implied), 9)
              << unmet.size() << '\n';
    std::string names;
    for (const auto& labels : {unfired, unmet})
      for (const auto label : labels) names += (names.empty() ? "open: " : ", ") + std::string(label);
    if (!names.empty()) std::cout << "    " << dim(session, wrapped(session, names, 4)) << '\n';
  }
  if (all.size() == 1) print_guards(all.front());
  else print_never_met(all);
}

void cover(Session& session, const RulesOptions& options) {
  const auto& tree = proofs::model();
  std::vector<io::Design> designs;
  for (const auto& name : options.designs.empty() ? io::shipped_designs() : options.designs)
    designs.push_back(io::load_design(tree, name));
  std::vector<review::Coverage> all(designs.size());
  {
    Progress progress(session);
    in_parallel(designs.size(), std::thread::hardware_concurrency(), [&](std::size_t i, unsigned) {
      progress.say(designs[i].name);
      all[i] = review::cover(tree, designs[i]);
    });
  }
  for (const auto& c : all) {
    if (!c.unfired().empty()) session.exit_code = code::violated;
    else if (!c.unmet().empty() && session.exit_code == code::holds) session.exit_code = code::unknown;
  }
  if (options.json) {
    nlohmann::json out{{"coverage", nlohmann::json::array()}};
    for (const auto& c : all) out["coverage"].push_back(to_json(c));
    std::cout << out.dump(2) << '\n';
  } else {
    print_coverage(session, all);
  }
}

/// The rules of one design, with what its knobs decide left out.
void keep_to(lang::Tree& tree, const std::string& design) {
  const spec::NativeFacts knobs = io::facts_of(tree, io::load_design(tree, design));
  tree.rules = review::rules_of(tree, tree.rules, knobs);
}

/// Asked for by the start of its label, or by the label of one of its guards.
bool is_meant(const lang::Tree& tree, const lang::RuleTree& rule, const std::string& label) {
  const auto starts = [&](const lang::RuleTree& r) { return r.label.starts_with(label); };
  if (std::ranges::any_of(tree.rules, starts)) return starts(rule);
  return std::ranges::find(rule.guards, label, &lang::Guard::label) != rule.guards.end();
}

void run(Session& session, const RulesOptions& options) {
  lang::Tree tree = proofs::model();
  if (!options.coverage && !options.designs.empty()) {
    if (options.designs.size() > 1) throw std::invalid_argument("--design: rules are of one design at a time");
    if (options.formulas) throw std::invalid_argument("--design: formulas are of no design");
    keep_to(tree, options.designs.front());
  }
  if (options.coverage) {
    if (!options.label.empty())
      throw std::invalid_argument("--coverage looks at whole designs: --design " + options.label);
    cover(session, options);
    return;
  }
  if (options.hashes) {
    std::cout << mutate::to_text(mutate::texts_of(tree));
    return;
  }
  if (options.formulas) {
    print_formulas(session, tree, options.json);
    return;
  }
  const int knob = options.knob.empty() ? -1 : tree.cell_named(options.knob);
  if (!options.knob.empty() && (knob < 0 || !tree.cells[static_cast<std::size_t>(knob)].rigid))
    throw std::invalid_argument("--knob: there is no knob or fact '" + options.knob +
                                "'; see `pasid design show linux-7.3`");
  nlohmann::json all = nlohmann::json::array();
  std::size_t shown = 0;
  for (const auto& rule : tree.rules) {
    if (!options.label.empty() && !is_meant(tree, rule, options.label)) continue;
    if (knob >= 0 && !lang::mentions(tree, rule, knob)) continue;
    ++shown;
    if (options.json) all.push_back(review::to_json(tree, rule));
    else std::cout << trace::rule_text(tree, rule, session.columns) << '\n';
  }
  if (options.json) {
    nlohmann::json out{{"rules", all}};
    // Calls are of all rules, and so is what `pasid diff --rules-from` reads.
    if (options.label.empty() && knob < 0) out["calls"] = review::calls_json(tree.rules);
    std::cout << out.dump(2) << '\n';
  } else if (knob >= 0) {
    std::cout << shown << " of " << tree.rules.size() << " rules mention " << options.knob << '\n';
  }
  if (shown == 0 && knob < 0)
    throw std::invalid_argument("no rule's label starts with '" + options.label + "', and no guard is called so" +
                                (options.designs.empty() ? "" : "; not in " + options.designs.front()));
}

}  // namespace

void add_rules(CLI::App& app, Session& session) {
  auto* rules = app.add_subcommand("rules", "the rules, with their guards, errnos, updates and sources");
  rules->footer(
      "Examples:\n"
      "  pasid rules bind                       the sections of a bind, of every series\n"
      "  pasid rules bind --design linux-7.3    as this design has them\n"
      "  pasid rules bind.pasid-free            those that have this guard\n"
      "  pasid rules --knob free_point          the rules whose text mentions a knob\n"
      "  pasid rules --formulas                 properties, axioms and lemmas\n"
      "  pasid rules --coverage                 which rules fire, which guards are the first to fail");
  const auto options = std::make_shared<RulesOptions>();
  rules->add_option("label", options->label, "a rule, the start of its label, or a guard of it")->type_name("LABEL");
  rules->add_option("--knob", options->knob, "only rules that mention this knob or fact")->type_name("NAME");
  rules->add_flag("--formulas", options->formulas, "properties, axioms and lemmas instead");
  rules->add_flag("--coverage", options->coverage,
                  "fire every rule of every design, and make each guard fail first or show that it cannot");
  rules
      ->add_option("--design", options->designs,
                   "as this design has them; with --coverage: of this design (may be repeated)")
      ->type_name("DESIGN")
      ->allow_extra_args(false);
  rules->add_flag("--hashes", options->hashes, "a line for what each rule, formula and design says: proofs/rules.txt");
  rules->add_flag("--json", options->json, "machine-readable output");
  rules->callback([&session, options] { run(session, *options); });
}

}  // namespace pasid::cli
