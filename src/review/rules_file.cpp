#include "src/review/rules_file.hpp"

#include <algorithm>
#include <cstring>
#include <deque>

#include <nlohmann/json.hpp>

#include "proofs/model.hpp"
#include "spec/lang/call.hpp"
#include "spec/model.hpp"
#include "src/io/json.hpp"
#include "src/trace/formula.hpp"
#include "src/trace/parse_formula.hpp"

namespace pasid::review {
namespace {

using lang::GuardKind;
using lang::NodeId;

constexpr std::array<std::string_view, 4> kinds{"require", "await", "given", "choose"};
constexpr std::array<std::string_view, 2> policies{"any", "lowest_free"};

nlohmann::json declared(std::string_view name, const lang::SortInfo* sort) {
  return {{"name", name}, {"sort", sort->name}};
}

}  // namespace

nlohmann::json to_json(const lang::Tree& tree, const lang::RuleTree& rule) {
  nlohmann::json out{{"label", rule.label}, {"source", rule.source}};
  if (!tree.is_true(rule.only_if)) out["only_if"] = trace::FormulaPrinter(tree).flat(rule.only_if);
  trace::FormulaPrinter print(tree);
  out["parameters"] = nlohmann::json::array();
  for (const auto& p : rule.params) {
    print.name(p.variable, p.name);
    out["parameters"].push_back(declared(p.name, p.sort));
  }
  out["guards"] = nlohmann::json::array();
  for (const auto& g : rule.guards) {
    nlohmann::json guard{
        {"label", g.label}, {"kind", kinds[static_cast<std::size_t>(g.kind)]}, {"condition", print.flat(g.condition)}};
    if (g.kind == GuardKind::require) guard["errno"] = strerrorname_np(g.err);
    if (g.kind == GuardKind::choose) {
      guard["picks"] = print.flat(g.picked);
      guard["policy"] = policies[static_cast<std::size_t>(g.pick) - 1];
    }
    out["guards"].push_back(std::move(guard));
  }
  out["updates"] = nlohmann::json::array();
  for (const auto& w : rule.writes) {
    const auto& cell = tree.cells[static_cast<std::size_t>(w.cell)];
    nlohmann::json update{{"label", std::string(rule.label) + "/" + std::string(cell.name)}, {"cell", cell.name}};
    for (const NodeId v : w.bound) update["each"].push_back(declared(print.letter(v), tree[v].sort));
    for (const NodeId i : w.index) update["index"].push_back(print.flat(i));
    update["value"] = print.flat(w.value);
    if (!tree.is_true(w.condition)) update["when"] = print.flat(w.condition);
    for (const NodeId v : w.bound) print.forget(v);
    out["updates"].push_back(std::move(update));
  }
  return out;
}

nlohmann::json calls_json(const std::vector<lang::RuleTree>& rules) {
  const lang::Tree& whole = proofs::model();
  const auto label = [&](int rule) -> std::string {
    if (rule < 0) return "";
    const std::string_view name = whole.rules[static_cast<std::size_t>(rule)].label;
    return std::ranges::find(rules, name, &lang::RuleTree::label) == rules.end() ? "" : std::string(name);
  };
  nlohmann::json out = nlohmann::json::array();
  for (const lang::CallTree& call : whole.calls) {
    std::string text;
    for (const lang::CallSection& s : call.sections) {
      const std::string rule = label(s.rule);
      if (rule.empty()) continue;
      const std::string undo = label(s.undo);
      text += (text.empty() ? "" : " ") + rule +
              (s.optional   ? "?"
               : s.repeated ? "*"
                            : "") +
              (undo.empty() ? "" : "/" + undo);
    }
    if (!text.empty()) out.push_back({{"label", call.label}, {"sections", text}});
  }
  return out;
}

namespace {

/// A tree, and the names in it that are in no program.
struct Read {
  lang::Tree tree = proofs::model();
  std::deque<std::string> names;
};

/// Reads the rules one after another into the tree.
class Reader {
 public:
  explicit Reader(Read& into) : read_(into), tree_(into.tree) {}

  void rules(const io::Json& root) {
    const auto all = root.member("rules", "the file").elements("a list of rules");
    if (all.empty()) root.fail("there is no rule in it", "what `pasid rules --json` writes");
    std::vector<lang::RuleTree> rules;
    for (const io::Json& r : all) {
      rules.push_back(rule(r));
      if (std::ranges::count(rules, rules.back().label, &lang::RuleTree::label) > 1)
        r.fail("a second rule '" + std::string(rules.back().label) + "'", "each rule once");
    }
    tree_.rules = std::move(rules);
    tree_.calls.clear();
    if (!root.find("calls"))
      root.fail("it has no calls", "the rules of a whole design, as `pasid rules --json --design X` writes them");
    for (const io::Json& c : root.member("calls", "the file").elements("a list of calls")) {
      const io::Json sections = c.member("sections", "a call");
      const std::string_view label = kept(c.member("label", "a call").text());
      try {
        tree_.calls.push_back(lang::parse_call(tree_, label, sections.text()));
      } catch (const lang::RuleError& e) {
        sections.fail(e.what(), "sections that are rules of the file");
      }
    }
  }

 private:
  std::string_view kept(std::string text) { return read_.names.emplace_back(std::move(text)); }

