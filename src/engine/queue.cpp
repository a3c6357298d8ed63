// Work queues: portals, submission, page requests (drivers/dma/idxd; Linux 7.3).
#include <algorithm>

#include "src/engine/core.hpp"

namespace pasid::engine {

namespace detail {

bool Core::undrained(const BondRecord& b) noexcept {
  const QueueRecord& q = queues[b.queue];
  if (!q.shared) return q.work > 0;
  bool found = false;
  works.each(
      [&](std::uint32_t, const WorkRecord& w) { found = found || (w.pasid == b.pasid && w.device == q.device); });
  return found;
}

bool Core::work_in_flight(const GroupRecord& group, Pasid p, bool (*of)(Kind)) noexcept {
  bool found = false;
  works.each([&](std::uint32_t, const WorkRecord& w) {
    found = found || (&groups[devices[w.device].group] == &group && w.pasid == p && of(spaces[w.from].kind));
  });
  return found;
}

bool Core::page_request_queued(const GroupRecord& group, Pasid p) const noexcept {
  return std::any_of(group.devices.begin(), group.devices.end(), [&](std::uint32_t d) {
    return std::any_of(devices[d].requests.begin(), devices[d].requests.end(),
                       [p](const PageRequest& r) { return r.pasid == p; });
  });
}

Result<Work> Core::submit(std::uint32_t queue, Pasid p, std::uint32_t from, std::uint32_t owner_of_p) {
  const std::uint32_t work = works.insert({queue, queues[queue].device, p, from, owner_of_p});
  ++queues[queue].work;
  ++spaces[from].work;
  return {{}, id<WorkTag>(works, work)};
}

void Core::forget_work(std::uint32_t work) noexcept {
  --queues[works[work].queue].work;
  --spaces[works[work].from].work;
  works.erase(work);
}

namespace {

bool reaches(const ThreadRecord& t, const BondRecord& b) { return b.portal && b.mm == t.mm; }

/// A shared queue takes another piece of work.
bool accepts(Core& c, std::uint32_t queue) {
  const QueueRecord& q = c.queues[queue];
  return !q.disabled && (q.size == 0 || q.work < q.size) && c.host->accepts(Queue{queue});
}

/// A call of open() on the queue still works on it, and has its lock (wq_lock).
bool being_opened(Core& c, std::uint32_t queue) {
  bool found = false;
  c.bonds.each(
      [&](std::uint32_t, const BondRecord& b) { found = found || (b.queue == queue && b.at == Step::opening); });
  return found;
}

/// A posted store to a dedicated queue, whose number need not be that of whoever stores.
Result<Work> store(Core& c, std::uint32_t queue, std::uint32_t from) {
  const QueueRecord& q = c.queues[queue];
  if (!q.pasid) return c.submit(queue, rid_pasid, from, from);
  return c.submit(queue, *q.pasid, from, c.slot(c.devices[q.device].group, *q.pasid)->attached);
}

/// The request that this work waits for.
auto request_of(Core& c, const WorkRecord& w) {
  auto& requests = c.devices[w.device].requests;
  return std::find_if(requests.begin(), requests.end(),
                      [&w](const PageRequest& r) { return r.pasid == w.pasid && r.owner == w.owner; });
}

/// A call on a bond by a thread.
template <class Answer, class Text>
Answer with(Core& c, Thread thread, BondId bond, Text text) {
  return c.call([&]() -> Answer {
    ThreadRecord* const t = c.find(thread);
    BondRecord* const b = c.find(bond);
    Answer refused{};
    refused.error = Error::bad_handle;
    if (t == nullptr || b == nullptr) return refused;
    return text(*t, *b);
  });
}

}  // namespace
}  // namespace detail

using namespace detail;

Status Engine::map_portal(Thread thread, BondId bond) noexcept {
  return with<Status>(*core_, thread, bond, [](ThreadRecord& t, BondRecord& b) -> Status {
    if (b.at != Step::live || b.close.empty() || (b.portal && b.mm == t.mm)) return {Error::misuse};
    if (b.mm != t.mm) return {Error::eperm};
    b.portal = true;
    return {};
  });
}

Status Engine::unmap_portal(Thread thread, BondId bond) noexcept {
  return with<Status>(*core_, thread, bond, [](ThreadRecord& t, BondRecord& b) -> Status {
    if (!reaches(t, b)) return {Error::misuse};
    b.portal = false;
    return {};
  });
}

Status Engine::disable(Queue queue) noexcept {
  return core_->call([&]() -> Status {
    QueueRecord* const q = core_->find(queue);
    if (q == nullptr) return {Error::bad_handle};
    if (q->disabled) return {Error::misuse};
    if (q->work > 0 || being_opened(*core_, static_cast<std::uint32_t>(queue))) return {Error::would_block};
    q->disabled = true;
    if (core_->queue_disable == QueueDisable::keeps) return {};
    q->pasid.reset();
    q->clients = 0;
    return {};
  });
}

Status Engine::enable(Queue queue) noexcept {
  return core_->call([&]() -> Status {
    QueueRecord* const q = core_->find(queue);
    if (q == nullptr) return {Error::bad_handle};
    if (!q->disabled) return {Error::ebusy};
    const DeviceRecord& d = core_->devices[q->device];
    const bool kernel_pasid = !d.kernel_pasids.empty();
    if (q->kernel && q->shared && !kernel_pasid) return {Error::enxio};
    if (q->kernel && !q->shared && kernel_pasid && !d.privileged) return {Error::enxio};
    q->disabled = false;
    return {};
  });
}

Result<Work> Engine::enqcmd(Thread thread, BondId bond) noexcept {
  return with<Result<Work>>(*core_, thread, bond, [this](ThreadRecord& t, BondRecord& b) -> Result<Work> {
    if (!reaches(t, b) || !core_->queues[b.queue].shared) return {{Error::misuse}};
    if (!t.msr) return {{Error::gp_fault}};
    if (!accepts(*core_, b.queue)) return {{Error::eagain}};
    return core_->submit(b.queue, *t.msr, t.mm, t.mm);
  });
}

Result<Work> Engine::movdir64b(Thread thread, BondId bond) noexcept {
  return with<Result<Work>>(*core_, thread, bond, [this](ThreadRecord& t, BondRecord& b) -> Result<Work> {
    const QueueRecord& q = core_->queues[b.queue];
    if (!reaches(t, b) || q.shared || q.disabled) return {{Error::misuse}};
    return store(*core_, b.queue, t.mm);
  });
}

Result<Work> Engine::write(Thread thread, BondId bond) noexcept {
  return with<Result<Work>>(*core_, thread, bond, [this](ThreadRecord& t, BondRecord& b) -> Result<Work> {
    const QueueRecord& q = core_->queues[b.queue];
    if (b.at != Step::live || b.close.empty()) return {{Error::misuse}};
    if (q.disabled) return {{Error::misuse}};
    if (b.mm != t.mm) return {{Error::eperm}};
    if (!q.shared) return store(*core_, b.queue, t.mm);
    if (!accepts(*core_, b.queue)) return {{Error::eagain}};
    return core_->submit(b.queue, b.pasid, t.mm, b.mm);
  });
}

Status Engine::finish(Work work) noexcept {
  return core_->call([&]() -> Status {
    const WorkRecord* const w = core_->find(work);
    if (w == nullptr) return {Error::bad_handle};
    const DeviceRecord& device = core_->devices[w->device];
    const bool stopped = request_of(*core_, *w) != device.requests.end();
    if (stopped && device.table->meaning(w->pasid) != nothing) return {Error::would_block};
    core_->forget_work(work.index);
    return {};
  });
}

Status Engine::raise_page_request(Work work) noexcept {
  return core_->call([&]() -> Status {
    const WorkRecord* const w = core_->find(work);
    if (w == nullptr) return {Error::bad_handle};
    DeviceRecord& device = core_->devices[w->device];
    const std::uint32_t a = device.table->meaning(w->pasid);
    if (a == nothing || core_->spaces[a].kind != Kind::mm) return {Error::misuse};
    if (request_of(*core_, *w) != device.requests.end()) return {Error::would_block};
    device.requests.push_back({w->pasid, w->owner});
    return {};
  });
}

Result<AddressSpace> Engine::resolve_page_request(Device device, Pasid pasid) noexcept {
  return core_->call([&]() -> Result<AddressSpace> {
    DeviceRecord* const d = core_->find(device);
    if (d == nullptr) return {{Error::bad_handle}};
    const auto request = std::find_if(d->requests.begin(), d->requests.end(),
                                      [pasid](const PageRequest& r) { return r.pasid == pasid; });
    if (request == d->requests.end()) return {{Error::misuse}};
    d->requests.erase(request);
    const SlotRecord* const s = core_->slot(d->group, pasid);
    if (s == nullptr || !s->published) return {};
    const AddressSpaceRecord& a = core_->spaces[s->attached];
    const bool in_use = a.kind == Kind::mm && a.at == Step::live;
    return {{}, in_use ? core_->space_id(s->attached) : AddressSpace{}};
  });
}

}  // namespace pasid::engine
