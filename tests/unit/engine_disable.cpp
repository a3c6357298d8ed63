// What a queue that is disabled forgets, and what becomes of the files that are open on it.
#include <doctest/doctest.h>

#include "tests/support/engine_world.hpp"

using namespace pasid::engine;

namespace {

constexpr Queue dedicated{1};

void disable_and_enable(Engine& e) {
  REQUIRE(e.disable(dedicated));
  REQUIRE(e.enable(dedicated));
}

/// Process `a` (number 1) had the dedicated queue open when it was disabled, and has it still, mapped.
struct Forgotten : World {
  Thread a = process();
  Bond file = open(a, 1);
  explicit Forgotten(const Config& c = three_devices()) : World(c) {
    REQUIRE(file.pasid() == 1);
    REQUIRE(e.map_portal(a, file.id()));
    disable_and_enable(e);
  }
  AddressSpace mm(Thread t) { return e.thread(t)->mm; }
};

}  // namespace

TEST_CASE("a queue that is disabled forgets its number and its client, whose file and portal stay") {
  Forgotten w;
  CHECK_FALSE(w.e.queue_pasid(dedicated));
  CHECK(w.e.bond(w.file.id())->at == Step::live);
  CHECK(w.e.bond(w.file.id())->portal);
  const Bond next = w.open(w.process(), 1);
  CHECK(next.pasid() == 2);
  CHECK(w.e.queue_pasid(dedicated) == 2);
}

TEST_CASE("a queue is disabled once its work is over and nobody is opening it") {
  Config c;
  c.devices = {{}, {}};
  c.queues = {{.shared = false}, {.device = Device{1}, .shared = false}};
  World w(c);
  const Thread t = w.process();
  w.host->denied = {Allocation::later_table};
  w.host->hold_all();
  CHECK(w.e.open(t, Queue{0}).error == Error::enodev);  // which is being undone
  CHECK(w.e.disable(Queue{0}).error == Error::would_block);
  CHECK(w.e.disable(Queue{1}));
  w.host->denied.clear();
  w.host->complete_all();
  const Bond b = w.open(t, 0);
  const Work work = w.e.write(t, b.id()).value;
  CHECK(w.e.disable(Queue{0}).error == Error::would_block);
  CHECK(w.e.queue_pasid(Queue{0}) == b.pasid());
  CHECK(w.e.finish(work));
  CHECK(w.e.disable(Queue{0}));
}

TEST_CASE("a dedicated queue takes a client where it counts none, and has the number of the last") {
  Forgotten w;
  const Thread b = w.process();
  const Bond second = w.open(b, 1);
  CHECK(w.e.open(w.process(), dedicated).error == Error::ebusy);
  CHECK(w.e.open(w.a, dedicated).error == Error::ebusy);
  CHECK(w.e.disable(dedicated));
  CHECK(w.e.enable(dedicated));
  const Bond third = w.open(w.a, 1);
  CHECK(w.e.queue_pasid(dedicated) == 1);
  CHECK(w.e.open(b, dedicated).error == Error::ebusy);
}

TEST_CASE("an open() that fails leaves the queue without a client and without a number") {
  Forgotten w;
  w.host->denied = {Allocation::slot};
  CHECK(w.e.open(w.process(), dedicated).error == Error::enomem);
  CHECK_FALSE(w.e.queue_pasid(dedicated));
  w.host->denied.clear();
  CHECK(w.e.open(w.process(), dedicated));
}

TEST_CASE("a forgotten client's work goes under the number of whoever has opened the queue since") {
  Forgotten w;
  const Thread b = w.process();
  const Bond second = w.open(b, 1);
  for (const auto& submitted : {w.e.movdir64b(w.a, w.file.id()), w.e.write(w.a, w.file.id())}) {
    REQUIRE(submitted);
    CHECK(w.e.work(submitted.value)->pasid == 2);
    CHECK(w.e.work(submitted.value)->from == w.mm(w.a));
    CHECK(w.e.raise_page_request(submitted.value));
    CHECK(w.e.resolve_page_request(Device{0}, 2).value == w.mm(b));
    CHECK(w.e.finish(submitted.value));
  }
}

TEST_CASE("two processes' work under one number raises one page request") {
  Forgotten w;
  const Thread b = w.process();
  const Bond second = w.open(b, 1);
  const Work of_a = w.e.write(w.a, w.file.id()).value;
  const Work of_b = w.e.write(b, second.id()).value;
  CHECK(w.e.raise_page_request(of_b));
  CHECK(w.e.raise_page_request(of_a).error == Error::would_block);  // it is the same number's, of the same owner
  CHECK(w.e.page_requests(Device{0}, 2) == 1);
}

TEST_CASE("work on a dedicated queue without a number goes into the RID's domain") {
  Forgotten w;
  const AddressSpace dma = w.domain();
  const AddressSpace other = w.domain();
  REQUIRE(w.e.attach_rid(Group{0}, dma));
  for (const bool stored : {true, false}) {
    const auto submitted = stored ? w.e.movdir64b(w.a, w.file.id()) : w.e.write(w.a, w.file.id());
    REQUIRE(submitted);
    CHECK(w.e.work(submitted.value)->pasid == rid_pasid);
    CHECK(w.e.work(submitted.value)->from == w.mm(w.a));
    CHECK(w.e.raise_page_request(submitted.value).error == Error::misuse);
    CHECK(w.e.finish(submitted.value));
  }
  CHECK(w.file.close().error == Error::would_block);  // mapped
  const Work work = w.e.movdir64b(w.a, w.file.id()).value;
  CHECK(w.e.attach_rid(Group{0}, other).error == Error::would_block);
  CHECK(w.e.finish(work));
  CHECK(w.e.attach_rid(Group{0}, other).error == Error::eperm);  // a PASID is attached
}

