// Reset of a device (pci_dev_reset_iommu_prepare(), pci_dev_reset_iommu_done(); Linux 7.x).
#include "src/engine/core.hpp"

namespace pasid::engine {

using namespace detail;

namespace {

/// The device has forgotten what it was doing.
void start_reset(Core& c, std::uint32_t device) {
  c.works.each([&](std::uint32_t w, const WorkRecord& work) {
    if (work.device == device) c.forget_work(w);
  });
  c.devices[device].resetting = true;
}

/// What the group's array has is in the device's table again.
void put_back(Core& c, DeviceRecord& device) {
  for (const auto& [p, s] : c.groups[device.group].slots)
    if (device.max_pasids > 0 || p == rid_pasid) c.set_entry(device, p, s.attached);
}

}  // namespace

Status Engine::begin_reset(Device device) noexcept {
  return core_->call([&]() -> Status {
    Core& c = *core_;
    DeviceRecord* const d = c.find(device);
    if (d == nullptr) return {Error::bad_handle};
    if (d->resetting) return {Error::misuse};
    const auto number = static_cast<std::uint32_t>(device);
    if (!d->ats) {
      start_reset(c, number);
      return {};
    }
    GroupRecord& group = c.groups[d->group];
    if (group.lock != 0) return {Error::would_block};
    // To block a PASID is to take it off the table, which waits for its page requests.
    for (const PageRequest& r : d->requests)
      if (group.slots.find(r.pasid) != group.slots.end()) return {Error::would_block};
    Spare spare = make_spare(group.slots.size(), group.slots.size());
    Operation& op = spare.front();
    op.subject = number;
    op.group = d->group;
    for (const auto& [p, s] : group.slots) {
      op.targets.push_back(c.target(d->group, p, s.attached));
      op.targets.back().device = number;
    }
    start_reset(c, number);
    const Ticket ticket = c.start(spare, Job::reset);
    return {Error::ok, group.lock = ticket};
  });
}

Status Engine::end_reset(Device device) noexcept {
  return core_->call([&]() -> Status {
    Core& c = *core_;
    DeviceRecord* const d = c.find(device);
    if (d == nullptr) return {Error::bad_handle};
    if (!d->resetting) return {Error::misuse};
    const bool blocked = d->blocked();
    if (blocked && c.groups[d->group].lock != 0) return {Error::would_block};
    d->resetting = false;
    if (blocked) put_back(c, *d);
    return {};
  });
}

}  // namespace pasid::engine
