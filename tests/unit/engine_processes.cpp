// Processes, threads, and the number of an mm.
#include <doctest/doctest.h>

#include "tests/support/engine_world.hpp"

using namespace pasid::engine;

TEST_CASE("an mm has one number on all devices, from its first open() until nothing refers to it") {
  World w;
  const Thread t = w.process();
  const AddressSpace mm = w.e.thread(t)->mm;
  CHECK_FALSE(w.e.mm(mm)->pasid);
  Bond a = w.open(t, 0);
  Bond b = w.open(t, 3);
  Bond c = w.open(t, 0);
  CHECK(a.pasid() == 1);
  CHECK(b.pasid() == 1);
  CHECK(w.e.owner(1) == mm);
  CHECK(w.e.mm(mm)->bonds == 3);
  CHECK(a.close());
  CHECK(w.e.entry(Device{0}, 1) == mm);  // c is left
  CHECK(c.close());
  CHECK_FALSE(w.e.entry(Device{0}, 1));
  CHECK(b.close());
  CHECK(w.e.owner(1) == mm);  // no bond is left, but the mm lives
  auto reference = std::move(w.e.reference(mm).value);
  CHECK(w.e.exit(t));
  CHECK(w.e.mm(mm)->at == Step::release);
  CHECK(w.e.owner(1) == mm);  // a borrower is left
  CHECK(reference.drop());
  CHECK_FALSE(w.e.owner(1));
  CHECK_FALSE(w.e.mm(mm));
  CHECK(w.open(w.process(), 0).pasid() == 1);
}

TEST_CASE("a child starts without a number, MSR or activation, and a thread of the same mm without the last two") {
  World w;
  const Thread t = w.process();
  const Bond b = w.open(t, 0);
  CHECK(w.e.map_portal(t, b.id()));
  CHECK(w.e.enqcmd(t, b.id()).error == Error::gp_fault);
  CHECK(w.e.fixup_gp(t));
  CHECK(w.e.fixup_gp(t).error == Error::gp_fault);
  CHECK(w.e.thread(t)->msr == 1);
  const Thread child = w.e.fork(t).value;
  CHECK_FALSE(w.e.thread(child)->msr);
  CHECK_FALSE(w.e.thread(child)->activated);
  CHECK_FALSE(w.e.mm(w.e.thread(child)->mm)->pasid);
  CHECK(w.e.enqcmd(child, b.id()).error == Error::misuse);  // no portal
  CHECK(w.e.map_portal(child, b.id()).error == Error::eperm);
  CHECK(w.e.write(child, b.id()).error == Error::eperm);
  CHECK(w.e.fixup_gp(child).error == Error::gp_fault);  // no number
  const Thread sibling = w.e.clone(t).value;
  CHECK(w.e.thread(sibling)->mm == w.e.thread(t)->mm);
  CHECK_FALSE(w.e.thread(sibling)->msr);
  CHECK(w.e.enqcmd(sibling, b.id()).error == Error::gp_fault);
  CHECK(w.e.fixup_gp(sibling));
  const auto work = w.e.enqcmd(sibling, b.id());
  REQUIRE(work);
  CHECK(w.e.work(work.value)->pasid == 1);
  CHECK(w.e.finish(work.value));
}

TEST_CASE("exec gives another mm and an invalid MSR, keeps the activation, and the old mm lives on in its bonds") {
  World w;
  const Thread t = w.process();
  const AddressSpace old = w.e.thread(t)->mm;
  Bond b = w.open(t, 0);
  CHECK(w.e.map_portal(t, b.id()));
  CHECK(w.e.fixup_gp(t));
  const auto fresh = w.e.exec(t);
  REQUIRE(fresh);
  CHECK(w.e.thread(t)->mm == fresh.value);
  CHECK_FALSE(w.e.thread(t)->msr);
  CHECK(w.e.thread(t)->activated);
  CHECK(w.e.mm(old)->at == Step::release);
  CHECK_FALSE(w.e.bond(b.id())->portal);
  CHECK_FALSE(w.e.entry(Device{0}, 1));
  CHECK(w.e.slot(Group{0}, 1)->attached == old);
  const Bond again = w.open(t, 0);
  CHECK(again.pasid() == 2);
  CHECK(w.e.fixup_gp(t).error == Error::gp_fault);  // tests/findings/exec-enqcmd.md
  CHECK(b.close());
  CHECK_FALSE(w.e.mm(old));
  CHECK_FALSE(w.e.owner(1));
}

TEST_CASE("tagged pointers and a number exclude each other, and a child inherits them") {
  World w;
  const Thread t = w.process();
  CHECK(w.e.enable_lam(t));
  CHECK(w.e.enable_lam(t).error == Error::ebusy);
  CHECK(w.e.open(t, Queue{0}).error == Error::ebusy);
  CHECK(w.e.open(w.e.fork(t).value, Queue{0}).error == Error::ebusy);
  const Thread u = w.process();
  const Bond b = w.open(u, 0);
  CHECK(w.e.enable_lam(u).error == Error::einval);
}

TEST_CASE("numbers run out on a narrow device, and first binds decide") {
  World w;
  std::vector<Bond> bonds;
  for (int i = 1; i < 8; ++i) {
    bonds.push_back(w.open(w.process(), 3));
    CHECK(bonds.back().pasid() == static_cast<Pasid>(i));
  }
  const Thread t = w.process();
  CHECK(w.e.open(t, Queue{3}).error == Error::enospc);
  const Bond wide = w.open(t, 0);
  CHECK(wide.pasid() == 8);
  CHECK(w.e.open(t, Queue{3}).error == Error::eoverflow);
}

TEST_CASE("a reference keeps an mm and its number until it is dropped, or its handle goes") {
  for (const bool by_hand : {true, false}) {
    World w;
    const Thread t = w.process();
    const AddressSpace mm = w.e.thread(t)->mm;
    MmReference kept = std::move(w.e.reference(mm).value);
    w.open(t, 0) = {};
    CHECK(w.e.exit(t));
    CHECK(w.e.owner(1) == mm);
    CHECK(w.e.mm(mm)->at == Step::release);
    if (by_hand) CHECK(kept.drop());
    else kept = {};
    CHECK_FALSE(w.e.owner(1));
    CHECK_FALSE(w.e.mm(mm));
  }
}
