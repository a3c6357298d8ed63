#include "src/review/coverage.hpp"

#include <algorithm>

#include "spec/lang/memory.hpp"
#include "spec/lang/rewrite.hpp"
#include "src/check/check.hpp"
#include "src/check/hints.hpp"
#include "src/check/places.hpp"
#include "src/check/seek.hpp"
#include "src/review/walker.hpp"
#include "src/smt/prove.hpp"

namespace pasid::review {
namespace {

using spec::NativeFacts;

/// The rules that the design has, and what the knobs alone say of them.
Coverage nothing_covered(const lang::Tree& tree, const std::string& design, const NativeFacts& knobs) {
  Coverage out;
  out.design = design;
  lang::Tree folded = tree;
  for (std::size_t r = 0; r < tree.rules.size(); ++r) {
    if (!spec::native_rules()[r].only_if(knobs)) continue;
    RuleCoverage rule{tree.rules[r].label, 0, false, {}};
    for (const lang::Guard& g : tree.rules[r].guards) {
      const lang::NodeId condition = lang::fold(folded, g.condition, &knobs);
      rule.guards.push_back({g.label, 0, folded.is_constant(condition)});
      rule.refuses = rule.refuses || (g.kind == lang::GuardKind::require && folded.is_false(condition));
    }
    out.rules.push_back(std::move(rule));
  }
  return out;
}

/// Can the guards that no walk met be the first to fail in any state with what is proved of the design?
void ask_the_solver(const lang::Tree& tree, const NativeFacts& knobs, const smt::Proof& proof, Coverage& coverage) {
  std::vector<smt::GuardName> names;
  std::vector<GuardCoverage*> guards;
  for (RuleCoverage& r : coverage.rules) {
    for (GuardCoverage& g : r.guards) {
      if (r.refuses || !g.open()) continue;
      names.push_back({r.label, g.label});
      guards.push_back(&g);
    }
  }
  if (names.empty()) return;
  const std::vector<smt::Answer> answers = smt::can_fail_first(tree, knobs, proof, names);
  for (std::size_t i = 0; i < guards.size(); ++i) guards[i]->never = answers[i] == smt::Answer::unsat;
}

/// Shortest paths to where properties fall that are not proved.
std::vector<explore::Path> violations(const lang::Tree& tree, const io::Design& design, const NativeFacts& knobs,
                                      const smt::Proof& proof) {
  explore::Options options;
  options.reading = check::search_reading();
  options.max_states = check::Options().max_states;
  std::vector<int> properties;
  for (std::size_t i = 0; i < options.reading.properties.size(); ++i) {
    const smt::Item* item = proof.find(options.reading.properties[i].name);
    if (item != nullptr && (item->status == smt::Status::dropped || item->status == smt::Status::unknown))
      properties.push_back(static_cast<int>(i));
  }
  std::map<int, check::Place> known;
  if (const auto places = check::trace_places())
    known = check::known_places(*places, design, options.reading, properties);
  std::vector<explore::Path> out;
  for (check::Sought& s : check::seek(tree, knobs, properties, options, known))
    if (s.path) out.push_back(*std::move(s.path));
  return out;
}

}  // namespace

std::vector<std::string_view> Coverage::unfired() const {
  std::vector<std::string_view> out;
  for (const RuleCoverage& r : rules)
    if (r.fired == 0 && !r.refuses) out.push_back(r.label);
  return out;
}

std::vector<std::string_view> Coverage::unmet() const {
  std::vector<std::string_view> out;
  for (const RuleCoverage& r : rules)
    for (const GuardCoverage& g : r.guards)
      if (!r.refuses && g.open()) out.push_back(g.label);
  return out;
}

Coverage cover(const lang::Tree& tree, const io::Design& design, std::uint64_t seed, std::uint64_t attempts,
               const explore::Reading& reading) {
  const NativeFacts knobs = io::facts_of(tree, design);
  Coverage out = nothing_covered(tree, design.name, knobs);
  Walker walker(tree, knobs, reading, out, seed, attempts);
  constexpr std::uint64_t a_while = 6'000'000;
  walker.wander(a_while);
  smt::ProveOptions options;
  options.hints = check::proof_hints();
  options.like = check::like(design);
  const smt::Proof proof = smt::prove(tree, knobs, options);
  ask_the_solver(tree, knobs, proof, out);
  walker.wander(a_while);
  if (!out.unmet().empty() || !out.unfired().empty()) walker.go_beyond(violations(tree, design, knobs, proof));
  walker.wander(attempts);
  return out;
}

}  // namespace pasid::review
