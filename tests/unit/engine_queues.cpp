// Work queues and what is submitted to them.
#include <optional>

#include <doctest/doctest.h>

#include "tests/support/engine_world.hpp"

using namespace pasid::engine;

TEST_CASE("queues open, close, take work and are disabled") {
  World w;
  const Thread t = w.process();
  Bond dedicated = w.open(t, 1);
  CHECK(w.e.queue_pasid(Queue{1}) == 1);
  CHECK(w.e.open(t, Queue{1}).error == Error::ebusy);
  CHECK(w.e.open(t, Queue{2}).error == Error::misuse);             // the kernel's
  CHECK(w.e.movdir64b(t, dedicated.id()).error == Error::misuse);  // no portal
  CHECK(w.e.map_portal(t, dedicated.id()));
  CHECK(w.e.map_portal(t, dedicated.id()).error == Error::misuse);
  CHECK(w.e.enqcmd(t, dedicated.id()).error == Error::misuse);
  const Work written = w.e.write(t, dedicated.id()).value;
  CHECK(w.e.work(written)->pasid == 1);
  CHECK(w.e.finish(written));
  const Work work = w.e.movdir64b(t, dedicated.id()).value;
  CHECK(w.e.work(work)->pasid == 1);
  CHECK(w.e.disable(Queue{1}).error == Error::would_block);
  CHECK(dedicated.close().error == Error::would_block);  // portal
  CHECK(w.e.unmap_portal(t, dedicated.id()));
  CHECK(w.e.unmap_portal(t, dedicated.id()).error == Error::misuse);
  CHECK(dedicated.close().error == Error::would_block);  // work
  CHECK(w.e.finish(work));
  CHECK(w.e.finish(work).error == Error::bad_handle);
  CHECK(w.e.disable(Queue{1}));
  CHECK(w.e.disable(Queue{1}).error == Error::misuse);
  CHECK(w.e.disabled(Queue{1}));
  CHECK(dedicated.close());
  CHECK_FALSE(w.e.queue_pasid(Queue{1}));
  CHECK(w.e.open(t, Queue{1}).error == Error::misuse);  // disabled
  CHECK(w.e.enable(Queue{1}));
  CHECK(w.e.enable(Queue{1}).error == Error::ebusy);

  Bond shared = w.open(t, 0);
  CHECK(w.e.map_portal(t, shared.id()));
  CHECK(w.e.fixup_gp(t));
  w.host->refuses = true;
  CHECK(w.e.enqcmd(t, shared.id()).error == Error::eagain);
  CHECK(w.e.write(t, shared.id()).error == Error::eagain);
  CHECK(w.e.write(w.process(), shared.id()).error == Error::eperm);
  w.host->refuses = false;
  CHECK(w.e.disable(Queue{0}));
  CHECK(w.e.enqcmd(t, shared.id()).error == Error::eagain);
  CHECK(w.e.movdir64b(t, shared.id()).error == Error::misuse);
}

TEST_CASE("a shared queue of a given size refuses what exceeds it") {
  Config c = three_devices();
  c.queues[0].size = 2;
  World w(c);
  const Thread t = w.process();
  const Bond b = w.open(t, 0);
  const Work first = w.e.write(t, b.id()).value;
  const Work second = w.e.write(t, b.id()).value;
  CHECK(w.e.write(t, b.id()).error == Error::eagain);
  CHECK(w.e.finish(first));
  const auto third = w.e.write(t, b.id());
  CHECK(third);
  CHECK(w.e.finish(second));
  CHECK(w.e.finish(third.value));
}

TEST_CASE("so does a shared one of the kernel's") {
  Config c = three_devices();
  c.queues[2].size = 2;
  World w(c);
  const AddressSpace domain = w.domain();
  CHECK(w.e.attach_rid(Group{0}, domain));
  CHECK(w.e.attach_kernel_dma(Device{0}, domain));
  const Work first = w.e.submit_kernel(Queue{2}, domain).value;
  CHECK(w.e.submit_kernel(Queue{2}, domain));
  CHECK(w.e.submit_kernel(Queue{2}, domain).error == Error::eagain);
  CHECK(w.e.finish(first));
  CHECK(w.e.submit_kernel(Queue{2}, domain));
}

TEST_CASE("a user queue is enabled on any device, and opens where the mm gets a number") {
  for (const bool shared : {false, true}) {
    Config c = three_devices();
    c.queues[4].shared = shared;
    World w(c);
    CHECK(w.e.disable(Queue{4}));
    CHECK(w.e.enable(Queue{4}));
    const Thread t = w.process();
    CHECK(w.e.open(t, Queue{4}).error == Error::enospc);
    CHECK(w.open(t, 0).pasid() == 1);
    CHECK(w.e.open(t, Queue{4}).error == Error::eoverflow);
  }
}