TEST_CASE("work without a number holds up its own queue's files, and no other's") {
  Forgotten w;
  Bond elsewhere = w.open(w.a, 0);
  const Work work = w.e.movdir64b(w.a, w.file.id()).value;
  CHECK(elsewhere.close());
  REQUIRE(w.e.unmap_portal(w.a, w.file.id()));
  CHECK(w.file.close().error == Error::would_block);
  CHECK(w.e.finish(work));
  CHECK(w.file.close());
}

TEST_CASE("a file's release waits for all that its dedicated queue has, and takes whoever's number out of it") {
  Forgotten w;
  const Thread b = w.process();
  const Bond second = w.open(b, 1);
  REQUIRE(w.e.unmap_portal(w.a, w.file.id()));
  const Work of_another = w.e.write(b, second.id()).value;
  CHECK(w.file.close().error == Error::would_block);
  const BondId id = w.file.id();
  w.file = {};
  CHECK(w.e.bond(id)->at == Step::stop);
  CHECK(w.e.queue_pasid(dedicated) == 2);
  w.host->hold({CommandKind::flush_pasid_cache});
  CHECK(w.e.finish(of_another));
  CHECK(w.e.bond(id)->at == Step::clear);
  CHECK_FALSE(w.e.queue_pasid(dedicated));
  const Work without = w.e.write(b, second.id()).value;
  CHECK(w.e.work(without)->pasid == rid_pasid);
  w.host->complete_all();
  CHECK_FALSE(w.e.bond(id));  // work that came later does not hold it up
}

TEST_CASE("the end of a forgotten file takes off a client that is not its own") {
  Forgotten w;
  const Bond second = w.open(w.process(), 1);
  REQUIRE(w.e.unmap_portal(w.a, w.file.id()));
  w.host->hold({CommandKind::flush_pasid_cache});
  CHECK(w.file.close());
  CHECK(w.e.open(w.process(), dedicated).error == Error::would_block);  // not before its end
  w.host->complete_all();
  const Bond third = w.open(w.process(), 1);
  CHECK(third.pasid() != 0);
  CHECK(w.e.open(w.process(), dedicated).error == Error::ebusy);
}

TEST_CASE("where a queue counts no client, the end of a forgotten file takes off none") {
  Forgotten w;
  REQUIRE(w.e.unmap_portal(w.a, w.file.id()));
  CHECK(w.file.close());
  const Bond second = w.open(w.process(), 1);
  CHECK(second.pasid() == 2);
  CHECK(w.e.open(w.process(), dedicated).error == Error::ebusy);
}

TEST_CASE("a number that comes to a queue after a file was drained there outlives the file's end") {
  Forgotten w;
  const Thread b = w.process();
  const Bond attached = w.open(b, 0);  // so that opening needs no lock
  const AddressSpace table = w.domain(Kind::user_managed);
  REQUIRE(w.e.attach_user(Device{0}, 9, table));
  REQUIRE(w.e.unmap_portal(w.a, w.file.id()));
  w.host->hold({CommandKind::flush_iotlb});
  REQUIRE(w.e.detach_user(Device{0}, 9, table));
  const BondId id = w.file.id();
  w.file = {};
  REQUIRE(w.e.bond(id)->at == Step::drain);  // waits for the group
  const Bond second = w.open(b, 1);
  CHECK(w.e.queue_pasid(dedicated) == 2);
  w.host->complete_all();
  REQUIRE_FALSE(w.e.bond(id));
  CHECK(w.e.queue_pasid(dedicated) == 2);
  w.host->denied = {Allocation::slot};
  CHECK(w.e.open(w.process(), dedicated).error == Error::enomem);  // no client is counted by now
  CHECK(w.e.queue_pasid(dedicated) == 2);
  w.host->denied.clear();
  const Bond third = w.open(w.process(), 1);
  CHECK(w.e.queue_pasid(dedicated) == third.pasid());
}

TEST_CASE("a queue that keeps its clients has its number and its client again when it is enabled") {
  Config c = three_devices();
  c.queue_disable = QueueDisable::keeps;
  Forgotten w(c);
  CHECK(w.e.queue_pasid(dedicated) == 1);
  CHECK(w.e.open(w.process(), dedicated).error == Error::ebusy);
  const Work work = w.e.movdir64b(w.a, w.file.id()).value;
  CHECK(w.e.work(work)->pasid == 1);
  CHECK(w.e.finish(work));
  REQUIRE(w.e.unmap_portal(w.a, w.file.id()));
  CHECK(w.file.close());
  CHECK_FALSE(w.e.queue_pasid(dedicated));
  CHECK(w.e.open(w.process(), dedicated));
}

TEST_CASE("a shared queue has nothing to forget: work carries the file's number, or the thread's") {
  World w;
  const Thread t = w.process();
  Bond b = w.open(t, 0);
  REQUIRE(w.e.map_portal(t, b.id()));
  REQUIRE(w.e.fixup_gp(t));
  REQUIRE(w.e.disable(Queue{0}));
  CHECK(w.e.write(t, b.id()).error == Error::misuse);  // the driver has no portal of its own then
  REQUIRE(w.e.enable(Queue{0}));
  for (const auto& submitted : {w.e.enqcmd(t, b.id()), w.e.write(t, b.id())}) {
    CHECK(w.e.work(submitted.value)->pasid == b.pasid());
    CHECK(w.e.finish(submitted.value));
  }
  REQUIRE(w.e.unmap_portal(t, b.id()));
  CHECK(b.close());
}
