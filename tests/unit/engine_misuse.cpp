// Handles that are stale, foreign or made up, handles that outlive their engine, tokens used twice: all are answered.
#include <algorithm>
#include <optional>

#include <doctest/doctest.h>

#include "tests/support/engine_host.hpp"
#include "tests/support/engine_world.hpp"

using namespace pasid::engine;

namespace {

Config small() {
  Config c;
  c.devices = {{.max_pasids = 16}};
  c.queues = {{}, {.kernel = true}};
  return c;
}

/// Every call that takes a handle, with these.
std::vector<Error> all_calls(Engine& e, Thread t, AddressSpace a, BondId b, Work w, Device d, Queue q, Group g) {
  return {e.fork(t).error,
          e.clone(t).error,
          e.exec(t).error,
          e.exit(t).error,
          e.enable_lam(t).error,
          e.reference(a).error,
          e.fixup_gp(t).error,
          e.open(t, q).error,
          e.map_portal(t, b).error,
          e.unmap_portal(t, b).error,
          e.disable(q).error,
          e.enable(q).error,
          e.enqcmd(t, b).error,
          e.movdir64b(t, b).error,
          e.write(t, b).error,
          e.submit_kernel(q, a).error,
          e.submit_user(q, 1, a).error,
          e.finish(w).error,
          e.raise_page_request(w).error,
          e.resolve_page_request(d, 1).error,
          e.destroy_domain(a).error,
          e.attach_rid(g, a).error,
          e.attach_kernel_dma(d, a).error,
          e.detach_kernel_dma(d, a).error,
          e.replace_kernel_dma(d, a, a).error,
          e.attach_user(d, 1, a).error,
          e.detach_user(d, 1, a).error,
          e.replace_user(d, 1, a).error,
          e.begin_reset(d).error,
          e.end_reset(d).error};
}

bool sees_nothing(const Engine& e, Thread t, AddressSpace a, BondId b, Work w, Device d, Queue q, Group g) {
  return !e.kind(a) && !e.mm(a) && !e.thread(t) && !e.bond(b) && !e.work(w) && !e.kernel_pasid(d, a) && !e.slot(g, 1) &&
         !e.entry(d, 1) && e.entry_bits(d, 1) == EntryBits{} && !e.directory(d) && e.disabled(q) && !e.queue_pasid(q) &&
         !e.resetting(d) && e.page_requests(d, 1) == 0 && e.attached(g).empty();
}

std::size_t bad(const std::vector<Error>& answers) {
  return static_cast<std::size_t>(std::count(answers.begin(), answers.end(), Error::bad_handle));
}

}  // namespace

TEST_CASE("handles that name nothing are answered by every call") {
  Engine e(small());
  const auto none = all_calls(e, {}, {}, {}, {}, Device{9}, Queue{9}, Group{9});
  CHECK(none.size() == 30);
  CHECK(bad(none) == none.size());
  CHECK(sees_nothing(e, {}, {}, {}, {}, Device{9}, Queue{9}, Group{9}));
  const auto made_up =
      all_calls(e, {1, 2, 3}, {~0u, ~0u, ~0u}, {1, 0, 1}, {1, 0, 0}, Device{~0u}, Queue{~0u}, Group{~0u});
  CHECK(bad(made_up) == made_up.size());
}

TEST_CASE("handles of another engine are answered by every call") {
  Engine e(small());
  Engine other(small());
  const Thread t = other.create_process().value;
  const Bond b = std::move(other.open(t, Queue{0}).value);
  const Work w = other.write(t, b.id()).value;
  const AddressSpace a = other.create_domain({}).value;
  // The same handles that its own engine makes are no excuse.
  (void)e.create_process();
  const auto foreign = all_calls(e, t, a, b.id(), w, Device{9}, Queue{9}, Group{9});
  CHECK(bad(foreign) == foreign.size());
  CHECK(sees_nothing(e, t, a, b.id(), w, Device{9}, Queue{9}, Group{9}));
  CHECK(other.finish(w));
}

TEST_CASE("handles are refused once what they named is gone, whatever lives in its place") {
  Engine e(small());
  const Thread t = e.create_process().value;
  const AddressSpace mm = e.thread(t)->mm;
  Bond b = std::move(e.open(t, Queue{0}).value);
  const BondId id = b.id();
  const Work w = e.write(t, id).value;
  CHECK(e.finish(w));
  CHECK(b.close());
  CHECK(e.exit(t));
  const Thread t2 = e.create_process().value;
  const Bond b2 = std::move(e.open(t2, Queue{0}).value);
  const Work w2 = e.write(t2, b2.id()).value;
  CHECK(t2.index == t.index);  // the control: places are used again
  CHECK(b2.id().index == id.index);
  CHECK(w2.index == w.index);
  CHECK(e.exit(t).error == Error::bad_handle);
  CHECK(e.finish(w).error == Error::bad_handle);
  CHECK(e.map_portal(t2, id).error == Error::bad_handle);
  CHECK(e.reference(mm).error == Error::bad_handle);
  CHECK(b.close().error == Error::bad_handle);
  CHECK(b.pasid() == 0);
  CHECK(e.finish(w2));
}