TEST_CASE("a device without PASIDs enables no shared queue of the kernel's, and an attachment there is vacuous") {
  World w;
  CHECK(w.e.disable(Queue{5}));
  CHECK(w.e.enable(Queue{5}));
  Config c = three_devices();
  c.queues[5].shared = true;
  World v(c);
  CHECK(v.e.disable(Queue{5}));
  CHECK(v.e.enable(Queue{5}).error == Error::enxio);
  const AddressSpace table = w.domain(Kind::user_managed);
  CHECK(w.e.attach_user(Device{2}, UINT32_MAX, table));
  CHECK(w.e.slot(Group{2}, UINT32_MAX)->attached == table);
  CHECK_FALSE(w.e.entry(Device{2}, UINT32_MAX));
  CHECK(w.e.detach_user(Device{2}, UINT32_MAX, table));
  const AddressSpace dma = w.domain();
  CHECK(w.e.attach_kernel_dma(Device{2}, dma).error == Error::eperm);
  CHECK(w.e.attach_rid(Group{2}, dma));
  CHECK(w.e.attach_kernel_dma(Device{2}, dma).error == Error::enospc);
}

TEST_CASE("the kernel's queues are enabled as far as its own number there goes") {
  Config c;
  c.devices = {{.max_pasids = 8, .privileged = false}};
  c.queues = {{.kernel = true}, {.shared = false, .kernel = true}};
  World w(c);
  for (const Queue q : {Queue{0}, Queue{1}}) CHECK(w.e.disable(q));
  CHECK(w.e.enable(Queue{0}).error == Error::enxio);  // ENQCMDS would have no number to send
  CHECK(w.e.enable(Queue{1}));                        // its work carries none
  CHECK(w.e.disable(Queue{1}));
  const AddressSpace dma = w.domain();
  CHECK(w.e.attach_rid(Group{0}, dma));
  CHECK(w.e.attach_kernel_dma(Device{0}, dma));
  CHECK(w.e.submit_kernel(Queue{0}, dma).error == Error::misuse);
  CHECK(w.e.enable(Queue{0}));
  CHECK(w.e.enable(Queue{1}).error == Error::enxio);
  w.host->refuses = true;
  CHECK(w.e.submit_kernel(Queue{0}, dma).error == Error::eagain);
  w.host->refuses = false;
  CHECK(w.e.submit_kernel(Queue{0}, dma));
}

TEST_CASE("the release of a dedicated queue waits for what that queue has, and no other") {
  World w;
  const Thread t = w.process();
  Bond shared = w.open(t, 0);
  Bond dedicated = w.open(t, 1);
  REQUIRE(shared.pasid() == dedicated.pasid());  // on one device
  const Work elsewhere = w.e.write(t, shared.id()).value;
  const Work here = w.e.write(t, dedicated.id()).value;
  CHECK(dedicated.close().error == Error::would_block);
  REQUIRE(w.e.finish(here));
  w.host->forget_log();
  CHECK(dedicated.close());
  REQUIRE_FALSE(w.host->log().empty());
  CHECK(w.host->log().front().kind == CommandKind::drain_queue);
  CHECK(w.host->log().front().queue == Queue{1});
  CHECK(shared.close().error == Error::would_block);
  REQUIRE(w.e.finish(elsewhere));
  w.host->forget_log();
  CHECK(shared.close());
  CHECK(w.host->log().front().kind == CommandKind::drain_work);
}

TEST_CASE("a bond that goes unasked waits for its dedicated queue alone") {
  World w;
  const Thread t = w.process();
  Bond shared = w.open(t, 0);
  std::optional<Bond> dedicated(w.open(t, 1));
  const BondId id = dedicated->id();
  const Work elsewhere = w.e.write(t, shared.id()).value;
  const Work here = w.e.write(t, id).value;
  dedicated.reset();
  CHECK(w.e.bond(id)->at == Step::stop);  // being drained
  REQUIRE(w.e.finish(here));
  CHECK_FALSE(w.e.bond(id));
  CHECK(w.e.work(elsewhere));
}

TEST_CASE("the release of a shared queue's file does not wait for its number's work on another device") {
  World w;
  const Thread t = w.process();
  Bond here = w.open(t, 0);
  const Bond there = w.open(t, 3);
  REQUIRE(here.pasid() == there.pasid());
  const Work elsewhere = w.e.write(t, there.id()).value;
  CHECK(here.close());
  CHECK(w.e.finish(elsewhere));
}
