// Every errno of every call, in the order of the guards: for each pair of reasons to refuse that can hold together, the
// answer is that of the earlier one.
#include <algorithm>
#include <bitset>
#include <functional>
#include <memory>
#include <string>

#include <doctest/doctest.h>

#include "tests/support/engine_host.hpp"

using namespace pasid::engine;

namespace {

/// A reason to refuse, in the guards' order.
struct Reason {
  const char* text;
  Error error;
};
using Reasons = std::bitset<24>;

/// For each reason alone and each pair: `answer`, given the reasons, is the first one's error. `apart` names pairs that
/// cannot hold together. Returns how many there were, and those whose answer was wrong.
struct Tally {
  int checked = 0;
  int wrong = 0;
};
Tally in_order(const std::vector<Reason>& reasons, const std::vector<std::pair<std::size_t, std::size_t>>& apart,
               const std::function<Error(Reasons)>& answer) {
  Tally tally;
  const auto check = [&](Reasons r, std::size_t first) {
    const Error got = answer(r);
    ++tally.checked;
    if (got == reasons[first].error) return;
    ++tally.wrong;
    MESSAGE(reasons[first].text << ": " << std::string(name(got)) << " with " << r.to_string());
  };
  for (std::size_t i = 0; i < reasons.size(); ++i) {
    check(Reasons{}.set(i), i);
    for (std::size_t j = i + 1; j < reasons.size(); ++j) {
      const bool together =
          std::none_of(apart.begin(), apart.end(), [&](auto p) { return p.first == i && p.second == j; });
      if (together) check(Reasons{}.set(i).set(j), i);
    }
  }
  return tally;
}

enum Bind : std::size_t {
  disabled,
  lock,
  open_queue,
  lam,
  wide,
  no_mm_data,
  no_number,
  changing,
  taken,
  no_handle,
  no_svm,
  no_ats,
  reset,
  narrow_sibling,
  no_slot,
  no_table,
  no_later_table
};
const std::vector<Reason> bind_reasons{
    {"the queue is disabled", Error::misuse},
    {"another bond is torn down", Error::would_block},
    {"the dedicated queue is open", Error::ebusy},
    {"tagged pointers are on", Error::ebusy},
    {"the mm's number is too wide", Error::eoverflow},
    {"no memory for the mm's data", Error::enomem},
    {"no number is free", Error::enospc},
    {"the group is being changed", Error::would_block},
    {"the number is attached for another", Error::ebusy},
    {"no memory for the handle", Error::enomem},
    {"the unit walks no process tables", Error::enodev},
    {"no ATS", Error::einval},
    {"a reset", Error::ebusy},
    {"too wide for the group", Error::einval},
    {"no memory for the slot", Error::enomem},
    {"no memory for the table", Error::enodev},
    {"no memory for a later table", Error::enodev},
};

/// Opens dedicated queue 0 of device 0 (group 0, with device 1) in a world where the reasons hold. A neighbour process
/// has number 1 and a bond on device 2, so the number that is opened with is 2.
Error open_where(Reasons r, bool* kept_number = nullptr) {
  Config c;
  c.units = {{.svm = !r[no_svm]}, {}};
  c.devices = {{.max_pasids = r[wide] ? 2u : 16u, .ats = !r[no_ats]},
               {.max_pasids = r[narrow_sibling] ? 2u : 16u},
               {.unit = Unit{1}, .group = Group{1}}};
  c.queues = {{.device = Device{0}, .shared = false}, {.device = Device{2}}, {.device = Device{2}}};
  if (r[no_number]) c.reserved = {{2, UINT32_MAX}};
  const auto host = std::make_shared<TestHost>();
  Engine e(c, host);

  const Thread neighbour = e.create_process().value;
  Bond neighbours_bond = std::move(e.open(neighbour, Queue{1}).value);
  REQUIRE(neighbours_bond.pasid() == 1);
  const Thread thread = e.create_process().value;
  Bond held;
  if (r[open_queue]) {
    held = std::move(e.open(neighbour, Queue{0}).value);
    REQUIRE(held.pasid() == 1);
  }
  Bond wide_bond;
  if (r[wide]) {
    wide_bond = std::move(e.open(thread, Queue{2}).value);
    REQUIRE(wide_bond.pasid() == 2);
  }
  if (r[lam]) REQUIRE(e.enable_lam(thread));
  if (r[taken]) {
    const auto table = e.create_domain({.kind = Kind::user_managed}).value;
    REQUIRE(e.attach_user(Device{0}, 2, table));
  }
  const auto other = e.create_domain({.kind = Kind::user_managed}).value;
  if (r[changing]) REQUIRE(e.attach_user(Device{0}, 1, other));
  if (r[reset]) REQUIRE(e.begin_reset(Device{1}));
  if (r[changing]) {
    host->hold({CommandKind::flush_pasid_cache});
    REQUIRE(e.detach_user(Device{0}, 1, other));
  }
  if (r[disabled]) REQUIRE(e.disable(Queue{0}));
  if (r[lock]) {
    host->hold({CommandKind::flush_pasid_cache});
    REQUIRE(neighbours_bond.close());
  }
  const std::pair<std::size_t, Allocation> memory[] = {{no_mm_data, Allocation::mm_data},
                                                       {no_handle, Allocation::handle},
                                                       {no_slot, Allocation::slot},
                                                       {no_table, Allocation::table},
                                                       {no_later_table, Allocation::later_table}};
  for (const auto& [reason, allocation] : memory)
    if (r[reason]) host->denied.insert(allocation);

  const auto opened = e.open(thread, Queue{0});
  host->denied.clear();
  host->complete_all();
  if (kept_number != nullptr) *kept_number = e.mm(e.thread(thread)->mm)->pasid.has_value();
  if (!opened && !r[wide]) CHECK(e.mm(e.thread(thread)->mm)->bonds == 0);
  if (!opened && !r[taken]) CHECK_FALSE(e.slot(Group{0}, 2));
  if (!opened) {
    CHECK((!e.entry(Device{0}, 2) || r[taken]));
    CHECK((!e.entry(Device{1}, 2) || r[taken]));
    CHECK(e.queue_pasid(Queue{0}).has_value() == (r[open_queue] && !r[disabled]));
  }
  return opened.error;
}

enum Kernel : std::size_t {
  held,
  other_domain,
  exhausted,
  busy,
  k_reset,
  k_narrow,
  k_taken,
  k_no_slot,
  k_no_table,
  k_no_later
};
const std::vector<Reason> kernel_reasons{
    {"held already", Error::misuse},
    {"not the RID's domain", Error::eperm},
    {"no number is free", Error::enospc},
    {"the group is being changed", Error::would_block},
    {"a reset", Error::ebusy},
    {"too wide for the group", Error::einval},
    {"attached for another", Error::ebusy},
    {"no memory for the slot", Error::enomem},
    {"no memory for the table", Error::enodev},
    {"no memory for a later table", Error::enodev},
};

/// attach_kernel_dma() on device 0 (group 0, with device 1); a neighbour mm has number 1, so the number is 2.
Error attach_kernel_where(Reasons r) {
  Config c;
  c.devices = {{.max_pasids = 16}, {.max_pasids = r[k_narrow] ? 2u : 16u}, {.group = Group{1}}};
  c.queues = {{.device = Device{2}}};
  if (r[exhausted]) c.reserved = {{r[held] ? 3u : 2u, UINT32_MAX}};
  const auto host = std::make_shared<TestHost>();
  Engine e(c, host);
  const Bond neighbours_bond = std::move(e.open(e.create_process().value, Queue{0}).value);
  const auto domain = e.create_domain({}).value;
  const auto other = e.create_domain({}).value;
  REQUIRE(e.attach_rid(Group{0}, r[other_domain] ? other : domain));
  if (r[held]) REQUIRE(e.attach_kernel_dma(Device{0}, domain));
  const auto table = e.create_domain({.kind = Kind::user_managed}).value;
  if (r[k_taken]) REQUIRE(e.attach_user(Device{0}, r[held] ? 3 : 2, table));
  if (r[busy]) {
    REQUIRE(e.attach_user(Device{0}, 1, table));
    host->hold({CommandKind::flush_iotlb});
    REQUIRE(e.detach_user(Device{0}, 1, table));
    host->hold({});
  }
  if (r[k_reset]) REQUIRE(e.begin_reset(Device{1}));
  const std::pair<std::size_t, Allocation> memory[] = {
      {k_no_slot, Allocation::slot}, {k_no_table, Allocation::table}, {k_no_later, Allocation::later_table}};
  for (const auto& [reason, allocation] : memory)
    if (r[reason]) host->denied.insert(allocation);
  const std::size_t available = e.available();
  const auto answer = e.attach_kernel_dma(Device{0}, domain);
  if (!answer) CHECK(e.available() == available);
  if (!answer && !r[held]) CHECK_FALSE(e.kernel_pasid(Device{0}, domain));
  return answer.error;
}

enum User : std::size_t { u_busy, rid, u_reset, u_wide, u_taken, u_no_slot, u_no_table, u_no_later };
const std::vector<Reason> user_reasons{
    {"the group is being changed", Error::would_block},
    {"the RID's number", Error::einval},
    {"a reset", Error::ebusy},
    {"too wide for the group", Error::einval},
    {"taken", Error::ebusy},
    {"no memory for the slot", Error::enomem},
    {"no memory for the table", Error::enodev},
    {"no memory for a later table", Error::enodev},
};

Error attach_user_where(Reasons r) {
  Config c;
  c.devices = {{.max_pasids = 16}, {.max_pasids = 8}};
  const auto host = std::make_shared<TestHost>();
  Engine e(c, host);
  const auto table = e.create_domain({.kind = Kind::user_managed}).value;
  const Pasid p = r[rid] ? 0 : r[u_wide] ? 9 : 5;
  if (r[u_taken]) REQUIRE(e.attach_user(Device{1}, 5, table));
  if (r[u_busy]) {
    REQUIRE(e.attach_user(Device{0}, 1, table));
    host->hold({CommandKind::flush_iotlb});
    REQUIRE(e.detach_user(Device{0}, 1, table));
    host->hold({});
  }
  if (r[u_reset]) REQUIRE(e.begin_reset(Device{1}));
  const std::pair<std::size_t, Allocation> memory[] = {
      {u_no_slot, Allocation::slot}, {u_no_table, Allocation::table}, {u_no_later, Allocation::later_table}};
  for (const auto& [reason, allocation] : memory)
    if (r[reason]) host->denied.insert(allocation);
  const auto answer = e.attach_user(Device{0}, p, table);
  host->complete_all();
  if (!answer && !r[u_taken]) CHECK(e.attached(Group{0}).empty());
  return answer.error;
}

}  // namespace

