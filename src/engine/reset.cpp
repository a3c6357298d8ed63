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
    const GroupRecord& group = c.groups[d->group];
    const bool blocked = d->blocked();
    if (blocked && group.lock != 0) return {Error::would_block};
    d->resetting = false;
    for (const auto& [p, s] : group.slots)
      if (blocked && (d->max_pasids > 0 || p == rid_pasid)) c.set_entry(*d, p, s.attached);
    return {};
  });
}

}  // namespace pasid::engine
