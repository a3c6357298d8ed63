#include "src/review/diff.hpp"

#include <algorithm>

namespace pasid::review {
namespace {

Refinement refinement(const Side& of, const Side& in, const smt::Proof& proof, const std::vector<Behaviour>& others) {
  if (others.empty()) return simulates(of, in, proof);
  const Behaviour& b = others.front();
  return {Refinement::Verdict::refuted, std::to_string(b.calls()) + (b.calls() == 1 ? " call" : " calls") + " to " + b.name,
          0, 0};
}

}  // namespace

bool Diff::differs() const {
  return !knobs.empty() || !rules.empty() || !behaviours.newly_allowed.empty() || !behaviours.newly_forbidden.empty() ||
         std::ranges::any_of(properties.all, [](const PropertyDifference& p) {
           return p.change != PropertyDifference::Change::kept;
         });
}

bool Diff::undecided() const {
  return std::ranges::any_of(properties.all, [](const PropertyDifference& p) {
    return p.a.verdict == spec::Verdict::unknown || p.b.verdict == spec::Verdict::unknown;
  });
}

Diff diff(const Side& a, const Side& b, const DiffOptions& options) {
  Diff out;
  out.a = a.name;
  out.b = b.name;
  out.title_a = a.design.title;
  out.title_b = b.design.title;
  out.knobs = differing_knobs(a.design, b.design);
  out.rules = differing_rules(a, b);
  out.properties = differing_properties(a, b, options.check);
  out.behaviours = differing_behaviours(a, b, options.behaviours);
  options.behaviours.progress("looking for a refinement");
  out.b_in_a = refinement(b, a, out.properties.b.proof, out.behaviours.newly_allowed);
  out.a_in_b = refinement(a, b, out.properties.a.proof, out.behaviours.newly_forbidden);
  for (const auto* r : {&out.properties.a, &out.properties.b})
    for (const std::string& e : r->errors) out.contradictions.push_back(r->design.name + ": " + e);
  for (const std::string& d : out.behaviours.disagreed)
    out.contradictions.push_back("the checker of answers has it otherwise: " + d);
  return out;
}

}  // namespace pasid::review
