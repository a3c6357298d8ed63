// What every attachment has in common: the group's slot, and its devices' entries (iommu_attach_device_pasid(),
// __iommu_set_group_pasid(), intel_pasid_setup_first_level(); Linux 7.3).
#include "src/engine/attach.hpp"

#include <algorithm>

namespace pasid::engine::detail {

SlotRecord* Core::slot(std::uint32_t group, Pasid p) noexcept {
  const auto found = groups[group].slots.find(p);
  return found == groups[group].slots.end() ? nullptr : &found->second;
}

bool Core::in_recovery(const GroupRecord& group) const noexcept {
  return std::any_of(group.devices.begin(), group.devices.end(),
                     [this](std::uint32_t d) { return devices[d].blocked(); });
}

/// p is below the max_pasids of every device of the group that has PASIDs.
bool Core::fits(const GroupRecord& group, Pasid p) const noexcept {
  return std::all_of(group.devices.begin(), group.devices.end(),
                     [this, p](std::uint32_t d) { return devices[d].max_pasids == 0 || p < devices[d].max_pasids; });
}

SlotRecord& Core::reserve_slot(std::uint32_t group, Pasid p, std::uint32_t a) {
  SlotRecord record;
  record.attached = a;
  if (spaces[a].kind != Kind::mm) record.change = make_spare(1, groups[group].devices.size());
  SlotRecord& placed = groups[group].slots.emplace(p, std::move(record)).first->second;
  ++spaces[a].attached;
  return placed;
}

void Core::erase_slot(std::uint32_t group, Pasid p) noexcept {
  --spaces[slot(group, p)->attached].attached;
  groups[group].slots.erase(p);
}

void Core::set_entry(DeviceRecord& device, Pasid p, std::uint32_t a) noexcept {
  const AddressSpaceRecord& space = spaces[a];
  const UnitConfig& unit = units[device.unit];
  Entry e;
  e.present = true;
  e.address_width = static_cast<std::uint8_t>(unit.levels - 2);
  e.translation = space.kind == Kind::pass_through ? Translation::pass_through : space.translation;
  e.second_stage_root = space.second_stage_root;
  e.first_stage_root = space.first_stage_root;
  e.domain_id = space.domain_id;
  e.page_walk_snoop = unit.snoops_page_tables;
  e.first_stage_levels = e.translation == Translation::first_stage ? static_cast<std::uint8_t>(unit.levels) : 4;
  device.table->set(p, encode(e), a);
}

Error Core::program(std::uint32_t group, Pasid p, std::uint32_t a) noexcept {
  Allocation memory = Allocation::table;
  for (const std::uint32_t d : groups[group].devices) {
    if (devices[d].max_pasids == 0) continue;
    // intel_svm_set_dev_pasid() asks what the bind has asked of its own device.
    if (spaces[a].kind == Kind::mm && !devices[d].ats) return Error::einval;
    // intel_pasid_setup_first_level(): a table that cannot grow has no entry to give.
    if (!host->may_allocate(memory) || !devices[d].table->reserve(p, *host)) return Error::enodev;
    set_entry(devices[d], p, a);
    memory = Allocation::later_table;
  }
  return Error::ok;
}

bool Core::any_entry(const GroupRecord& group, Pasid p) const noexcept {
  return std::any_of(group.devices.begin(), group.devices.end(),
                     [this, p](std::uint32_t d) { return devices[d].table->meaning(p) != nothing; });
}

Error slot_refusal(Core& c, std::uint32_t group, Pasid p) {
  if (c.in_recovery(c.groups[group])) return Error::ebusy;
  if (!c.fits(c.groups[group], p)) return Error::einval;
  if (c.slot(group, p) != nullptr) return Error::ebusy;
  if (!c.host->may_allocate(Allocation::slot)) return Error::enomem;
  return Error::ok;
}

Status attach(Core& c, std::uint32_t group, Pasid p, std::uint32_t a, Job undo, std::uint32_t device) {
  SlotRecord& s = c.reserve_slot(group, p, a);
  const Error e = c.program(group, p, a);
  if (e == Error::ok) {
    s.published = true;
    return {};
  }
  if (c.any_entry(c.groups[group], p)) return {e, c.start_change(group, p, {undo, device})};
  c.erase_slot(group, p);
  return {e};
}

}  // namespace pasid::engine::detail