TEST_CASE("open() refuses for the first of its reasons") {
  const std::vector<std::pair<std::size_t, std::size_t>> apart{
      {open_queue, wide}, {open_queue, no_svm},   {open_queue, no_ats},
      {lam, wide},        {open_queue, changing}, {wide, no_mm_data},
      {wide, no_number},  {wide, taken},          {taken, narrow_sibling}};
  CHECK(open_where({}) == Error::ok);
  const Tally t = in_order(bind_reasons, apart, [](Reasons r) { return open_where(r); });
  CHECK(t.wrong == 0);
  CHECK(t.checked == 17 + 17 * 16 / 2 - static_cast<int>(apart.size()));
}

TEST_CASE("a failed open() leaves the mm its number from the moment it has one") {
  for (std::size_t i = 0; i < bind_reasons.size(); ++i) {
    bool kept = false;
    (void)open_where(Reasons{}.set(i), &kept);
    const bool expected = i == wide || i > changing;
    CHECK(kept == expected);
  }
}

TEST_CASE("attach_kernel_dma() refuses for the first of its reasons") {
  const std::vector<std::pair<std::size_t, std::size_t>> apart{
      {held, other_domain}, {held, k_narrow}, {busy, k_reset}, {k_narrow, k_taken}};
  CHECK(attach_kernel_where({}) == Error::ok);
  const Tally t = in_order(kernel_reasons, apart, attach_kernel_where);
  CHECK(t.wrong == 0);
  CHECK(t.checked == 10 + 10 * 9 / 2 - static_cast<int>(apart.size()));
}

