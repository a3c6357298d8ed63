// Numbers that user space chooses for page tables of its own, without asking the allocator (iommufd_device_attach(),
// iommu_attach_device_pasid(), 8a9e1e773f60; Linux 7.3).
#include "src/engine/attach.hpp"

namespace pasid::engine {

using namespace detail;

Status Engine::attach_user(Device device, Pasid pasid, AddressSpace table) noexcept {
  return core_->call([&]() -> Status {
    Core& c = *core_;
    const DeviceRecord* const d = c.find(device);
    const AddressSpaceRecord* const a = c.find(table);
    if (d == nullptr || a == nullptr) return {Error::bad_handle};
    if (a->kind != Kind::user_managed) return {Error::misuse};
    if (c.groups[d->group].lock != 0) return {Error::would_block};
    if (pasid == rid_pasid) return {Error::einval};
    if (const Error e = slot_refusal(c, d->group, pasid); e != Error::ok) return {e};
    return attach(c, d->group, pasid, table.index, Job::detach, nothing);
  });
}

Status Engine::detach_user(Device device, Pasid pasid, AddressSpace table) noexcept {
  return core_->call([&]() -> Status {
    Core& c = *core_;
    const DeviceRecord* const d = c.find(device);
    const AddressSpaceRecord* const a = c.find(table);
    if (d == nullptr || a == nullptr) return {Error::bad_handle};
    const SlotRecord* const s = c.slot(d->group, pasid);
    if (a->kind != Kind::user_managed || s == nullptr || s->attached != table.index) return {Error::misuse};
    const GroupRecord& group = c.groups[d->group];
    if (group.lock != 0 || c.work_in_flight(group, pasid, is_user_managed)) return {Error::would_block};
    return {Error::ok, c.start_change(d->group, pasid, {Job::detach})};
  });
}

Status Engine::replace_user(Device device, Pasid pasid, AddressSpace table) noexcept {
  return core_->call([&]() -> Status {
    Core& c = *core_;
    const DeviceRecord* const d = c.find(device);
    const AddressSpaceRecord* const a = c.find(table);
    if (d == nullptr || a == nullptr) return {Error::bad_handle};
    const SlotRecord* const s = c.slot(d->group, pasid);
    if (a->kind != Kind::user_managed || (s != nullptr && s->attached == table.index)) return {Error::misuse};
    // iommufd_device_do_replace(): only what it has attached itself, and that before the core is asked.
    if (s == nullptr || !is_user_managed(c.spaces[s->attached].kind)) return {Error::einval};
    const GroupRecord& group = c.groups[d->group];
    if (group.lock != 0 || c.work_in_flight(group, pasid, is_user_managed)) return {Error::would_block};
    if (c.in_recovery(group)) return {Error::ebusy};
    return {Error::ok, c.start_change(d->group, pasid, {Job::replace, nothing, table.index})};
  });
}

Result<Work> Engine::submit_user(Queue queue, Pasid pasid, AddressSpace table) noexcept {
  return core_->call([&]() -> Result<Work> {
    Core& c = *core_;
    const QueueRecord* const q = c.find(queue);
    const AddressSpaceRecord* const a = c.find(table);
    if (q == nullptr || a == nullptr) return {{Error::bad_handle}};
    const SlotRecord* const s = c.slot(c.devices[q->device].group, pasid);
    if (a->kind != Kind::user_managed || s == nullptr || s->attached != table.index || q->disabled)
      return {{Error::misuse}};
    if (!s->published) return {{Error::would_block}};
    return c.submit(static_cast<std::uint32_t>(queue), pasid, table.index, table.index);
  });
}

}  // namespace pasid::engine
