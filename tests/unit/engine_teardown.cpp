// The teardown chain: which invalidations, in which order, and what waits for them.
#include <algorithm>

#include <doctest/doctest.h>

#include "tests/support/engine_host.hpp"

using namespace pasid::engine;

namespace {

using enum CommandKind;

/// Two groups: devices 0 and 1, and device 2 (without ATS); queues 0 and 1 on devices 0 and 1.
Config two_groups() {
  Config c;
  c.devices = {{}, {}, {.group = Group{1}, .ats = false}};
  c.queues = {{.device = Device{0}}, {.device = Device{1}}};
  return c;
}

struct World {
  std::shared_ptr<TestHost> host = std::make_shared<TestHost>();
  Engine e{two_groups(), host};
  Thread t = e.create_process(0x1000).value;
  Bond open(unsigned queue) { return std::move(e.open(t, Queue{queue}).value); }
};

std::vector<CommandKind> kinds(const std::vector<Command>& log) {
  std::vector<CommandKind> out;
  for (const Command& c : log) out.push_back(c.kind);
  return out;
}

/// The order that NoStaleReuse rests on: for each number, entries are forgotten before translations, the IOMMU's before
/// the device's, and page requests are answered last.
bool in_order(const std::vector<Command>& log) {
  return std::is_sorted(log.begin(), log.end(), [](const Command& a, const Command& b) { return a.kind < b.kind; });
}

const std::vector<CommandKind> chain{drain_work,    flush_pasid_cache,   flush_iotlb,        flush_dev_tlb,
                                     flush_dev_tlb, drain_page_requests, drain_page_requests};

}  // namespace

TEST_CASE("the last bond of a group and an mm flushes for all of the group's devices, the others for none") {
  World w;
  Bond a = w.open(0);
  Bond b = w.open(1);
  CHECK(a.close());
  CHECK(kinds(w.host->log()) == std::vector{drain_work});
  w.host->forget_log();
  CHECK(b.close());
  CHECK(kinds(w.host->log()) == chain);
  CHECK(w.host->log()[0].device == Device{1});  // the queue's
  CHECK(in_order(w.host->log()));
  for (const Command& c : w.host->log()) {
    CHECK(c.pasid == 1);
    CHECK(c.domain_id == default_domain_id);
    CHECK_FALSE(c.whole_domain);
  }
  auto tampered = w.host->log();
  std::swap(tampered[1], tampered[2]);
  CHECK_FALSE(in_order(tampered));
}

TEST_CASE("a second-stage domain's translations are flushed by domain id alone") {
  World w;
  const auto table = w.e.create_domain({.kind = Kind::user_managed, .translation = Translation::second_stage}).value;
  CHECK(w.e.attach_user(Device{2}, 5, table));
  CHECK(w.e.detach_user(Device{2}, 5, table));
  REQUIRE(kinds(w.host->log()) == std::vector{flush_pasid_cache, flush_iotlb});  // no ATS: nothing for the device
  CHECK(w.host->log()[1].whole_domain);
  CHECK(w.host->log()[1].domain_id == 2);
}

TEST_CASE("while a bond is torn down other binds and ends wait, and go on when it is over") {
  World w;
  Bond a = w.open(0);
  const Thread u = w.e.create_process().value;
  Bond b = std::move(w.e.open(u, Queue{1}).value);
  w.host->hold({flush_iotlb});
  const Status s = a.close();
  CHECK(s);
  CHECK_FALSE(w.e.finished(s.ticket));
  CHECK(w.e.bond(a.id())->at == Step::flush_pasid_cache);
  CHECK(w.e.slot(Group{0}, 1));
  CHECK(w.e.open(u, Queue{0}).error == Error::would_block);
  CHECK(b.close().error == Error::would_block);
  CHECK(w.e.bond(b.id())->at == Step::live);  // as it was
  const auto table = w.e.create_domain({.kind = Kind::user_managed}).value;
  CHECK(w.e.attach_user(Device{0}, 9, table).error == Error::would_block);
  CHECK(w.e.begin_reset(Device{1}).error == Error::would_block);
  CHECK(w.e.attach_user(Device{2}, 9, table));  // another group
  const BondId waiting = b.id();
  b = {};  // goes on by itself, when its turn comes
  CHECK(w.e.bond(waiting)->at == Step::drain);
  CHECK(w.e.entry(Device{1}, 2));
  w.host->complete_all();
  CHECK(w.e.finished(s.ticket));
  CHECK(w.e.attached(Group{0}).empty());
  CHECK(w.e.open(u, Queue{0}));
}

