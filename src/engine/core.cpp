#include "src/engine/core.hpp"

#include <algorithm>
#include <atomic>
#include <bit>
#include <stdexcept>
#include <string>

namespace pasid::engine::detail {
namespace {

/// The innermost call of this thread into any engine.
thread_local Passage* innermost = nullptr;

std::uint32_t next_engine() noexcept {
  static std::atomic<std::uint32_t> last{0};
  std::uint32_t n = 0;
  while (n == 0) n = ++last;
  return n;
}

[[noreturn]] void refuse(const std::string& what) { throw std::invalid_argument("pasid::engine: " + what); }

void check(bool condition, const char* what, std::size_t at) {
  if (!condition) refuse(std::string(what) + " (number " + std::to_string(at) + ")");
}

void check_units(const Config& c) {
  if (c.units.empty()) refuse("no unit");
  for (std::size_t i = 0; i < c.units.size(); ++i) {
    check(c.units[i].pasid_bits >= 1 && c.units[i].pasid_bits <= max_width, "a unit has 1 to 20 bits of PASID", i);
    check(c.units[i].levels == 4 || c.units[i].levels == 5, "a unit's page tables have 4 or 5 levels", i);
  }
}

void check_devices(const Config& c) {
  if (c.devices.empty()) refuse("no device");
  for (std::size_t i = 0; i < c.devices.size(); ++i) {
    const DeviceConfig& d = c.devices[i];
    check(static_cast<std::size_t>(d.unit) < c.units.size(), "a device's unit is not there", i);
    check(static_cast<std::size_t>(d.group) < c.devices.size(), "a device's group is higher than groups can be", i);
    check(d.max_pasids <= std::uint32_t{1} << max_width, "a device has more than 2^20 PASIDs", i);
    for (const DeviceConfig& e : c.devices) check(d.group != e.group || d.unit == e.unit, "a group has two units", i);
  }
  for (std::size_t i = 0; i < c.queues.size(); ++i)
    check(static_cast<std::size_t>(c.queues[i].device) < c.devices.size(), "a queue's device is not there", i);
}

std::uint32_t effective_max(const Config& c, const DeviceConfig& d) {
  return std::min(d.max_pasids, std::uint32_t{1} << c.units[static_cast<std::size_t>(d.unit)].pasid_bits);
}

/// Bits that the widest device uses: so large is a number space.
unsigned width(std::uint32_t max_pasids) {
  return max_pasids <= 2 ? 1 : static_cast<unsigned>(std::bit_width(max_pasids - 1));
}

const Config& checked(const Config& c) {
  check_units(c);
  check_devices(c);
  if (c.kernel_numbers == KernelNumbers::own_sets) {
    if (c.kernel_range.first == rid_pasid || c.kernel_range.last < c.kernel_range.first)
      refuse("the kernel's range is empty or has the RID's number");
    for (std::size_t i = 0; i < c.devices.size(); ++i) {
      const std::uint32_t max = effective_max(c, c.devices[i]);
      check(max == 0 || c.kernel_range.first < max, "a device reaches no number of the kernel's range", i);
    }
  }
  return c;
}

std::unique_ptr<Allocator> users_of(const Config& c) {
  std::uint32_t widest = 0;
  for (const DeviceConfig& d : c.devices) widest = std::max(widest, effective_max(c, d));
  std::vector<Range> reserved = c.reserved;
  reserved.push_back({rid_pasid, rid_pasid});
  if (c.kernel_numbers == KernelNumbers::own_sets) reserved.push_back(c.kernel_range);
  return std::make_unique<Allocator>(width(widest), c.pick, reserved);
}

}  // namespace

Core::Core(const Config& config, std::shared_ptr<Host> given)
    : number(next_engine()), host(given ? std::move(given) : std::make_shared<Host>()), rid_change(config.rid_change),
      queue_disable(config.queue_disable), user_range{rid_pasid + 1, (Pasid{1} << max_width) - 1},
      kernel_range(config.kernel_numbers == KernelNumbers::own_sets ? config.kernel_range : user_range),
      units(checked(config).units), users(users_of(config)),
      domain_ids(16, Pick::lowest_free, {{0, default_domain_id}}) {
  for (const DeviceConfig& d : config.devices) {
    const auto g = static_cast<std::size_t>(d.group);
    if (groups.size() <= g) groups.resize(g + 1);
    groups[g].unit = static_cast<std::uint32_t>(d.unit);
    groups[g].devices.push_back(static_cast<std::uint32_t>(devices.size()));
    DeviceRecord device;
    device.unit = static_cast<std::uint32_t>(d.unit);
    device.group = static_cast<std::uint32_t>(d.group);
    device.max_pasids = effective_max(config, d);
    device.ats = d.ats;
    device.privileged = d.privileged;
    device.table = std::make_unique<PasidTable>(device.max_pasids, *host);
    if (!device.table->reserve(rid_pasid, *host)) throw std::bad_alloc();
    devices.push_back(std::move(device));
  }
  for (std::size_t g = 0; g < groups.size(); ++g) {
    check(!groups[g].devices.empty(), "a group has no device", g);
    if (config.kernel_numbers != KernelNumbers::own_sets) continue;
    std::uint32_t widest = 0;
    for (const std::uint32_t d : groups[g].devices) widest = std::max(widest, devices[d].max_pasids);
    std::vector<Range> others{{0, config.kernel_range.first - 1}};
    if (config.kernel_range.last != UINT32_MAX) others.push_back({config.kernel_range.last + 1, UINT32_MAX});
    groups[g].kernel_numbers = std::make_unique<Allocator>(width(widest), config.pick, others);
  }
  for (const QueueConfig& q : config.queues) {
    QueueRecord queue;
    queue.device = static_cast<std::uint32_t>(q.device);
    queue.shared = q.shared;
    queue.kernel = q.kernel;
    queue.size = q.size;
    queues.push_back(queue);
  }
}

// ---- Calls

Passage* Core::enter(Passage& here) noexcept {
  for (Passage* p = innermost; p != nullptr; p = p->outer)
    if (p->core == this) return p;
  here.outer = innermost;
  innermost = &here;
  return &here;
}

void Core::leave(Passage& here) noexcept { innermost = here.outer; }

void Core::hand_over(std::unique_lock<std::mutex>& lock, Passage& here) noexcept {
  for (;;) {
    const auto op = std::find_if(operations_.begin(), operations_.end(),
                                 [&here](const Operation& o) { return o.passage == &here; });
    if (op == operations_.end()) return;
    const Command next = op->unsent.back();
    op->unsent.pop_back();
    if (op->unsent.empty()) op->passage = nullptr;
    Completion completion;
    completion.core_ = weak_from_this();
    completion.ticket_ = op->ticket;
    completion.command_ = ++op->last_command;
    op->outstanding.push_back(completion.command_);
    changed();
    lock.unlock();
    host->execute(next, completion);
    lock.lock();
  }
}

void Core::changed() noexcept {
  ++changes_;
  if (waiting_ > 0) change_.notify_all();
}

bool Core::complete(Ticket ticket, std::uint64_t command) noexcept {
  bool known = false;
  (void)call([&]() -> Status {
    for (Operation& op : operations_)
      if (op.ticket == ticket) known = std::erase(op.outstanding, command) > 0;
    return {};
  });
  return known;
}

bool Core::active(Ticket ticket) const noexcept {
  return ticket != 0 && std::any_of(operations_.begin(), operations_.end(),
                                    [ticket](const Operation& op) { return op.ticket == ticket; });
}

// ---- Waiting

bool Core::finished(Ticket ticket) const noexcept {
  return read([&] { return !active(ticket); });
}

void Core::wait(Ticket ticket) const noexcept {
  std::unique_lock lock(lock_);
  ++waiting_;
  change_.wait(lock, [&] { return !active(ticket); });
  --waiting_;
}

void Core::wait_until_quiet() const noexcept {
  std::unique_lock lock(lock_);
  ++waiting_;
  change_.wait(lock, [&] { return operations_.empty(); });
  --waiting_;
}

std::uint64_t Core::changes() const noexcept {
  return read([&] { return changes_; });
}

void Core::wait_for_change(std::uint64_t seen) const noexcept {
  std::unique_lock lock(lock_);
  ++waiting_;
  change_.wait(lock, [&] { return changes_ != seen; });
  --waiting_;
}

}  // namespace pasid::engine::detail
