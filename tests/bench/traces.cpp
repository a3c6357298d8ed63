// How long the search takes for what is known to be violated: each property that a shipped design expects violated, and
// each edit of a claim that makes one fall; without any proof.
#include <algorithm>
#include <chrono>
#include <thread>

#include <fmt/core.h>

#include "proofs/model.hpp"
#include "src/check/check.hpp"
#include "src/check/seek.hpp"
#include "src/io/claim.hpp"
#include "tests/bench/figures.hpp"

namespace {

using namespace pasid;  // NOLINT(google-build-using-namespace)

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

struct Totals {
  int sought = 0;
  int missing = 0;
  double seconds = 0;
};

void report(const io::Design& design, const std::vector<std::string>& names, std::size_t max_states, Totals& totals) {
  const lang::Tree& tree = proofs::model();
  const auto all = spec::native_properties();
  std::vector<int> properties;
  for (const auto& name : names)
    for (std::size_t p = 0; p < all.size(); ++p)
      if (all[p].name == name) properties.push_back(static_cast<int>(p));
  if (properties.empty()) return;
  explore::Options options;
  options.max_states = max_states;
  options.threads = std::max(1U, std::thread::hardware_concurrency());  // as check
  options.reading = check::search_reading();
  const double start = now();
  std::map<int, check::Place> known;
  if (const auto places = check::trace_places())
    known = check::known_places(*places, design, options.reading, properties);
  for (const check::Sought& s : check::seek(tree, io::facts_of(tree, design), properties, options, known)) {
    ++totals.sought;
    totals.missing += s.path ? 0 : 1;
    fmt::print("{:34} {:29} {:4} {:>3} steps {:>9} states {:>3} deep {:8.3f} s  {}\n", design.name,
               all[static_cast<std::size_t>(s.property)].name, s.grain == explore::Grain::call ? "call" : "step",
               s.path ? std::to_string(s.path->steps.size()) : "no", s.states, s.depth, s.seconds,
               check::describe(tree, s.scope));
    std::fflush(stdout);
  }
  const double took = now() - start;
  totals.seconds += took;
  fmt::print("{:34} {:>87.3f} s\n", design.name, took);
  std::fflush(stdout);
}

}  // namespace

/// Arguments: how many states a search may have; then names of designs (else all of them).
int main(int argc, char** argv) {
  const lang::Tree& tree = proofs::model();
  Totals totals;
  const std::size_t max_states = argc > 1 ? std::stoul(argv[1]) : check::Options{}.max_states;
  const std::vector<std::string> only(argv + std::min(argc, 2), argv + argc);
  const auto wanted = [&](const std::string& name) {
    return only.empty() || std::find(only.begin(), only.end(), name) != only.end();
  };
  for (const auto& name : io::shipped_designs()) {
    if (!wanted(name)) continue;
    const io::Design design = io::load_design(tree, name);
    std::vector<std::string> names;
    for (const auto& e : design.expectations)
      if (e.verdict == spec::Verdict::violated) names.push_back(e.property);
    report(design, names, max_states, totals);
  }
  for (const auto& id : io::shipped_claims()) {
    const io::Claim claim = io::load_claim(tree, id);
    if (!claim.edit || claim.edit->verdict != spec::Verdict::violated || !wanted(id)) continue;
    report(io::edited(io::load_design(tree, claim.edit->design), *claim.edit), {claim.edit->property}, max_states,
           totals);
  }
  fmt::print("{} sought, {} not found, {:.2f} s\n", totals.sought, totals.missing, totals.seconds);
  bench::figure("traces", "not found", totals.missing, "", bench::at_most(0));
  bench::figure("traces", "all " + std::to_string(totals.sought), totals.seconds, "s");
  return totals.missing == 0 ? 0 : 1;
}
