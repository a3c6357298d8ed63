#include "src/check/claims.hpp"

#include <algorithm>

namespace pasid::check {

using io::ClaimVerdict;
using Role = Evidence::Role;

bool ClaimResult::agrees() const {
  return verdict == claim.expected && std::ranges::all_of(evidence, [](const Evidence& e) {
           return e.role == Role::predicts || e.agrees();
         });
}

const DesignResult& Claims::result(const io::Design& design) {
  if (const auto it = known_.find(design.name); it != known_.end()) return it->second;
  return known_.emplace(design.name, pasid::check::check(tree_, design, options_)).first->second;
}

ClaimResult Claims::check(const io::Claim& claim) {
  ClaimResult out{claim, ClaimVerdict::proved, {}};
  const auto look = [&](Role role, const io::Saying& said, const io::Design& design) {
    const PropertyResult* p = result(design).find(said.property);
    out.evidence.push_back({role, said, design.name, *p});
  };
  for (const auto& s : claim.predicts) look(Role::predicts, s, io::load_design(tree_, s.design));
  for (const auto& s : claim.also) look(Role::also, s, io::load_design(tree_, s.design));
  if (claim.nearest) look(Role::nearest, *claim.nearest, io::load_design(tree_, claim.nearest->design));
  if (claim.edit) look(Role::edit, *claim.edit, io::edited(io::load_design(tree_, claim.edit->design), *claim.edit));

  for (const Evidence& e : out.evidence) {
    if (e.role != Role::predicts) continue;
    const auto v = e.computed.verdict;
    if (v == spec::Verdict::unknown || v == spec::Verdict::holds_in_scope) {
      out.verdict = ClaimVerdict::unknown;
      break;
    }
    if (!e.agrees()) out.verdict = ClaimVerdict::refuted;
  }
  return out;
}

std::vector<std::string> Claims::errors() const {
  std::vector<std::string> out;
  for (const auto& [name, r] : known_) {
    for (const auto& e : r.errors) out.push_back(name + ": " + e);
    if (r.contradiction) out.push_back(name + ": search and proof contradict each other");
  }
  return out;
}

}  // namespace pasid::check
