// The group's lock and the SVA lock: while something that holds one is outstanding, whatever needs it waits, and
// nothing that the hardware walks changes under it.
#include <functional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/engine_host.hpp"

using namespace pasid::engine;

namespace {

constexpr std::uint32_t devices = 3;  // the first two are a group
constexpr Pasid most = 16;

/// A group with a bit of everything in it, beside another.
struct World {
  std::shared_ptr<TestHost> host = std::make_shared<TestHost>();
  Engine e{config(), host};
  AddressSpace rid = e.create_domain({}).value;
  AddressSpace other = e.create_domain({}).value;
  AddressSpace third = e.create_domain({}).value;
  AddressSpace rids = other;  ///< the RID's domain, or the one that is being put into its place
  AddressSpace table = e.create_domain({.kind = Kind::user_managed}).value;
  AddressSpace second = e.create_domain({.kind = Kind::user_managed}).value;
  Thread a = e.create_process().value, b = e.create_process().value, late = e.create_process().value;
  Bond of_a, of_b, elsewhere;

  static Config config() {
    Config c;
    c.devices = {{.max_pasids = most}, {.max_pasids = most}, {.group = Group{1}, .max_pasids = most}};
    c.queues = {
        {.device = Device{0}}, {.device = Device{1}}, {.device = Device{2}}, {.device = Device{0}, .kernel = true}};
    c.rid_change = RidChange::leaves;
    return c;
  }

  World() {
    CHECK(e.attach_rid(Group{0}, rid));
    of_a = std::move(e.open(a, Queue{0}).value);
    of_b = std::move(e.open(b, Queue{1}).value);
    elsewhere = std::move(e.open(b, Queue{2}).value);
    for (const Pasid p : {Pasid{9}, Pasid{10}}) CHECK(e.attach_user(Device{0}, p, table));
    for (const std::uint32_t d : {0U, 1U}) CHECK(e.attach_kernel_dma(Device{d}, rid));
    CHECK(e.attach_rid(Group{0}, other));  // the drivers' numbers stay with the first
  }

  /// Carries out what is held, but leaves what comes of it.
  void one_step() {
    for (auto& [command, completion] : host->take()) CHECK(completion.done());
  }

  /// All that software and hardware see of the tables, and who has which number.
  [[nodiscard]] std::string seen() const {
    std::string out;
    const auto add = [&out](auto n) { out += std::to_string(n) + ' '; };
    for (Pasid p = 0; p < most; ++p) {
      for (std::uint32_t d = 0; d < devices; ++d)
        for (const std::uint64_t word : e.entry_bits(Device{d}, p)) add(word);
      for (std::uint32_t g = 0; g < 2; ++g)
        if (const auto s = e.slot(Group{g}, p)) add(100 * s->attached.index + (s->published ? 1 : 0));
      add(e.owner(p).value_or(AddressSpace{}).index);
    }
    for (std::uint32_t d = 0; d < devices; ++d) add(e.resetting(Device{d}));
    return out;
  }
};

struct Act {
  const char* name;
  std::function<Status(World&)> ask;
};

/// Each takes something of the first group out of the tables.
const std::vector<Act> jobs{
    {"unbind", [](World& w) { return w.of_a.close(); }},
    {"open() that fails",
     [](World& w) -> Status {
       w.host->denied = {Allocation::later_table};
       const auto failed = w.e.open(w.late, Queue{0});
       w.host->denied.clear();
       CHECK(failed.error == Error::enodev);
       return {Error::ok, failed.ticket};
     }},
    {"detach", [](World& w) { return w.e.detach_user(Device{0}, 9, w.table); }},
    {"replace", [](World& w) { return w.e.replace_user(Device{0}, 9, w.second); }},
    {"driver's detach", [](World& w) { return w.e.detach_kernel_dma(Device{0}, w.rid); }},
    {"driver's replace", [](World& w) { return w.e.replace_kernel_dma(Device{0}, w.rid, w.other); }},
    {"RID's change", [](World& w) { return w.e.attach_rid(Group{0}, w.rids = w.third); }},
    {"reset", [](World& w) { return w.e.begin_reset(Device{0}); }},
};

/// Each would change something there.
const std::vector<Act> calls{
    {"open", [](World& w) -> Status { return w.e.open(w.late, Queue{1}); }},
    {"close", [](World& w) { return w.of_b.close(); }},
    {"attach", [](World& w) { return w.e.attach_user(Device{1}, 11, w.second); }},
    {"detach", [](World& w) { return w.e.detach_user(Device{1}, 10, w.table); }},
    {"replace", [](World& w) { return w.e.replace_user(Device{1}, 10, w.second); }},
    {"driver's attach", [](World& w) -> Status { return w.e.attach_kernel_dma(Device{1}, w.rids); }},
    {"driver's detach", [](World& w) { return w.e.detach_kernel_dma(Device{1}, w.rid); }},
    {"driver's replace", [](World& w) { return w.e.replace_kernel_dma(Device{1}, w.rid, w.other); }},
    {"RID's change", [](World& w) { return w.e.attach_rid(Group{0}, w.rid); }},
    {"reset", [](World& w) { return w.e.begin_reset(Device{1}); }},
};

/// Visits a world for each step that the job has, with what it has to do then still to do.
template <class Visit>
void each_step(const Act& job, Visit visit) {
  for (int step = 0;; ++step) {
    World w;
    w.host->hold_all();
    const Status s = job.ask(w);
    CHECK(s);
    for (int i = 0; i < step; ++i) w.one_step();
    if (w.e.finished(s.ticket)) {
      CHECK(step >= 3);  // there were steps to look at
      return;
    }
    visit(w, s.ticket);
    w.host->complete_all();
    CHECK(w.e.finished(s.ticket));
  }
}

}  // namespace

