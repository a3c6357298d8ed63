#include "src/review/diff.hpp"

#include <algorithm>
#include <set>

#include "src/conform/catalogue.hpp"

namespace pasid::review {
namespace {

Refinement refinement(const Side& of, const Side& in, const smt::Proof& proof, const std::vector<Behaviour>& others) {
  if (others.empty()) return simulates(of, in, proof);
  const Behaviour& b = others.front();
  return {Refinement::Verdict::refuted,
          std::to_string(b.calls()) + (b.calls() == 1 ? " call" : " calls") + " to " + b.name, 0, 0};
}

/// The calls that a difference which no short sequence shows may take: those that have a rule that differs, and those
/// that lead to where a property falls in one design alone.
std::vector<std::string> calls_that_matter(const Side& a, const Side& b, const Diff& diff) {
  std::set<std::string> rules;
  for (const RuleDifference& r : diff.rules) rules.insert({r.a, r.b});
  for (const PropertyDifference& p : diff.properties.all) {
    if (p.change == PropertyDifference::Change::kept) continue;
    for (const auto& [trace, side] : {std::pair(&p.a.trace, &a), std::pair(&p.b.trace, &b)})
      if (*trace)
        for (const trace::Step& s : (*trace)->steps)
          for (const trace::Firing& f : s.firings)
            rules.insert(std::string(side->tree->rules[static_cast<std::size_t>(f.rule)].label));
  }
  std::set<std::string> out;
  for (const Side* side : {&a, &b}) {
    const conform::Catalogue catalogue(*side->tree, side->reading, side->knobs);
    for (std::size_t c = 0; c < catalogue.calls().size(); ++c) {
      const auto has = [&](const explore::Transition& t) {
        return std::ranges::any_of(t.sections, [&](const explore::Section& s) {
          return rules.contains(std::string(side->tree->rules[static_cast<std::size_t>(s.rule)].label));
        });
      };
      const conform::CallKind& call = catalogue.calls()[c];
      if (has(call.transition) || std::ranges::any_of(catalogue.inside(static_cast<int>(c)), has))
        out.insert(std::string(call.name));
    }
  }
  return {out.begin(), out.end()};
}

}  // namespace

bool Diff::differs() const {
  return !knobs.empty() || !rules.empty() || !behaviours.newly_allowed.empty() || !behaviours.newly_forbidden.empty() ||
         std::ranges::any_of(properties.all,
                             [](const PropertyDifference& p) { return p.change != PropertyDifference::Change::kept; });
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
  BehaviourOptions behaviours = options.behaviours;
  behaviours.among = calls_that_matter(a, b, out);
  out.behaviours = differing_behaviours(a, b, behaviours);
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
