// Domains: the RID's, the kernel's under a PASID, and user space's own.
#include <doctest/doctest.h>

#include "tests/support/engine_world.hpp"

using namespace pasid::engine;

TEST_CASE("a driver's number is for the RID's domain, and keeps the RID's domain where it is") {
  World w;
  const AddressSpace a = w.domain();
  const AddressSpace b = w.domain(Kind::pass_through);
  CHECK(w.e.attach_kernel_dma(Device{0}, a).error == Error::eperm);
  CHECK(w.e.attach_rid(Group{0}, w.domain(Kind::user_managed)).error == Error::misuse);
  CHECK(w.e.attach_rid(Group{0}, a));
  CHECK(w.e.attach_rid(Group{0}, a).error == Error::misuse);
  CHECK(w.e.attach_rid(Group{0}, b));
  CHECK(w.e.entry(Device{0}, rid_pasid) == b);
  CHECK(w.e.attach_rid(Group{0}, a));
  const auto p = w.e.attach_kernel_dma(Device{0}, a);
  REQUIRE(p);
  CHECK(p.value == 1);
  CHECK(w.e.owner(1) == a);
  CHECK(w.e.kernel_pasid(Device{0}, a) == 1);
  CHECK(w.e.attach_rid(Group{0}, b).error == Error::eperm);
  CHECK(w.e.destroy_domain(a).error == Error::ebusy);
  CHECK(w.e.replace_kernel_dma(Device{0}, a, b).error == Error::misuse);
  const Work work = w.e.submit_kernel(Queue{2}, a).value;
  CHECK(w.e.work(work)->pasid == 1);
  CHECK(w.e.submit_kernel(Queue{0}, a).error == Error::misuse);
  CHECK(w.e.submit_kernel(Queue{2}, b).error == Error::misuse);
  CHECK(w.e.detach_kernel_dma(Device{0}, a).error == Error::would_block);
  CHECK(w.e.finish(work));
  w.host->refuses = true;
  CHECK(w.e.submit_kernel(Queue{2}, a).error == Error::eagain);
  CHECK(w.e.detach_kernel_dma(Device{0}, a));
  CHECK(w.e.detach_kernel_dma(Device{0}, a).error == Error::misuse);
  CHECK_FALSE(w.e.owner(1));
  CHECK(w.e.attach_rid(Group{0}, b));
  CHECK(w.e.destroy_domain(a));
  CHECK(w.e.destroy_domain(a).error == Error::bad_handle);
}

TEST_CASE("a group with a device under reset gets no domain, not its first one either") {
  World w;
  const AddressSpace a = w.domain();
  CHECK(w.e.begin_reset(Device{0}));
  CHECK(w.e.attach_rid(Group{0}, a).error == Error::ebusy);
  CHECK(w.e.end_reset(Device{0}));
  CHECK(w.e.attach_rid(Group{0}, a));
  CHECK(w.e.begin_reset(Device{0}));
  CHECK(w.e.attach_kernel_dma(Device{0}, a).error == Error::ebusy);
  CHECK_FALSE(w.e.owner(1));
}

TEST_CASE("where the RID may change under a driver, its number is replaced") {
  Config c = three_devices();
  c.rid_change = RidChange::leaves;
  World w(c);
  const AddressSpace a = w.domain();
  const AddressSpace b = w.domain();
  CHECK(w.e.attach_rid(Group{0}, a));
  CHECK(w.e.attach_kernel_dma(Device{0}, a));
  CHECK(w.e.attach_rid(Group{0}, b));
  CHECK(w.e.entry(Device{0}, 1) == a);
  CHECK(w.e.begin_reset(Device{0}));
  CHECK(w.e.replace_kernel_dma(Device{0}, a, b).error == Error::ebusy);
  CHECK(w.e.attach_kernel_dma(Device{0}, b).error == Error::ebusy);  // b is the RID's, if not in the table now
  CHECK(w.e.end_reset(Device{0}));
  w.host->forget_log();
  CHECK(w.e.replace_kernel_dma(Device{0}, a, b));
  REQUIRE(w.host->log().size() == 4);
  CHECK(w.host->log()[0].domain_id == 2);  // the old domain's
  CHECK(w.e.entry(Device{0}, 1) == b);
  CHECK(w.e.owner(1) == b);
  CHECK(w.e.kernel_pasid(Device{0}, b) == 1);
  CHECK_FALSE(w.e.kernel_pasid(Device{0}, a));
  CHECK(w.e.destroy_domain(a));
}