TEST_CASE("a bond closes once, by hand or by its destructor, and moves") {
  Engine e(small());
  const Thread t = e.create_process().value;
  const AddressSpace mm = e.thread(t)->mm;
  {
    Bond a = std::move(e.open(t, Queue{0}).value);
    Bond b = std::move(a);
    CHECK(a.close().error == Error::bad_handle);  // NOLINT: moved from, and answered
    CHECK(a.pasid() == 0);
    CHECK(b.pasid() == 1);
    b = std::move(e.open(t, Queue{0}).value);  // closes the first
    CHECK(e.mm(mm)->bonds == 1);
    Bond& same = b;
    b = std::move(same);
    CHECK(b.pasid() == 1);
    CHECK(b.close());
    CHECK(b.close().error == Error::bad_handle);
  }
  CHECK(e.mm(mm)->bonds == 0);
  auto reference = std::move(e.reference(mm).value);
  CHECK(reference.mm() == mm);
  CHECK(reference.drop());
  CHECK(reference.drop().error == Error::bad_handle);
  CHECK(e.reference(e.create_domain({}).value).error == Error::misuse);
}

TEST_CASE("a bond's destructor waits for nothing: the end comes when the portal and the work are gone") {
  Engine e(small());
  const Thread t = e.create_process().value;
  BondId id;
  Work w;
  {
    const Bond b = std::move(e.open(t, Queue{0}).value);
    id = b.id();
    REQUIRE(e.map_portal(t, id));
    w = e.write(t, id).value;
  }
  CHECK(e.bond(id)->at == Step::live);
  CHECK(e.write(t, id).error == Error::misuse);  // nobody has the file any more
  CHECK(e.unmap_portal(t, id));
  CHECK(e.bond(id)->at == Step::stop);
  CHECK(e.finish(w));
  CHECK_FALSE(e.bond(id));
  CHECK_FALSE(e.slot(Group{0}, 1));
}

TEST_CASE("bonds, references and completions outlive their engine") {
  const auto host = std::make_shared<TestHost>();
  Bond b;
  MmReference r;
  std::optional<Completion> token;
  {
    Engine e(small(), host);
    const Thread t = e.create_process().value;
    b = std::move(e.open(t, Queue{0}).value);
    r = std::move(e.reference(e.thread(t)->mm).value);
    Bond second = std::move(e.open(t, Queue{0}).value);
    host->hold_all();
    CHECK(second.close());
    token = host->take().at(0).second;
  }
  CHECK(b.pasid() == 1);
  CHECK(r.drop());
  CHECK(token->done());
  host->complete_all();
  CHECK(b.close());
  CHECK_FALSE(token->done());
  b = {};
  CHECK_FALSE(token->done());  // nothing of the engine is left
  CHECK_FALSE(Completion().done());
}

TEST_CASE("a command is completed once") {
  const auto host = std::make_shared<TestHost>();
  Engine e(small(), host);
  Bond b = std::move(e.open(e.create_process().value, Queue{0}).value);
  host->hold_all();
  const Status s = b.close();
  CHECK(s);
  CHECK_FALSE(e.finished(s.ticket));
  CHECK(e.finished(0));
  CHECK(e.finished(s.ticket + 1));
  const auto held = host->take();
  REQUIRE(held.size() == 1);
  const Completion copy = held[0].second;
  CHECK(held[0].second.done());
  CHECK_FALSE(copy.done());
  CHECK_FALSE(held[0].second.done());
  host->complete_all();
  CHECK(e.finished(s.ticket));
  CHECK_FALSE(copy.done());
}

TEST_CASE("values that are no errors have a name too") {
  CHECK(name(Error::ebusy) == "EBUSY");
  CHECK(name(static_cast<Error>(999)) == "unknown");
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

TEST_CASE("a disabled queue takes no posted store and no user-managed work") {
  Engine e([] {
    Config c;
    c.devices = {{}};
    c.queues = {{.device = Device{0}, .shared = false}};
    return c;
  }());
  const Thread t = e.create_process().value;
  const Bond b = std::move(e.open(t, Queue{0}).value);
  CHECK(e.map_portal(t, b.id()));
  const AddressSpace table = e.create_domain({.kind = Kind::user_managed}).value;
  CHECK(e.attach_user(Device{0}, 5, table));
  CHECK(e.finish(e.movdir64b(t, b.id()).value));
  CHECK(e.finish(e.submit_user(Queue{0}, 5, table).value));
  CHECK(e.disable(Queue{0}));
  CHECK(e.movdir64b(t, b.id()).error == Error::misuse);
  CHECK(e.write(t, b.id()).error == Error::misuse);
  CHECK(e.submit_user(Queue{0}, 5, table).error == Error::misuse);
  CHECK(e.enable(Queue{0}));
  CHECK(e.movdir64b(t, b.id()));
}

TEST_CASE("no portal of a bond that is being torn down is mapped, and that comes before whose it is") {
  const auto host = std::make_shared<TestHost>();
  Engine e(
      [] {
        Config c;
        c.devices = {{}};
        c.queues = {{.device = Device{0}}};
        return c;
      }(),
      host);
  const Thread t = e.create_process().value;
  const Thread stranger = e.create_process().value;
  Bond b = std::move(e.open(t, Queue{0}).value);
  CHECK(e.map_portal(stranger, b.id()).error == Error::eperm);
  host->hold_all();
  CHECK(b.close());
  CHECK(e.bond(b.id()));
  CHECK(e.map_portal(t, b.id()).error == Error::misuse);
  CHECK(e.map_portal(stranger, b.id()).error == Error::misuse);
  host->complete_all();
}
