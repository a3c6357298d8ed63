#include "src/check/convert.hpp"

#include <algorithm>
#include <map>

#include "src/check/check.hpp"

namespace pasid::check {

trace::Trace to_trace(const lang::Tree&, const explore::Path& path, const std::string& design,
                      const std::string& property, const std::string& grain) {
  trace::Trace out;
  out.design = design;
  out.property = property;
  out.grain = grain;
  out.facts = path.facts;
  for (const explore::PathStep& s : path.steps) {
    trace::Step step{s.label, {}, s.after};
    for (const explore::Fired& f : s.fired) step.firings.push_back({f.rule, f.args});
    out.steps.push_back(std::move(step));
  }
  return out;
}

explore::Scope default_scope(const lang::Tree& tree) {
  explore::Scope scope;
  const auto mm = static_cast<std::uint8_t>(spec::Kind::mm);
  const auto kernel = static_cast<std::uint8_t>(spec::Kind::kernel_dma);
  for (const auto& [sort, size] : std::initializer_list<std::pair<std::string_view, int>>{{"As", 3},
                                                                                          {"Task", 2},
                                                                                          {"Dev", 2},
                                                                                          {"Unit", 2},
                                                                                          {"Space", 4},
                                                                                          {"Wq", 2},
                                                                                          {"Pasid", 2},
                                                                                          {"Bond", 2},
                                                                                          {"Desc", 1}})
    scope.set(tree, sort, size);
  scope.pin("kind", {mm, mm, kernel});
  scope.pin("fits", {1});
  scope.mentioned = {"Pasid"};
  return scope;
}

std::string describe(const lang::Tree& tree, const explore::Scope& scope) {
  std::string out;
  for (const lang::SortInfo* s : explore::entity_sorts(tree)) {
    if (!out.empty()) out += ", ";
    if (explore::only_classifies(tree, s)) out += "up to ";
    out += std::to_string(scope.size[static_cast<std::size_t>(s->index)]) + ' ' + std::string(s->name);
  }
  for (const explore::Pin& p : scope.pins) {
    const bool same = std::ranges::all_of(p.values, [&](std::uint8_t v) { return v == p.values.front(); });
    if (p.cell == "fits" && same && p.values.front() == 1) out += "; every PASID fits every device";
  }
  return out;
}

}  // namespace pasid::check
