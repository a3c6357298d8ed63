// The thread's designs leave out what the thread did not speak of: the PASID cache, device TLBs, page requests. With
// them the same is proved of every design that keeps processes apart. Where the IOMMU confuses their translations,
// device TLBs take over what it answers, and nobody flushes these for the process that they are of: two more fall.
#include <algorithm>

#include <doctest/doctest.h>

#include "proofs/model.hpp"
#include "src/check/hints.hpp"
#include "src/io/design.hpp"
#include "src/smt/prove.hpp"

namespace pasid {
namespace {

bool of_the_thread(const io::Design& design) {
  return design.name == "thread-baseline" ||
         std::ranges::find(design.bases, std::string("thread-baseline")) != design.bases.end();
}

bool isolates(const io::Design& design) {
  const auto it = std::ranges::find(design.expectations, std::string("DmaIsolation"), &io::Expectation::property);
  return it != design.expectations.end() && it->verdict == spec::Verdict::proved;
}

bool of_caches(const std::string& property) {
  return property == "PageTableChangeReachesCaches" || property == "NoStaleReuse" || property == "RidMeansItsDomain";
}

TEST_CASE("the thread's designs prove with the whole hardware what they prove without, if they isolate") {
  const lang::Tree& tree = proofs::model();
  smt::ProveOptions options;
  options.precedents = std::make_shared<smt::Precedents>();
  options.hints = check::proof_hints();
  int designs = 0;
  int proved = 0;
  int fallen = 0;
  for (const auto& name : io::shipped_designs()) {
    const io::Design design = io::load_design(tree, name);
    if (!of_the_thread(design)) continue;
    ++designs;
    spec::NativeFacts knobs = io::facts_of(tree, design);
    knobs.entry_cache() = spec::Switch::on;
    knobs.dev_tlb() = spec::Switch::on;
    knobs.page_requests() = spec::Switch::on;
    const smt::Proof proof = smt::prove(tree, knobs, options);
    for (const auto& e : design.expectations) {
      if (e.verdict != spec::Verdict::proved) continue;
      INFO(name);
      INFO(e.property);
      const smt::Item* item = proof.find(e.property);
      REQUIRE(item != nullptr);
      if (!isolates(design) && of_caches(e.property)) {
        fallen += item->status == smt::Status::proved ? 0 : 1;
        continue;
      }
      CHECK(item->status == smt::Status::proved);
      ++proved;
    }
  }
  CHECK(designs >= 16);
  CHECK(proved > 100);
  CHECK(fallen > 0);
}

}  // namespace
}  // namespace pasid
