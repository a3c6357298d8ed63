#include "src/trace/json.hpp"

#include <cstring>

#include "spec/lang/memory.hpp"
#include "src/trace/explain.hpp"
#include "src/trace/names.hpp"
#include "src/trace/steps.hpp"

namespace pasid::trace {
namespace {

using Json = nlohmann::ordered_json;
using lang::CellInfo;
using lang::SortInfo;

Json value(const Names& names, const SortInfo* sort, std::uint8_t v) {
  if (sort->kind == lang::SortKind::boolean) return v != 0;
  if (v == 0) return nullptr;
  return names(sort, v);
}

/// A cell without indices is its value; otherwise an object nested by the indices.
Json table(const Names& names, const spec::NativeFacts& facts, const CellInfo& cell, const std::uint8_t* bytes) {
  if (cell.index.empty()) return value(names, cell.value, bytes[cell.offset]);
  Json out = Json::object();
  lang::each_index(facts, cell, [&](std::span<const std::uint8_t> index) {
    const std::uint8_t v = bytes[lang::place(cell, index)];
    if (v == 0) return;
    Json* at = &out;
    for (std::size_t k = 0; k < index.size(); ++k) at = &(*at)[names(cell.index[k], index[k])];
    *at = value(names, cell.value, v);
  });
  return out;
}

Json step_json(const lang::Tree& tree, const Names& names, const Trace& trace, std::size_t i) {
  const Step& step = trace.steps[i];
  Json args = Json::object();
  for (const Argument& a : arguments(tree, step)) args[std::string(a.name)] = value(names, a.sort, a.value);
  Json sections = Json::array();
  for (const Firing& f : step.firings) sections.push_back(tree.rules.at(static_cast<std::size_t>(f.rule)).label);
  Json changed = Json::array();
  for (const Change& c : changes(tree, trace.facts, trace.before(i), step.after)) {
    Json index = Json::array();
    for (std::size_t k = 0; k < c.index.size(); ++k) index.push_back(value(names, c.cell->index[k], c.index[k]));
    changed.push_back({{"cell", c.cell->name},
                       {"index", std::move(index)},
                       {"from", value(names, c.cell->value, c.from)},
                       {"to", value(names, c.cell->value, c.to)}});
  }
  Json error = nullptr;
  if (step.refused)
    error = {{"errno", step.refused->err == 0 ? Json() : Json(strerrorname_np(step.refused->err))},
             {"guard", step.refused->guard},
             {"section", tree.rules.at(static_cast<std::size_t>(step.refused->section.rule)).label},
             {"after", step.refused->at}};
  return {{"label", step.label},
          {"arguments", std::move(args)},
          {"sections", std::move(sections)},
          {"error", std::move(error)},
          {"changes", std::move(changed)}};
}

}  // namespace

Json to_json(const lang::Tree& tree, const Trace& trace) {
  const Names names(tree, trace.facts);
  Json out = {{"design", trace.design}, {"property", trace.property}, {"grain", trace.grain}};
  out["steps"] = Json::array();
  for (std::size_t i = 0; i < trace.steps.size(); ++i) out["steps"].push_back(step_json(tree, names, trace, i));

  out["violation"] = nullptr;
  if (const lang::Formula* formula = tree.formula_named(trace.property))
    if (const auto why = explain(tree, trace.facts, trace.before_last(), trace.last(), formula->body))
      out["violation"] = {
          {"instance", why->instance}, {"since", why->since}, {"expected", why->expected}, {"found", why->found}};

  out["topology"]["sizes"] = Json::object();
  for (const SortInfo* s : entity_sorts(tree))
    out["topology"]["sizes"][std::string(s->name)] = lang::size_of(trace.facts, s);
  out["knobs"] = Json::object();
  for (const CellInfo& cell : tree.cells)
    if (cell.rigid)
      out[lang::is_knob(cell) ? "knobs" : "topology"][std::string(cell.name)] =
          table(names, trace.facts, cell, reinterpret_cast<const std::uint8_t*>(&trace.facts));
  return out;
}

Json state_json(const lang::Tree& tree, const spec::NativeFacts& facts, const spec::NativeState& state) {
  const Names names(tree, facts);
  Json out = Json::object();
  for (const CellInfo& cell : tree.cells) {
    if (cell.rigid) continue;
    Json entries = table(names, facts, cell, reinterpret_cast<const std::uint8_t*>(&state));
    if (!entries.is_object() || !entries.empty()) out[std::string(cell.name)] = std::move(entries);
  }
  return out;
}

}  // namespace pasid::trace
