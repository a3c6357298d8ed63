// Kernel DMA under a PASID: a driver gets a number for its device's domain, and attaches it beside the RID
// (idxd_enable_system_pasid(), idxd_disable_system_pasid(), f5ccf55e1028; Linux 7.3).
#include <algorithm>

#include "src/engine/attach.hpp"

namespace pasid::engine {

namespace detail {

std::optional<Pasid> Core::kernel_pasid(std::uint32_t device, std::uint32_t domain) const noexcept {
  for (const auto& [d, p] : devices[device].kernel_pasids)
    if (d == domain) return p;
  return std::nullopt;
}

void Core::hold_kernel_number(std::uint32_t device, std::uint32_t domain, Pasid p) {
  auto& held = devices[device].kernel_pasids;
  held.reserve(held.size() + 1);
  if (!groups[devices[device].group].kernel_numbers) owner.emplace(p, domain);
  held.emplace_back(domain, p);
  ++spaces[domain].held;
}

void Core::hand_kernel_number(std::uint32_t device, std::uint32_t old, std::uint32_t domain) noexcept {
  for (auto& [holder, p] : devices[device].kernel_pasids) {
    if (holder != old) continue;
    holder = domain;
    if (!groups[devices[device].group].kernel_numbers) owner.find(p)->second = domain;
  }
  --spaces[old].held;
  ++spaces[domain].held;
}

void Core::free_kernel_number(std::uint32_t device, std::uint32_t domain) noexcept {
  const GroupRecord& group = groups[devices[device].group];
  const Pasid p = *kernel_pasid(device, domain);
  if (!group.kernel_numbers) owner.erase(p);
  kernel_numbers(group).free(p);
  std::erase_if(devices[device].kernel_pasids, [domain](const auto& h) { return h.first == domain; });
  --spaces[domain].held;
}

namespace {

/// The RID's domain by now, or the one that is being put into its place: what software has, also while a reset keeps it
/// out of the table (iommu_get_domain_for_dev()).
bool is_domain_of_rid(Core& c, const DeviceRecord& d, std::uint32_t domain) {
  const SlotRecord* const s = c.slot(d.group, rid_pasid);
  return s != nullptr && s->attached == domain;
}

/// Under the number held for the domain; where that fails, the number is given back, at the latest by the undoing.
Status attach_held(Core& c, std::uint32_t device, std::uint32_t domain, Pasid p) {
  const std::uint32_t group = c.devices[device].group;
  Status answer;
  answer.error = slot_refusal(c, group, p);
  if (answer.error == Error::ok) try {
      const Ticket before = c.groups[group].lock;
      answer = attach(c, group, p, domain, Job::detach_kernel, device);
      if (answer || c.groups[group].lock != before) return answer;
    } catch (const std::bad_alloc&) {
      answer.error = Error::enomem;
    }
  c.free_kernel_number(device, domain);
  return answer;
}

}  // namespace
}  // namespace detail

using namespace detail;

Result<Pasid> Engine::attach_kernel_dma(Device device, AddressSpace domain) noexcept {
  return core_->call([&]() -> Result<Pasid> {
    Core& c = *core_;
    const DeviceRecord* const d = c.find(device);
    const AddressSpaceRecord* const a = c.find(domain);
    if (d == nullptr || a == nullptr) return {{Error::bad_handle}};
    const auto number = static_cast<std::uint32_t>(device);
    if (!is_kernel(a->kind) || c.kernel_pasid(number, domain.index)) return {{Error::misuse}};
    const GroupRecord& group = c.groups[d->group];
    if (!is_domain_of_rid(c, *d, domain.index)) return {{Error::eperm}};
    if (d->max_pasids == 0) return {{Error::enospc}};
    const Range reach{c.kernel_range.first, std::min(c.kernel_range.last, d->max_pasids - 1)};
    // It waits after it has got its number; nothing is done here until it need not.
    if (group.lock != 0) return {{c.kernel_numbers(group).any(reach) ? Error::would_block : Error::enospc}};
    const std::optional<Pasid> p = c.kernel_numbers(group).allocate(reach);
    if (!p) return {{Error::enospc}};
    try {
      c.hold_kernel_number(number, domain.index, *p);
    } catch (const std::bad_alloc&) {
      c.kernel_numbers(group).free(*p);
      throw;
    }
    return {attach_held(c, number, domain.index, *p), *p};
  });
}

Status Engine::detach_kernel_dma(Device device, AddressSpace domain) noexcept {
  return core_->call([&]() -> Status {
    Core& c = *core_;
    const DeviceRecord* const d = c.find(device);
    if (d == nullptr || c.find(domain) == nullptr) return {Error::bad_handle};
    const auto number = static_cast<std::uint32_t>(device);
    const std::optional<Pasid> p = c.kernel_pasid(number, domain.index);
    if (!p) return {Error::misuse};
    const GroupRecord& group = c.groups[d->group];
    if (group.lock != 0 || c.work_in_flight(group, *p, is_kernel)) return {Error::would_block};
    return {Error::ok, c.start_change(d->group, *p, {Job::detach_kernel, number})};
  });
}

Status Engine::replace_kernel_dma(Device device, AddressSpace old, AddressSpace domain) noexcept {
  return core_->call([&]() -> Status {
    Core& c = *core_;
    const DeviceRecord* const d = c.find(device);
    const AddressSpaceRecord* const a = c.find(domain);
    if (d == nullptr || a == nullptr || c.find(old) == nullptr) return {Error::bad_handle};
    const auto number = static_cast<std::uint32_t>(device);
    const std::optional<Pasid> p = c.kernel_pasid(number, old.index);
    const GroupRecord& group = c.groups[d->group];
    if (!p || !is_kernel(a->kind) || c.kernel_pasid(number, domain.index)) return {Error::misuse};
    if (group.lock != 0) return {Error::would_block};
    if (!is_domain_of_rid(c, *d, domain.index)) return {Error::misuse};
    if (c.work_in_flight(group, *p, is_kernel)) return {Error::would_block};
    if (c.in_recovery(group)) return {Error::ebusy};
    c.hand_kernel_number(number, old.index, domain.index);
    return {Error::ok, c.start_change(d->group, *p, {Job::replace, number, domain.index})};
  });
}

Result<Work> Engine::submit_kernel(Queue queue, AddressSpace domain) noexcept {
  return core_->call([&]() -> Result<Work> {
    Core& c = *core_;
    const QueueRecord* const q = c.find(queue);
    if (q == nullptr || c.find(domain) == nullptr) return {{Error::bad_handle}};
    const std::optional<Pasid> p = c.kernel_pasid(q->device, domain.index);
    if (!q->kernel || !p) return {{Error::misuse}};
    if (!c.slot(c.devices[q->device].group, *p)->published) return {{Error::would_block}};
    if (q->disabled) return {{Error::misuse}};
    if (q->shared && ((q->size > 0 && q->work >= q->size) || !c.host->accepts(queue))) return {{Error::eagain}};
    return c.submit(static_cast<std::uint32_t>(queue), *p, domain.index, domain.index);
  });
}

}  // namespace pasid::engine
