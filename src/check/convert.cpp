#include "src/check/convert.hpp"

#include <algorithm>
#include <map>

#include "src/check/check.hpp"

namespace pasid::check {

trace::Trace to_trace(const explore::Path& path, const std::string& design, const std::string& property,
                      const std::string& grain) {
  trace::Trace out;
  out.design = design;
  out.property = property;
  out.grain = grain;
  out.facts = path.facts;
  for (const explore::PathStep& s : path.steps) {
    trace::Step step{s.label, {}, s.after, {}};
    for (const explore::Fired& f : s.fired) step.firings.push_back({f.rule, f.args});
    if (s.refused)
      step.refused = trace::Refused{{s.refused->section.rule, s.refused->section.args},
                                    s.refused->at,
                                    s.refused->err,
                                    std::string(s.refused->guard)};
    out.steps.push_back(std::move(step));
  }
  return out;
}

void pin_kinds(explore::Scope& scope, int size) {
  using spec::Kind;
  std::vector<std::uint8_t> kinds(static_cast<std::size_t>(size), static_cast<std::uint8_t>(Kind::mm));
  kinds.back() = static_cast<std::uint8_t>(size > 3 ? Kind::pass_through : Kind::kernel_dma);
  if (size > 3) kinds[kinds.size() - 2] = static_cast<std::uint8_t>(Kind::kernel_dma);
  scope.pin("kind", kinds);
}

explore::Scope default_scope(const lang::Tree& tree) {
  explore::Scope scope;
  for (const auto& [sort, size] : std::initializer_list<std::pair<std::string_view, int>>{{"As", 4},
                                                                                          {"Task", 2},
                                                                                          {"Dev", 2},
                                                                                          {"Unit", 2},
                                                                                          {"Space", 4},
                                                                                          {"Wq", 2},
                                                                                          {"Pasid", 2},
                                                                                          {"Bond", 2},
                                                                                          {"Desc", 1}})
    scope.set(tree, sort, size);
  pin_kinds(scope, 4);
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
