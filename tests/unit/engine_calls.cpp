// What calls do and refuse, one story a case.
#include <doctest/doctest.h>

#include "tests/support/engine_host.hpp"

using namespace pasid::engine;

namespace {

/// Device 0 has a shared queue 0, a dedicated queue 1 and a kernel queue 2; device 1 a shared queue 3; device 2,
/// without PASIDs, a user queue 4 and a kernel queue 5. Each device is its own group.
Config three_devices() {
  Config c;
  c.devices = {{.group = Group{0}}, {.group = Group{1}, .max_pasids = 8}, {.group = Group{2}, .max_pasids = 0}};
  c.queues = {{.device = Device{0}},
              {.device = Device{0}, .shared = false},
              {.device = Device{0}, .kernel = true},
              {.device = Device{1}},
              {.device = Device{2}, .shared = false},
              {.device = Device{2}, .shared = false, .kernel = true}};
  return c;
}

struct World {
  std::shared_ptr<TestHost> host = std::make_shared<TestHost>();
  Engine e;
  explicit World(const Config& c = three_devices()) : e(c, host) {}
  Thread process() { return e.create_process().value; }
  AddressSpace domain(Kind kind = Kind::kernel_dma) { return e.create_domain({.kind = kind}).value; }
  Bond open(Thread t, unsigned queue) { return std::move(e.open(t, Queue{queue}).value); }
};

}  // namespace

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

TEST_CASE("a device without PASIDs opens no queue and enables none, and an attachment there is vacuous") {
  World w;
  CHECK(w.e.open(w.process(), Queue{4}).error == Error::enospc);
  CHECK(w.e.disable(Queue{4}));
  CHECK(w.e.enable(Queue{4}).error == Error::eopnotsupp);
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
  CHECK(w.e.enable(Queue{1}).error == Error::eopnotsupp);
  w.host->refuses = true;
  CHECK(w.e.submit_kernel(Queue{0}, dma).error == Error::eagain);
  w.host->refuses = false;
  CHECK(w.e.submit_kernel(Queue{0}, dma));
}

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
  CHECK(w.e.attach_rid(Group{0}, b).error == Error::ebusy);
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
  CHECK(w.e.replace_kernel_dma(Device{0}, a, b).error == Error::misuse);  // the RID has no entry now
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
  CHECK(w.e.replace_user(Device{0}, 1, a, a).error == Error::misuse);
  CHECK(w.e.replace_user(Device{0}, 1, b, a).error == Error::einval);
  CHECK(w.e.replace_user(Device{0}, 9, a, b).error == Error::einval);
  const Work work = w.e.submit_user(Queue{0}, 1, a).value;
  CHECK(w.e.submit_user(Queue{0}, 1, b).error == Error::misuse);
  CHECK(w.e.replace_user(Device{0}, 1, a, b).error == Error::would_block);
  CHECK(w.e.detach_user(Device{0}, 1, a).error == Error::would_block);
  CHECK(w.e.finish(work));
  CHECK(w.e.replace_user(Device{0}, 1, a, b));
  CHECK(w.e.entry(Device{0}, 1) == b);
  CHECK(w.e.slot(Group{0}, 1)->published);
  CHECK(w.e.destroy_domain(a));
  CHECK(w.e.begin_reset(Device{0}));
  CHECK(w.e.replace_user(Device{0}, 1, b, w.domain(Kind::user_managed)).error == Error::ebusy);
  CHECK(w.e.detach_user(Device{0}, 1, b));  // still works
  CHECK(w.e.detach_user(Device{0}, 1, b).error == Error::misuse);
}