TEST_CASE("kernel numbers of their own are no user's, and count for each group") {
  Config c = three_devices();
  c.kernel_numbers = KernelNumbers::own_sets;
  c.kernel_range = {2, 4};
  World w(c);
  const AddressSpace a = w.domain();
  CHECK(w.e.attach_rid(Group{0}, a));
  CHECK(w.e.attach_rid(Group{1}, a));
  CHECK(w.e.attach_kernel_dma(Device{0}, a).value == 2);
  CHECK(w.e.attach_kernel_dma(Device{1}, a).value == 2);
  const Bond b1 = w.open(w.process(), 0);
  const Bond b2 = w.open(w.process(), 0);
  CHECK(b1.pasid() == 1);
  CHECK(b2.pasid() == 5);
}

TEST_CASE("user space chooses its numbers, and binds meet them with EBUSY") {
  World w;
  const AddressSpace a = w.domain(Kind::user_managed);
  const AddressSpace b = w.domain(Kind::user_managed);
  CHECK(w.e.attach_user(Device{0}, 1, w.domain()).error == Error::misuse);
  CHECK(w.e.attach_user(Device{0}, 1, a));
  CHECK_FALSE(w.e.owner(1));
  CHECK(w.e.open(w.process(), Queue{0}).error == Error::ebusy);
  CHECK(w.e.replace_user(Device{0}, 1, a).error == Error::misuse);
  CHECK(w.e.replace_user(Device{0}, 1, w.domain()).error == Error::misuse);
  CHECK(w.e.replace_user(Device{0}, 9, b).error == Error::einval);
  const Work work = w.e.submit_user(Queue{0}, 1, a).value;
  CHECK(w.e.submit_user(Queue{0}, 1, b).error == Error::misuse);
  CHECK(w.e.replace_user(Device{0}, 1, b).error == Error::would_block);
  CHECK(w.e.detach_user(Device{0}, 1, a).error == Error::would_block);
  CHECK(w.e.finish(work));
  CHECK(w.e.replace_user(Device{0}, 1, b));
  CHECK(w.e.entry(Device{0}, 1) == b);
  CHECK(w.e.slot(Group{0}, 1)->published);
  CHECK(w.e.destroy_domain(a));
  CHECK(w.e.begin_reset(Device{0}));
  CHECK(w.e.replace_user(Device{0}, 1, w.domain(Kind::user_managed)).error == Error::ebusy);
  CHECK(w.e.detach_user(Device{0}, 1, b));  // still works
  CHECK(w.e.detach_user(Device{0}, 1, b).error == Error::misuse);
}

TEST_CASE(
    "user space replaces only what it has attached: what others have is EINVAL, also where a reset would be EBUSY") {
  World w;
  const AddressSpace domain = w.domain();
  const AddressSpace table = w.domain(Kind::user_managed);
  CHECK(w.e.attach_rid(Group{0}, domain));
  const Bond bond = w.open(w.process(), 0);
  const Pasid kernels = w.e.attach_kernel_dma(Device{0}, domain).value;
  CHECK(w.e.begin_reset(Device{0}));
  w.host->hold_all();
  for (const Pasid p : {bond.pasid(), kernels, rid_pasid, Pasid{9}})
    CHECK(w.e.replace_user(Device{0}, p, table).error == Error::einval);
}

TEST_CASE("domains get ids from 2 on, and there are 65534 of them") {
  World w;
  CHECK(w.e.create_domain({.kind = Kind::mm}).error == Error::einval);
  CHECK(w.e.create_domain({.kind = static_cast<Kind>(77)}).error == Error::einval);
  CHECK(w.e.create_domain({.translation = static_cast<Translation>(0)}).error == Error::einval);
  CHECK(w.e.create_domain({.translation = Translation::pass_through}).error == Error::einval);
  CHECK(w.e.create_domain({.first_stage_root = 1}).error == Error::einval);
  CHECK(w.e.create_domain({.second_stage_root = std::uint64_t{1} << 52}).error == Error::einval);
  CHECK(w.e.create_process(0x123).error == Error::einval);
  CHECK(w.e.fork(w.process(), 1).error == Error::einval);
  CHECK(w.e.exec(w.process(), 1).error == Error::einval);
  AddressSpace last;
  std::size_t n = 0;
  for (auto d = w.e.create_domain({}); d; d = w.e.create_domain({})) {
    last = d.value;
    ++n;
  }
  CHECK(n == 65534);
  CHECK(w.e.create_domain({}).error == Error::enospc);
  CHECK(w.e.create_domain({.kind = Kind::pass_through}));
  CHECK(w.e.destroy_domain(last));
  CHECK(w.e.create_domain({}));
}