TEST_CASE("attach_kernel_dma() waits while its domain becomes the RID's, and refuses one that does not") {
  Config c;
  c.devices = {{.max_pasids = 16}};
  const auto host = std::make_shared<TestHost>();
  Engine e(c, host);
  const auto old = e.create_domain({}).value;
  const auto next = e.create_domain({}).value;
  REQUIRE(e.attach_rid(Group{0}, old));
  host->hold({CommandKind::flush_iotlb});
  REQUIRE(e.attach_rid(Group{0}, next));
  CHECK(e.attach_kernel_dma(Device{0}, next).error == Error::would_block);
  CHECK(e.attach_kernel_dma(Device{0}, old).error == Error::eperm);
  CHECK(e.available() == 15);
  host->complete_all();
  CHECK(e.attach_kernel_dma(Device{0}, next).value == 1);
}

TEST_CASE("attach_user() refuses for the first of its reasons") {
  const std::vector<std::pair<std::size_t, std::size_t>> apart{{u_busy, u_reset}, {rid, u_taken}, {u_wide, u_taken}};
  CHECK(attach_user_where({}) == Error::ok);
  const Tally t = in_order(user_reasons, apart, attach_user_where);
  CHECK(t.wrong == 0);
  CHECK(t.checked == 8 + 8 * 7 / 2 - static_cast<int>(apart.size()));
}

TEST_CASE("the check of an order notices two guards that change places") {
  auto swapped = user_reasons;
  std::swap(swapped[u_reset], swapped[u_wide]);
  CHECK(in_order(swapped, {{u_busy, u_reset}, {rid, u_taken}, {u_wide, u_taken}}, attach_user_where).wrong > 0);
}