TEST_CASE("a number is not handed out before its last translation is gone") {
  World w;
  {
    const Bond a = w.open(0);
    w.host->hold_all();
  }
  CHECK(w.e.exit(w.t));
  std::size_t steps = 0;
  while (w.e.owner(1)) {
    const Thread u = w.e.create_process().value;
    const auto other = w.e.open(u, Queue{1});
    CHECK((other.error == Error::would_block || other.value.pasid() != 1));
    const auto held = w.host->take();
    REQUIRE_FALSE(held.empty());
    for (const auto& [command, completion] : held) CHECK(completion.done());
    ++steps;
  }
  CHECK(steps >= 5);
  w.host->complete_all();
}

TEST_CASE("a failed open() undoes what it programmed, with flushes, and its mm waits for that") {
  World w;
  w.host->denied = {Allocation::later_table};
  w.host->hold_all();
  const auto failed = w.e.open(w.t, Queue{0});
  CHECK(failed.error == Error::enodev);
  CHECK_FALSE(w.e.finished(failed.ticket));
  CHECK_FALSE(w.e.entry(Device{0}, 1));
  CHECK(w.e.exec(w.t).error == Error::would_block);
  CHECK(w.e.exit(w.t).error == Error::would_block);
  const Thread sibling = w.e.clone(w.t).value;
  CHECK(w.e.exit(sibling));
  w.host->denied.clear();
  CHECK(w.e.open(w.t, Queue{0}).error == Error::would_block);
  w.host->complete_all();
  CHECK(w.e.finished(failed.ticket));
  CHECK(kinds(w.host->log()) == std::vector(chain.begin() + 1, chain.end()));
  CHECK(w.e.open(w.t, Queue{0}).value.pasid() == 1);
}

TEST_CASE("each device of a group is asked for ATS where a process comes, and for a table of user space none is") {
  Config config = two_groups();
  config.devices[1].ats = false;
  const auto host = std::make_shared<TestHost>();
  Engine e(config, host);
  CHECK(e.open(e.create_process().value, Queue{0}).error == Error::einval);
  CHECK(kinds(host->log()) == std::vector{flush_pasid_cache, flush_iotlb, flush_dev_tlb, drain_page_requests});
  CHECK(host->log().back().device == Device{0});
  CHECK_FALSE(e.slot(Group{0}, 1));
  for (const Device d : {Device{0}, Device{1}}) CHECK_FALSE(e.entry(d, 1));
  const AddressSpace table = e.create_domain({.kind = Kind::user_managed}).value;
  CHECK(e.attach_user(Device{0}, 1, table));
  for (const Device d : {Device{0}, Device{1}}) CHECK(e.entry(d, 1) == table);
}

TEST_CASE("a failed attach of a driver's number gives the number back when its flushes are done") {
  World w;
  const auto domain = w.e.create_domain({}).value;
  CHECK(w.e.attach_rid(Group{0}, domain));
  w.host->denied = {Allocation::later_table};
  w.host->hold_all();
  const auto failed = w.e.attach_kernel_dma(Device{0}, domain);
  CHECK(failed.error == Error::enodev);
  CHECK(failed.ticket != 0);
  CHECK(w.e.owner(1) == domain);
  w.host->complete_all();
  CHECK_FALSE(w.e.owner(1));
  CHECK_FALSE(w.e.kernel_pasid(Device{0}, domain));
  CHECK_FALSE(w.e.slot(Group{0}, 1));
}

TEST_CASE("an mm's end flushes every device it is attached to before its portals go, and drains nothing") {
  World w;
  const Bond a = w.open(0);
  CHECK(w.e.map_portal(w.t, a.id()));
  w.host->hold({flush_dev_tlb});
  CHECK(w.e.exit(w.t));
  CHECK(w.e.bond(a.id())->portal);
  CHECK(w.e.mm(w.e.bond(a.id())->mm)->at == Step::flush_iotlb);
  w.host->complete_all();
  CHECK_FALSE(w.e.bond(a.id())->portal);
  CHECK(kinds(w.host->log()) == std::vector(chain.begin() + 1, chain.begin() + 5));
}