TEST_CASE("a domain is not destroyed while it is attached, held or named by work, and an mm never") {
  World w;
  const AddressSpace rid = w.domain();
  const AddressSpace table = w.domain(Kind::user_managed);
  CHECK(w.e.attach_rid(Group{0}, rid));
  CHECK(w.e.attach_rid(Group{1}, rid));
  CHECK(w.e.destroy_domain(rid).error == Error::ebusy);
  CHECK(w.e.attach_user(Device{0}, 5, table));
  CHECK(w.e.destroy_domain(table).error == Error::ebusy);
  const Work work = w.e.submit_user(Queue{0}, 5, table).value;
  CHECK(w.e.begin_reset(Device{1}));
  CHECK(w.e.destroy_domain(rid).error == Error::ebusy);
  CHECK(w.e.finish(work));
  CHECK(w.e.detach_user(Device{0}, 5, table));
  CHECK(w.e.destroy_domain(table));
  CHECK(w.e.destroy_domain(table).error == Error::bad_handle);
  const Thread t = w.process();
  const AddressSpace mm = w.e.thread(t)->mm;
  CHECK(w.e.destroy_domain(mm).error == Error::misuse);
  CHECK(w.e.thread(t)->mm == mm);
  CHECK(w.e.mm(mm));
}

TEST_CASE("every replacement flushes what it replaces, and nothing that went before") {
  World w;
  const AddressSpace a = w.domain(Kind::user_managed);
  const AddressSpace b = w.domain(Kind::user_managed);
  CHECK(w.e.attach_user(Device{0}, 5, a));
  AddressSpace from = a;
  for (const AddressSpace to : {b, a, b}) {
    w.host->forget_log();
    CHECK(w.e.replace_user(Device{0}, 5, to));
    CHECK(w.host->log().size() == 4);
    for (const Command& c : w.host->log()) CHECK(c.domain_id == (from == a ? 2 : 3));
    from = to;
  }
}

TEST_CASE("page requests are counted by device and number") {
  World w;
  const Thread t = w.process();
  const Thread u = w.process();
  const Bond of_t = w.open(t, 0);
  const Bond of_u = w.open(u, 0);
  const Bond elsewhere = w.open(t, 3);
  CHECK(w.e.raise_page_request(w.e.write(t, of_t.id()).value));
  CHECK(w.e.raise_page_request(w.e.write(u, of_u.id()).value));
  CHECK(w.e.page_requests(Device{0}, of_t.pasid()) == 1);
  CHECK(w.e.page_requests(Device{0}, of_u.pasid()) == 1);
  CHECK(w.e.page_requests(Device{1}, of_t.pasid()) == 0);
  CHECK(w.e.page_requests(Device{0}, 7) == 0);
  CHECK(w.e.resolve_page_request(Device{0}, of_u.pasid()).value == w.e.thread(u)->mm);
  CHECK(w.e.page_requests(Device{0}, of_t.pasid()) == 1);
  CHECK(w.e.resolve_page_request(Device{0}, of_t.pasid()));
}

TEST_CASE("a driver's number is not replaced under its work, nor while a device of the group is being reset") {
  Config c;
  c.devices = {{}, {}};
  c.queues = {{.device = Device{0}, .kernel = true}};
  c.rid_change = RidChange::leaves;
  World w(c);
  const AddressSpace a = w.domain();
  const AddressSpace b = w.domain();
  CHECK(w.e.attach_rid(Group{0}, a));
  CHECK(w.e.attach_kernel_dma(Device{0}, a));
  CHECK(w.e.attach_rid(Group{0}, b));
  const Work work = w.e.submit_kernel(Queue{0}, a).value;
  CHECK(w.e.replace_kernel_dma(Device{0}, a, b).error == Error::would_block);
  CHECK(w.e.finish(work));
  CHECK(w.e.begin_reset(Device{1}));
  CHECK(w.e.replace_kernel_dma(Device{0}, a, b).error == Error::ebusy);
  CHECK(w.e.end_reset(Device{1}));
  CHECK(w.e.replace_kernel_dma(Device{0}, a, b));
}

TEST_CASE("members of a group without PASIDs have no entry, whatever comes to the group") {
  Config c;
  c.devices = {{}, {.max_pasids = 0}};
  World w(c);
  const AddressSpace a = w.domain(Kind::user_managed);
  const AddressSpace b = w.domain(Kind::user_managed);
  CHECK(w.e.attach_user(Device{0}, 5, a));
  CHECK(w.e.entry(Device{0}, 5) == a);
  CHECK_FALSE(w.e.entry(Device{1}, 5));
  CHECK(w.e.replace_user(Device{0}, 5, b));
  CHECK(w.e.entry(Device{0}, 5) == b);
  CHECK_FALSE(w.e.entry(Device{1}, 5));
  CHECK(w.e.begin_reset(Device{1}));
  CHECK(w.e.end_reset(Device{1}));
  CHECK_FALSE(w.e.entry(Device{1}, 5));
}
