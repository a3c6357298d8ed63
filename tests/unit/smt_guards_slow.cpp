// Guards carry verdicts of linux-7.3: what falls when one is dropped was said beforehand, and nothing does where the
// guard only gives an errno.
#include <doctest/doctest.h>

#include "proofs/model.hpp"
#include "src/smt/prove.hpp"
#include "tests/support/designs.hpp"

using namespace pasid;
using namespace pasid::test;

namespace {

smt::Proof without(const char* guard, const std::shared_ptr<smt::Precedents>& precedents) {
  lang::Tree tree = proofs::model();
  std::size_t dropped = 0;
  for (auto& rule : tree.rules)
    dropped += std::erase_if(rule.guards, [&](const lang::Guard& g) { return g.label == std::string_view(guard); });
  REQUIRE_MESSAGE(dropped > 0, "no guard ", guard);
  smt::ProveOptions options;
  options.precedents = precedents;
  return smt::prove(tree, linux_7_3_in_short(), options);
}

}  // namespace

TEST_CASE("guards of linux-7.3: what falls when one is dropped") {
  const auto precedents = std::make_shared<smt::Precedents>();
  smt::ProveOptions options;
  options.precedents = precedents;
  const smt::Proof whole = smt::prove(proofs::model(), linux_7_3_in_short(), options);
  const struct {
    const char* guard;
    const char* falls;
  } predicted[] = {
      // Work that is still queued when its bond goes reaches whoever has the number next.
      {"drain.work-finished", "DmaIsolation"},
      // The number is given to another mm while a file of the old one is open, and its slot still taken.
      {"drop.no-bond-holds-it", "NoStaleReuse"},
      // The portal outlives the drain, so work comes after it.
      {"stop.portal-unmapped", "DmaIsolation"},
      // An attachment is torn down while a bind of the same mm counts on it, or made while it is torn down.
      {"clear.sva-lock", "NoStaleReuse"},
      {"bind.sva-lock", "DmaIsolation"},
      // The kernel's work is still queued when its number goes.
      {"kernel_detach.work-finished", "DmaIsolation"},
      // Any number may be picked, another mm's too.
      {"bind.pick-pasid", "SharedQueueUnique"},
  };
  for (const auto& p : predicted) {
    CAPTURE(p.guard);
    REQUIRE(whole.find(p.falls)->status == smt::Status::proved);
    const smt::Proof proof = without(p.guard, precedents);
    CHECK(proof.find(p.falls)->status == smt::Status::dropped);
    CHECK_FALSE(proof.find(p.falls)->fell_at.empty());
  }
  // The twin: with memory to be had or not, the states are the same.
  const smt::Proof idle = without("bind.memory-for-mm-data", precedents);
  for (const auto& item : whole.items) CHECK_MESSAGE(idle.find(item.name)->status == item.status, item.name);
}