TEST_CASE("a reset blocks what is in the table, ends the work, and restores even an ended process") {
  World w;
  const AddressSpace domain = w.domain();
  CHECK(w.e.attach_rid(Group{0}, domain));
  const Thread t = w.process();
  Bond b = w.open(t, 0);
  const AddressSpace mm = w.e.thread(t)->mm;
  const Work work = w.e.write(t, b.id()).value;
  CHECK(w.e.begin_reset(Device{0}));
  CHECK(w.e.begin_reset(Device{0}).error == Error::misuse);
  CHECK(w.e.resetting(Device{0}));
  CHECK(w.e.finish(work).error == Error::bad_handle);
  CHECK_FALSE(w.e.entry(Device{0}, 1));
  CHECK_FALSE(w.e.entry(Device{0}, rid_pasid));
  CHECK(w.e.slot(Group{0}, 1)->attached == mm);
  const Bond shared = w.open(t, 0);  // the attachment is there, whatever the device does
  CHECK(w.e.exit(t));
  CHECK(w.e.end_reset(Device{0}));
  CHECK(w.e.end_reset(Device{0}).error == Error::misuse);
  CHECK(w.e.entry(Device{0}, rid_pasid) == domain);
  CHECK(w.e.entry(Device{0}, 1) == mm);  // tests/findings/reset-restores-dead-mm.md
}

TEST_CASE("page requests are resolved where their number leads, and hold a bond's end up") {
  World w;
  const Thread t = w.process();
  const AddressSpace mm = w.e.thread(t)->mm;
  Bond b = w.open(t, 0);
  const Work work = w.e.write(t, b.id()).value;
  CHECK(w.e.raise_page_request(work));
  CHECK(w.e.raise_page_request(work).error == Error::would_block);
  CHECK(w.e.page_requests(Device{0}, 1) == 1);
  CHECK(w.e.finish(work).error == Error::would_block);
  const auto resolved = w.e.resolve_page_request(Device{0}, 1);
  CHECK(resolved);
  CHECK(resolved.value == mm);
  CHECK(w.e.resolve_page_request(Device{0}, 1).error == Error::misuse);
  CHECK(w.e.raise_page_request(work));
  CHECK(w.e.exit(t));
  CHECK(w.e.begin_reset(Device{0}));  // ends the work, not the request
  CHECK(b.close().error == Error::would_block);
  const BondId id = b.id();
  b = {};
  CHECK(w.e.bond(id)->at == Step::flush_dev_tlb);  // waits for the answer
  const auto late = w.e.resolve_page_request(Device{0}, 1);
  CHECK(late);
  CHECK_FALSE(late.value);  // the mm has no users: "invalid"
  CHECK_FALSE(w.e.bond(id));
  const AddressSpace table = w.domain(Kind::user_managed);
  CHECK(w.e.attach_user(Device{1}, 3, table));
  CHECK(w.e.raise_page_request(w.e.submit_user(Queue{3}, 3, table).value).error == Error::misuse);
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

TEST_CASE("a bad configuration is refused with its reason") {
  const auto refused = [](void (*spoil)(Config&)) {
    Config c = three_devices();
    spoil(c);
    try {
      const Engine e(c);
    } catch (const std::invalid_argument&) {
      return true;
    }
    return false;
  };
  CHECK_FALSE(refused([](Config&) {}));
  CHECK(refused([](Config& c) { c.units.clear(); }));
  CHECK(refused([](Config& c) { c.units[0].pasid_bits = 0; }));
  CHECK(refused([](Config& c) { c.units[0].pasid_bits = 21; }));
  CHECK(refused([](Config& c) { c.units[0].levels = 3; }));
  CHECK(refused([](Config& c) { c.devices.clear(); }));
  CHECK(refused([](Config& c) { c.devices[0].unit = Unit{1}; }));
  CHECK(refused([](Config& c) { c.devices[0].max_pasids = (1u << 20) + 1; }));
  CHECK(refused([](Config& c) { c.devices[0].group = Group{3}; }));
  CHECK(refused([](Config& c) { c.devices[0].group = Group{1}; }));  // group 0 has none
  CHECK(refused([](Config& c) {
    c.units.emplace_back();
    c.devices.push_back({.unit = Unit{1}, .group = Group{0}});
  }));
  CHECK(refused([](Config& c) { c.queues[0].device = Device{3}; }));
  CHECK(refused([](Config& c) { c.reserved = {{5, 4}}; }));
  CHECK(refused([](Config& c) {
    c.kernel_numbers = KernelNumbers::own_sets;
    c.kernel_range = {0, 4};
  }));
  CHECK(refused([](Config& c) {
    c.kernel_numbers = KernelNumbers::own_sets;
    c.kernel_range = {8, 9};  // device 1 does not reach it
  }));
}
