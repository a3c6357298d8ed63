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

}  // namespace pasid::check
