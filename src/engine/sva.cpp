// Binding an mm to a device and the way back (iommu_sva_bind_device(), iommu_sva_unbind_device(); Linux 7.3).
#include "src/engine/sva.hpp"

namespace pasid::engine {

namespace detail {

void Core::erase_bond(std::uint32_t bond) noexcept {
  const std::uint32_t mm = bonds[bond].mm;
  bonds.erase(bond);
  --spaces[mm].bonds;
  drop_unreferenced(mm);
}

namespace {

/// What users may be handed for the device; it has PASIDs.
Range reach(const Core& c, const DeviceRecord& device) { return {c.user_range.first, device.max_pasids - 1}; }

/// The guards of iommu_alloc_mm_data().
Error number_refusal(Core& c, const AddressSpaceRecord& m, const DeviceRecord& device) {
  if (m.lam) return Error::ebusy;
  if (m.pasid) return *m.pasid >= device.max_pasids ? Error::eoverflow : Error::ok;
  if (!c.host->may_allocate(Allocation::mm_data)) return Error::enomem;
  return device.max_pasids == 0 || !c.users->any(reach(c, device)) ? Error::enospc : Error::ok;
}

/// iommu_alloc_mm_data(): the number that the mm has or gets.
Result<Pasid> number_for(Core& c, std::uint32_t mm, const DeviceRecord& device) {
  AddressSpaceRecord& m = c.spaces[mm];
  if (const Error e = number_refusal(c, m, device); e != Error::ok) return {{e}};
  if (m.pasid) return {{}, *m.pasid};
  const std::optional<Pasid> p = c.users->allocate(reach(c, device));
  if (!p) return {{Error::enospc}};
  try {
    c.owner.emplace(*p, mm);
  } catch (const std::bad_alloc&) {
    c.users->free(*p);
    throw;
  }
  m.pasid = p;
  return {{}, *p};
}

/// The guards of a bond that is the first of its (group, mm).
Error refusal(Core& c, const DeviceRecord& device, Pasid p) {
  const GroupRecord& group = c.groups[device.group];
  if (c.slot(device.group, p) != nullptr) return Error::ebusy;
  if (!c.host->may_allocate(Allocation::handle)) return Error::enomem;
  if (!c.units[device.unit].svm) return Error::enodev;
  if (!device.ats) return Error::einval;
  if (c.in_recovery(group)) return Error::ebusy;
  if (!c.fits(group, p)) return Error::einval;
  if (!c.host->may_allocate(Allocation::slot)) return Error::enomem;
  return Error::ok;
}

/// A bond of its mm; not attached yet, and no client of its queue.
std::uint32_t new_bond(Core& c, std::uint32_t mm, std::uint32_t queue, Pasid p) {
  BondRecord b;
  b.mm = mm;
  b.queue = queue;
  b.pasid = p;
  b.close = make_spare(1, c.groups[c.devices[c.queues[queue].device].group].devices.size());
  const std::uint32_t bond = c.bonds.insert(std::move(b));
  ++c.spaces[mm].bonds;
  return bond;
}

Operation& aimed(Core& c, std::uint32_t bond) {
  BondRecord& b = c.bonds[bond];
  const std::uint32_t group = c.devices[c.queues[b.queue].device].group;
  Operation& op = b.close.front();
  op.subject = bond;
  op.group = group;
  op.pasid = b.pasid;
  op.targets.push_back(c.target(group, b.pasid, b.mm));
  return op;
}

/// The error path after a slot was reserved: what was programmed is torn down.
Ticket undo(Core& c, std::uint32_t bond) {
  const std::uint32_t group = aimed(c, bond).group;
  BondRecord& b = c.bonds[bond];
  if (!c.any_entry(c.groups[group], b.pasid)) {
    c.erase_slot(group, b.pasid);
    c.erase_bond(bond);
    return 0;
  }
  b.at = Step::opening;
  ++c.spaces[b.mm].opening;
  const Ticket ticket = c.start(b.close, Job::undo_bind);
  return c.sva_lock = c.groups[group].lock = ticket;
}

/// The queue is opened (idxd_wq_set_pasid(), idxd_wq_get()).
void take_client(QueueRecord& q, Pasid p) {
  if (!q.shared) q.pasid = p;
  ++q.clients;
}

/// iommu_sva_bind_device(); the number is the mm's from number_for() on, whatever follows.
Result<BondId> bind(Core& c, std::uint32_t mm, std::uint32_t queue) {
  QueueRecord& q = c.queues[queue];
  const DeviceRecord& device = c.devices[q.device];
  const Result<Pasid> p = number_for(c, mm, device);
  if (!p) return {{p.error}};
  SlotRecord* s = c.slot(device.group, p.value);
  const bool shared = s != nullptr && s->attached == mm;
  if (!shared)
    if (const Error e = refusal(c, device, p.value); e != Error::ok) return {{e}};
  const std::uint32_t bond = new_bond(c, mm, queue, p.value);
  if (!shared) {
    try {
      s = &c.reserve_slot(device.group, p.value, mm);
    } catch (const std::bad_alloc&) {
      c.erase_bond(bond);
      throw;
    }
    s->bonds = 1;
    if (const Error e = c.program(device.group, p.value, mm); e != Error::ok) return {{e, undo(c, bond)}};
    s->published = true;
  } else {
    ++s->bonds;
  }
  take_client(q, p.value);
  return {{}, c.id<BondTag>(c.bonds, bond)};
}

/// The group's slot is wanted and somebody changes the group.
bool group_busy(Core& c, const AddressSpaceRecord& m, std::uint32_t mm, std::uint32_t group) {
  if (c.groups[group].lock == 0) return false;
  const SlotRecord* const s = m.pasid ? c.slot(group, *m.pasid) : nullptr;
  return s == nullptr || s->attached != mm;
}

}  // namespace

Status close_bond(Core& c, BondId id) noexcept {
  BondRecord* const b = c.find(id);
  if (b == nullptr || b->close.empty()) return {Error::bad_handle};
  const std::uint32_t device = c.queues[b->queue].device;
  const GroupRecord& group = c.groups[c.devices[device].group];
  const bool last = c.slot(c.devices[device].group, b->pasid)->bonds == 1;
  if (b->portal || c.undrained(*b) || c.sva_lock != 0 || group.lock != 0 ||
      (last && c.page_request_queued(group, b->pasid)))
    return {Error::would_block};
  return release_bond(c, id);
}

Status release_bond(Core& c, BondId id) noexcept {
  BondRecord* const b = c.find(id);
  if (b == nullptr || b->close.empty()) return {Error::bad_handle};
  aimed(c, id.index);
  return {Error::ok, c.start(b->close, Job::unbind)};
}

}  // namespace detail

using namespace detail;

Result<Bond> Engine::open(Thread thread, Queue queue) noexcept {
  const Result<BondId> made = core_->call([&]() -> Result<BondId> {
    Core& c = *core_;
    const ThreadRecord* const t = c.find(thread);
    const QueueRecord* const q = c.find(queue);
    if (t == nullptr || q == nullptr) return {{Error::bad_handle}};
    if (q->kernel || q->disabled) return {{Error::misuse}};
    if (c.sva_lock != 0) return {{Error::would_block}};
    if (!q->shared && q->clients > 0) return {{Error::ebusy}};
    const AddressSpaceRecord& m = c.spaces[t->mm];
    if (group_busy(c, m, t->mm, c.devices[q->device].group)) {
      // It waits after it has got its number; nothing is done here until it need not.
      const Error e = number_refusal(c, m, c.devices[q->device]);
      return {{e != Error::ok ? e : Error::would_block}};
    }
    return bind(c, t->mm, static_cast<std::uint32_t>(queue));
  });
  return {made, made ? Bond(core_, made.value) : Bond()};
}

}  // namespace pasid::engine