TEST_CASE("a reset that ends while an mm does puts its entry back, and the mm's end leaves that alone") {
  World w;
  const Bond a = w.open(0);
  CHECK(w.e.begin_reset(Device{0}));
  w.host->hold({flush_dev_tlb});
  CHECK(w.e.exit(w.t));
  CHECK(w.e.end_reset(Device{0}));
  w.host->complete_all();
  CHECK(w.e.entry(Device{0}, 1) == w.e.bond(a.id())->mm);
  CHECK((w.e.entry_bits(Device{0}, 1)[0] & 1) == 1);
}

TEST_CASE("an mm that ends behind the flushes of its last bond leaves nothing in the entry") {
  World w;
  Bond b = w.open(0);
  w.host->hold({drain_page_requests});
  CHECK(b.close());  // the entry is all zeros by now
  CHECK(w.e.exit(w.t));
  CHECK(w.e.entry_bits(Device{0}, 1) == EntryBits{});
  w.host->complete_all();
  CHECK(w.e.entry_bits(Device{0}, 1) == EntryBits{});
}

TEST_CASE("a host may call the engine from inside a command, and a long chain does not nest") {
  struct Reentrant : Host {
    Engine* engine = nullptr;
    std::size_t depth = 0;
    std::size_t deepest = 0;
    void execute(const Command& c, const Completion& completion) noexcept override {
      deepest = std::max(deepest, ++depth);
      if (engine != nullptr) (void)engine->slot(Group{0}, c.pasid);
      completion.done();
      --depth;
    }
  };
  const auto host = std::make_shared<Reentrant>();
  Engine e(two_groups(), host);
  host->engine = &e;
  std::vector<Thread> threads;
  std::vector<Bond> bonds;
  for (int i = 0; i < 1000; ++i) {
    threads.push_back(e.create_process().value);
    bonds.push_back(std::move(e.open(threads.back(), Queue{0}).value));
    REQUIRE(e.map_portal(threads.back(), bonds.back().id()));
  }
  const Work work = e.write(threads[0], bonds[0].id()).value;
  bonds.clear();
  for (const Thread t : threads) CHECK(e.exit(t));
  CHECK(e.attached(Group{0}).size() == 1);  // the work holds the first up
  CHECK(e.finish(work));
  CHECK(e.attached(Group{0}).empty());
  CHECK(e.available() == (1u << 20) - 1);
  CHECK(host->deepest == 1);
  host->engine = nullptr;
}

TEST_CASE("an mm that ends leaves no entry in any group, and goes when both its end and its bonds are over") {
  World w;
  Config c = two_groups();
  c.devices[2].ats = true;
  c.queues.push_back({.device = Device{2}});
  Engine e(c, w.host);
  const Thread t = e.create_process().value;
  const AddressSpace mm = e.thread(t)->mm;
  Bond here = std::move(e.open(t, Queue{0}).value);
  Bond there = std::move(e.open(t, Queue{2}).value);
  REQUIRE(e.entry(Device{2}, 1));
  w.host->hold({flush_iotlb});
  CHECK(e.exit(t));
  for (std::uint32_t d = 0; d < 3; ++d) CHECK_FALSE(e.entry(Device{d}, 1));
  w.host->hold({});
  CHECK(here.close());
  CHECK(there.close());
  CHECK(e.mm(mm));  // the flush of its end is outstanding
  CHECK(e.owner(1) == mm);
  w.host->complete_all();
  CHECK_FALSE(e.mm(mm));
  CHECK_FALSE(e.owner(1));
}

TEST_CASE("a bond waits for each piece of its own work, whatever was submitted after it") {
  World w;
  Bond b = w.open(0);
  const Thread u = w.e.create_process().value;
  const Bond other = std::move(w.e.open(u, Queue{0}).value);
  const Work mine = w.e.write(w.t, b.id()).value;
  const Work later = w.e.write(u, other.id()).value;
  CHECK(b.close().error == Error::would_block);
  CHECK(w.e.finish(mine));
  CHECK(b.close());
  CHECK(w.e.finish(later));
}
