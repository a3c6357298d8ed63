#include "src/jobs/work.hpp"

#include <algorithm>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "src/check/recorded.hpp"
#include "src/io/file.hpp"
#include "src/io/names.hpp"
#include "src/jobs/sources.hpp"
#include "src/review/side.hpp"
#include "src/smt/digest.hpp"
#include "src/smt/seeds.hpp"
#include "src/trace/formula.hpp"

namespace pasid::jobs {
namespace {

/// Rules as the design has them, calls, and what formulas and axioms say.
std::string spoken(const lang::Tree& model, const io::Design& design) {
  lang::Tree tree = model;
  std::string out;
  for (const lang::RuleTree& rule : review::rules_of(tree, model.rules, io::facts_of(model, design)))
    out += std::string(rule.label) + '\n' + trace::rule_text(tree, rule) + '\n';
  for (const lang::CallTree& call : model.calls)
    out += std::string(call.label) + ": " + trace::call_text(model, call) + '\n';
  for (const lang::Formula& f : model.formulas) {
    out += std::string(f.name) + '\n' + trace::formula_text(model, f.body) + '\n';
    if (f.kind == lang::FormulaKind::property) out += trace::formula_text(model, f.applies) + '\n';
  }
  return out;
}

}  // namespace

const io::Design& Work::design(const std::string& asked) const {
  const auto found = std::ranges::find(designs, asked, &NamedDesign::asked);
  if (found == designs.end()) throw std::invalid_argument("the job does not come with the design '" + asked + "'");
  return found->design;
}

nlohmann::ordered_json to_json(const Work& work) {
  nlohmann::ordered_json out{{"command", work.command}, {"arguments", work.arguments}};
  out["designs"] = nlohmann::ordered_json::array();
  for (const NamedDesign& d : work.designs)
    out["designs"].push_back({{"asked", d.asked}, {"bases", d.design.bases}, {"toml", io::to_toml(d.design)}});
  out["files"] = nlohmann::ordered_json::array();
  for (const NamedFile& f : work.files) out["files"].push_back({{"path", f.path}, {"sha256", f.hash}});
  return out;
}

Work read_work(const lang::Tree& tree, const io::Json& json) {
  Work out;
  out.command = json.member("command", "a job").text();
  for (const io::Json& a : json.member("arguments", "a job").elements()) out.arguments.push_back(a.text());
  for (const io::Json& d : json.member("designs", "a job").elements()) {
    NamedDesign design{d.member("asked", "a design").text(), {}};
    design.design = io::design_in(tree, design.asked, d.member("toml", "a design").text());
    for (const io::Json& base : d.member("bases", "a design").elements()) design.design.bases.push_back(base.text());
    out.designs.push_back(std::move(design));
  }
  for (const io::Json& f : json.member("files", "a job").elements())
    out.files.push_back({f.member("path", "a file").text(), f.member("sha256", "a file").text()});
  return out;
}

NamedFile named_file(const std::string& path) { return {path, smt::sha256(io::read_file(path))}; }

std::string key(const lang::Tree& model, const Work& work) {
  std::string text = work.command + '\n';
  for (const std::string& a : work.arguments) text += std::to_string(a.size()) + ' ' + a + '\n';
  for (const NamedDesign& d : work.designs) {
    text += d.design.name + '\n' + d.design.title + '\n';
    for (const std::string& base : d.design.bases) text += base + ' ';
    text += io::settings_text(d.design);
    for (const io::Expectation& e : d.design.expectations)
      text += e.property + ' ' + std::string(io::name_of(e.verdict)) + '\n';
    text += spoken(model, d.design);
  }
  for (const NamedFile& f : work.files) text += f.hash + '\n';
  for (const char* name : {"hints.txt", "places.txt", "falls.txt"})
    text += smt::sha256(check::recorded(name).value_or("")) + '\n';
  return smt::sha256(text + smt::first_solver() + '\n' + std::string(sources()));
}

}  // namespace pasid::jobs
