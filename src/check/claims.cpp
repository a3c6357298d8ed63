#include "src/check/claims.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>

#include "src/check/hints.hpp"

namespace pasid::check {

using io::ClaimVerdict;
using Role = Evidence::Role;

bool ClaimResult::agrees() const {
  return verdict == claim.expected &&
         std::ranges::all_of(evidence, [](const Evidence& e) { return e.role == Role::predicts || e.agrees(); });
}

std::string_view words(Role role) {
  switch (role) {
    case Role::predicts: return "the claim says";
    case Role::also: return "also";
    case Role::nearest: return "nearest true";
    case Role::edit: return "other by an edit";
  }
  return "";
}

int exit_code(const ClaimResult& result) {
  if (std::ranges::any_of(result.evidence, &Evidence::contradiction)) return 4;
  if (result.agrees()) return 0;
  return result.verdict == ClaimVerdict::unknown ? 2 : 1;
}

const DesignResult& Claims::result(const io::Design& design) {
  if (const auto it = known_.find(design.name); it != known_.end()) return it->second;
  return known_.emplace(design.name, pasid::check::check(tree_, design, options_)).first->second;
}

void Claims::prepare(const std::vector<io::Design>& designs, const std::vector<io::Claim>& claims, unsigned threads) {
  struct Job {
    io::Design design;
    Options options;
  };
  std::vector<Job> pending;
  // A design that is not asked for by itself is checked for what the claims say of it only.
  const auto want = [&](const io::Design& d, const std::string& property) {
    if (known_.contains(d.name)) return;
    auto job = std::ranges::find_if(pending, [&](const Job& j) { return j.design.name == d.name; });
    if (job == pending.end()) {
      pending.push_back({d, options_});
      job = std::prev(pending.end());
    } else if (job->options.properties.empty()) {
      return;  // all of them
    }
    if (std::ranges::find(job->options.properties, property) == job->options.properties.end())
      job->options.properties.push_back(property);
  };
  for (const io::Design& d : designs)
    if (!known_.contains(d.name)) pending.push_back({d, options_});
  for (const io::Claim& c : claims) {
    for (const auto& s : c.predicts) want(io::load_design(tree_, s.design), s.property);
    for (const auto& s : c.also) want(io::load_design(tree_, s.design), s.property);
    if (c.nearest) want(io::edited(io::load_design(tree_, c.nearest->design), *c.nearest), c.nearest->property);
    if (c.edit) want(io::edited(io::load_design(tree_, c.edit->design), *c.edit), c.edit->property);
  }
  std::vector<std::optional<DesignResult>> results(pending.size());
  std::vector<std::exception_ptr> failures(pending.size());
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < pending.size(); i = next++) {
      try {
        results[i] = pasid::check::check(tree_, pending[i].design, pending[i].options);
      } catch (...) {
        failures[i] = std::current_exception();
      }
    }
  };
  {
    std::vector<std::jthread> pool;
    for (unsigned i = 0; i < std::max(1U, threads); ++i) pool.emplace_back(work);
  }
  for (std::size_t i = 0; i < pending.size(); ++i) {
    if (failures[i]) std::rethrow_exception(failures[i]);
    known_.emplace(pending[i].design.name, std::move(*results[i]));
  }
}

ClaimResult Claims::check(const io::Claim& claim) {
  ClaimResult out{claim, ClaimVerdict::proved, {}};
  const auto look = [&](Role role, const io::Saying& said, const io::Design& design) {
    const DesignResult& r = result(design);
    const auto by_frame = std::ranges::count_if(r.proof.obligations, &smt::Obligation::by_frame);
    out.evidence.push_back({role, said, design.name, *r.find(said.property), r.contradiction,
                            r.proof.obligations.size(), static_cast<std::size_t>(by_frame)});
  };
  for (const auto& s : claim.predicts) look(Role::predicts, s, io::load_design(tree_, s.design));
  for (const auto& s : claim.also) look(Role::also, s, io::load_design(tree_, s.design));
  if (claim.nearest)
    look(Role::nearest, *claim.nearest, io::edited(io::load_design(tree_, claim.nearest->design), *claim.nearest));
  if (claim.edit) look(Role::edit, *claim.edit, io::edited(io::load_design(tree_, claim.edit->design), *claim.edit));

  // One decided disagreement refutes; without one, all must be decided.
  for (const Evidence& e : out.evidence) {
    if (e.role != Role::predicts || e.agrees()) continue;
    const auto v = e.computed.verdict;
    if (v == spec::Verdict::proved || v == spec::Verdict::violated) {
      out.verdict = ClaimVerdict::refuted;
      break;
    }
    out.verdict = ClaimVerdict::unknown;
  }
  return out;
}

std::vector<std::string> Claims::errors() const {
  std::vector<std::string> out;
  for (const auto& [name, r] : known_) {
    for (const auto& e : r.errors) out.push_back(name + ": " + e);
  }
  return out;
}

int Checked::exit_code() const {
  int worst = errors.empty() ? 0 : 1;
  for (const ClaimResult& c : claims) worst = std::max(worst, check::exit_code(c));
  for (const DesignResult& d : designs) worst = std::max(worst, check::exit_code(d, true));
  return worst;
}

Checked check_all(const lang::Tree& tree, Options options, const std::vector<io::Design>& designs,
                  const std::vector<io::Claim>& claims, unsigned threads) {
  options.hints = proof_hints();
  options.places = trace_places();
  Claims all(tree, std::move(options));
  all.prepare(designs, claims, threads);
  Checked out;
  for (const io::Design& d : designs) out.designs.push_back(all.result(d));
  for (const io::Claim& c : claims) out.claims.push_back(all.check(c));
  out.errors = all.errors();
  return out;
}

}  // namespace pasid::check
