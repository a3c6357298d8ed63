// Resets and page requests.
#include <doctest/doctest.h>

#include "tests/support/engine_world.hpp"

using namespace pasid::engine;

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

TEST_CASE("the reset of a device without ATS blocks nothing, waits for nothing, and brings nothing back") {
  Config config = three_devices();
  config.devices[0].group = config.devices[1].group = Group{0};
  config.devices[1].ats = false;
  config.devices[2].group = Group{1};
  World w(config);
  const AddressSpace a = w.domain(Kind::user_managed);
  const AddressSpace b = w.domain(Kind::user_managed);
  CHECK(w.e.attach_user(Device{1}, 3, a));
  const Work ended = w.e.submit_user(Queue{3}, 3, a).value;
  const Work kept = w.e.submit_user(Queue{0}, 3, a).value;
  w.host->forget_log();
  CHECK(w.e.begin_reset(Device{1}));
  CHECK(w.host->log().empty());
  CHECK(w.e.resetting(Device{1}));
  CHECK(w.e.begin_reset(Device{1}).error == Error::misuse);
  CHECK(w.e.finish(ended).error == Error::bad_handle);  // the device has been reset all the same
  CHECK(w.e.finish(kept));
  CHECK(w.e.entry(Device{1}, 3) == a);
  CHECK(w.e.attach_user(Device{1}, 4, b));
  CHECK(w.e.detach_user(Device{1}, 4, b));
  // No lock is taken, so that none is waited for; and what is being taken out is not put back.
  w.host->hold_all();
  CHECK(w.e.detach_user(Device{1}, 3, a).ticket != 0);
  CHECK_FALSE(w.e.entry(Device{1}, 3));
  CHECK(w.e.end_reset(Device{1}));
  CHECK_FALSE(w.e.resetting(Device{1}));
  CHECK_FALSE(w.e.entry(Device{1}, 3));
  CHECK(w.e.begin_reset(Device{1}));
  CHECK(w.e.begin_reset(Device{0}).error == Error::would_block);
  w.host->complete_all();
  // Its sibling has ATS: the group is in recovery.
  CHECK(w.e.begin_reset(Device{0}));
  CHECK(w.e.attach_user(Device{1}, 4, b).error == Error::ebusy);
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
  CHECK(w.e.begin_reset(Device{0}).error == Error::would_block);  // it takes the number off the table: not before
  CHECK(w.e.finish(work));                                        // the process has gone, and its entry
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

TEST_CASE("a bond's end waits for page requests of every device in its group") {
  Config c = three_devices();
  c.devices[1].group = Group{0};
  c.devices[2].group = Group{1};
  World w(c);
  const Thread t = w.process();
  Bond b = w.open(t, 3);
  const Work work = w.e.write(t, b.id()).value;
  CHECK(w.e.raise_page_request(work));
  CHECK(w.e.page_requests(Device{0}, 1) == 0);
  CHECK(w.e.page_requests(Device{1}, 1) == 1);
  CHECK(w.e.exit(t));
  CHECK(w.e.finish(work));  // its entry has gone; the request waits
  CHECK(b.close().error == Error::would_block);
  CHECK(w.e.resolve_page_request(Device{1}, 1));
}

TEST_CASE("of the page requests that a device has, that of the number is answered") {
  World w;
  const Thread first = w.process();
  const Thread second = w.process();
  const Bond a = w.open(first, 0);
  const Bond b = w.open(second, 0);
  CHECK(w.e.raise_page_request(w.e.write(second, b.id()).value));
  CHECK(w.e.raise_page_request(w.e.write(first, a.id()).value));
  const auto resolved = w.e.resolve_page_request(Device{0}, 1);
  CHECK(resolved);
  CHECK(resolved.value == w.e.thread(first)->mm);
  CHECK(w.e.page_requests(Device{0}, 1) == 0);
  CHECK(w.e.page_requests(Device{0}, 2) == 1);
}

TEST_CASE("work that waits for a page ends with its entry, and its request stays for the drain to answer") {
  World w;
  const Thread t = w.process();
  Bond b = w.open(t, 0);
  const Work work = w.e.write(t, b.id()).value;
  CHECK(w.e.raise_page_request(work));
  CHECK(w.e.finish(work).error == Error::would_block);
  CHECK(w.e.exit(t));
  CHECK(w.e.finish(work));
  CHECK(w.e.page_requests(Device{0}, 1) == 1);
  CHECK(b.close().error == Error::would_block);
  CHECK(w.e.resolve_page_request(Device{0}, 1));
  CHECK(b.close());
}