TEST_CASE("whatever changes a group waits while something of it is being taken out, and goes on when that is over") {
  for (const Act& call : calls) {
    World w;
    CAPTURE(std::string(call.name));
    CHECK(call.ask(w));  // where nothing is outstanding
  }
  for (const Act& job : jobs)
    for (const Act& call : calls)
      each_step(job, [&](World& w, Ticket ticket) {
        CAPTURE(std::string(job.name));
        CAPTURE(std::string(call.name));
        if (w.e.bond(w.of_a.id()) && w.e.bond(w.of_a.id())->at == Step::stop) return;  // no lock before the drain
        const std::string before = w.seen();
        CHECK(call.ask(w).error == Error::would_block);
        CHECK(w.seen() == before);
        w.host->complete_all();
        CHECK(w.e.finished(ticket));
        CHECK(call.ask(w).error != Error::would_block);
      });
}

TEST_CASE("a bond that goes unasked waits for both locks before it touches a table") {
  for (const Act& job : jobs)
    for (const bool same_group : {true, false})
      each_step(job, [&](World& w, Ticket) {
        CAPTURE(std::string(job.name));
        if (w.e.bond(w.of_a.id()) && w.e.bond(w.of_a.id())->at == Step::stop) return;
        const bool sva = std::string(job.name) == "unbind" || std::string(job.name) == "open() that fails";
        const std::uint32_t device = same_group ? 1 : 2;
        Bond& b = same_group ? w.of_b : w.elsewhere;
        const BondId id = b.id();
        const auto its_own = w.host->take();  // the job's, which stay as they are
        b = {};
        for (auto& [command, completion] : w.host->take()) CHECK(completion.done());  // the drain
        const bool waits = same_group || sva;
        CHECK(w.e.entry(Device{device}, 2).has_value() == waits);
        REQUIRE(w.e.bond(id));
        CHECK(w.e.bond(id)->at == (waits ? Step::drain : Step::clear));
        for (const auto& [command, completion] : its_own) CHECK(completion.done());
      });
}

TEST_CASE("what is being taken out takes no more work, and a device's way back from a reset waits as well") {
  World w;
  w.host->hold_all();
  CHECK(w.e.submit_kernel(Queue{3}, w.rid));
  CHECK(w.e.slot(Group{0}, 9)->published);
  CHECK(w.e.detach_user(Device{0}, 9, w.table));
  CHECK_FALSE(w.e.slot(Group{0}, 9)->published);
  CHECK(w.e.submit_user(Queue{0}, 9, w.table).error == Error::would_block);
  w.host->complete_all();
  CHECK(w.e.submit_user(Queue{0}, 9, w.table).error == Error::misuse);

  World driver;
  driver.host->hold_all();
  CHECK(driver.e.detach_kernel_dma(Device{0}, driver.rid));
  CHECK(driver.e.submit_kernel(Queue{3}, driver.rid).error == Error::would_block);
  driver.host->complete_all();
  CHECK(driver.e.submit_kernel(Queue{3}, driver.rid).error == Error::misuse);

  World reset;
  CHECK(reset.e.begin_reset(Device{1}));
  reset.host->hold_all();
  CHECK(reset.e.detach_user(Device{0}, 9, reset.table));
  CHECK(reset.e.end_reset(Device{1}).error == Error::would_block);
  CHECK(reset.e.resetting(Device{1}));
  reset.host->complete_all();
  CHECK(reset.e.end_reset(Device{1}));
}

TEST_CASE("a bond of another group waits for the SVA lock alone, and another user of a handle for no group's") {
  for (const Act& job : jobs)
    each_step(job, [&](World& w, Ticket) {
      CAPTURE(std::string(job.name));
      if (w.e.bond(w.of_a.id()) && w.e.bond(w.of_a.id())->at == Step::stop) return;
      const bool sva = std::string(job.name) == "unbind" || std::string(job.name) == "open() that fails";
      CHECK((w.e.open(w.b, Queue{1}).error == Error::would_block) == sva);  // of_b has the handle
      CHECK((w.elsewhere.close().error == Error::would_block) == sva);
    });
}