  const lang::SortInfo* sort(const io::Json& json) const {
    const auto* const out = trace::sort_named(proofs::model(), json.text());
    if (out == nullptr) json.fail("there is no sort " + io::in_quotes(json.text()), "a sort of this program");
    return out;
  }
  NodeId formula(const io::Json& json, const lang::SortInfo* of, const trace::Scope& scope) {
    try {
      return trace::parse_formula(tree_, json.text("a formula"), of, scope);
    } catch (const trace::FormulaError& e) {
      json.fail("column " + std::to_string(e.column) + " of the formula: " + e.what(),
                "a formula as `pasid rules` prints it");
    }
  }
  template <std::size_t N>
  static std::size_t one_of(const io::Json& json, const std::array<std::string_view, N>& names, std::string_view what) {
    const auto at = std::ranges::find(names, json.text());
    if (at == names.end()) json.fail(io::in_quotes(json.text()), what);
    return static_cast<std::size_t>(at - names.begin());
  }

  lang::RuleTree rule(const io::Json& json);
  lang::Guard guard(const io::Json& json, const trace::Scope& scope);
  lang::Write update(const io::Json& json, trace::Scope scope);

  Read& read_;
  lang::Tree& tree_;
};

lang::RuleTree Reader::rule(const io::Json& json) {
  lang::RuleTree out{};
  out.label = kept(json.member("label", "a rule").text());
  out.source = kept(json.member("source", "a rule").text());
  const auto only_if = json.find("only_if");
  out.only_if = only_if ? formula(*only_if, &lang::sort_info<bool>, {}) : tree_.truth(true);
  trace::Scope scope;
  const io::Json parameters = json.member("parameters", "a rule");
  for (const io::Json& p : parameters.elements()) {
    const std::string_view name = kept(p.member("name", "a parameter").text());
    out.params.push_back({name, sort(p.member("sort", "a parameter")), NodeId::invalid});
    // Rules of the model keep their variables, so that terms that say the same are the same.
    const int known = proofs::model().rule_named(out.label);
    if (known >= 0)
      for (const lang::Param& q : proofs::model().rules[static_cast<std::size_t>(known)].params)
        if (q.name == name && q.sort == out.params.back().sort) out.params.back().variable = q.variable;
    if (out.params.back().variable == NodeId::invalid)
      out.params.back().variable = tree_.fresh_variable(out.params.back().sort);
    if (!scope.emplace(name, out.params.back().variable).second) p.fail("a second parameter of that name", "each once");
  }
  if (out.params.size() > spec::max_params)
    parameters.fail("too many parameters", "at most " + std::to_string(spec::max_params));
  for (const io::Json& g : json.member("guards", "a rule").elements()) out.guards.push_back(guard(g, scope));
  for (const io::Json& u : json.member("updates", "a rule").elements()) out.writes.push_back(update(u, scope));
  return out;
}

lang::Guard Reader::guard(const io::Json& json, const trace::Scope& scope) {
  lang::Guard out{};
  out.label = kept(json.member("label", "a guard").text());
  out.kind = static_cast<GuardKind>(one_of(json.member("kind", "a guard"), kinds, "require, await, given or choose"));
  out.condition = formula(json.member("condition", "a guard"), &lang::sort_info<bool>, scope);
  if (out.kind == GuardKind::require) {
    const io::Json name = json.member("errno", "a guard that requires");
    constexpr int most = 4095;  // of what a kernel takes for an error
    for (int e = 1; e <= most && out.err == 0; ++e)
      if (const char* known = strerrorname_np(e); known != nullptr && name.text() == known) out.err = e;
    if (out.err == 0) name.fail("there is no errno " + io::in_quotes(name.text()), "a name such as EINVAL");
  }
  if (out.kind == GuardKind::choose) {
    const io::Json picks = json.member("picks", "a guard that chooses");
    const auto variable = scope.find(picks.text());
    if (variable == scope.end())
      picks.fail("there is no parameter " + io::in_quotes(picks.text()), "a parameter of the rule");
    out.picked = variable->second;
    out.pick = static_cast<lang::Pick>(
        1 + one_of(json.member("policy", "a guard that chooses"), policies, "any or lowest_free"));
  }
  return out;
}

lang::Write Reader::update(const io::Json& json, trace::Scope scope) {
  lang::Write out{};
  const io::Json name = json.member("cell", "an update");
  out.cell = tree_.cell_named(name.text());
  if (out.cell < 0 || tree_.cells[static_cast<std::size_t>(out.cell)].rigid)
    name.fail("there is no cell " + io::in_quotes(name.text()), "a cell of the state");
  const lang::CellInfo cell = tree_.cells[static_cast<std::size_t>(out.cell)];
  if (const auto each = json.find("each"))
    for (const io::Json& e : each->elements()) {
      out.bound.push_back(tree_.fresh_variable(sort(e.member("sort", "an element"))));
      scope[e.member("name", "an element").text()] = out.bound.back();
    }
  if (const auto index = json.find("index"))
    for (const io::Json& i : index->elements()) {
      if (out.index.size() == cell.index.size()) i.fail("one index too many", "as many as the cell has");
      out.index.push_back(formula(i, cell.index[out.index.size()], scope));
    }
  if (out.index.size() < cell.index.size())
    json.fail("an update of '" + std::string(cell.name) + "' with too few indices", "as many as the cell has");
  out.value = formula(json.member("value", "an update"), cell.value, scope);
  const auto when = json.find("when");
  out.condition = when ? formula(*when, &lang::sort_info<bool>, scope) : tree_.truth(true);
  return out;
}

}  // namespace

std::shared_ptr<const lang::Tree> read_rules(const std::string& path) {
  const auto out = std::make_shared<Read>();
  const io::JsonDocument document = io::JsonDocument::read(path);
  Reader(*out).rules(document.root());
  return {out, &out->tree};
}

}  // namespace pasid::review
