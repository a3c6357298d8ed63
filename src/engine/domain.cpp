// Domains and the RID (iommu_setup_default_domain(), __iommu_take_dma_ownership(); Linux 7.3).
#include <algorithm>

#include "src/engine/attach.hpp"

namespace pasid::engine {

namespace detail {
namespace {

/// A driver of the group holds a number, or something is attached under one.
bool under_pasid(const Core& c, const GroupRecord& group) {
  const bool attached =
      std::any_of(group.slots.begin(), group.slots.end(), [](const auto& s) { return s.first != rid_pasid; });
  return attached || std::any_of(group.devices.begin(), group.devices.end(),
                                 [&c](std::uint32_t d) { return !c.devices[d].kernel_pasids.empty(); });
}

}  // namespace
}  // namespace detail

using namespace detail;

Result<AddressSpace> Engine::create_domain(const DomainConfig& config) noexcept {
  return core_->call([&]() -> Result<AddressSpace> {
    if (config.kind != Kind::kernel_dma && config.kind != Kind::pass_through && config.kind != Kind::user_managed)
      return {{Error::einval}};
    if (!Core::root_is_valid(config.first_stage_root) || !Core::root_is_valid(config.second_stage_root) ||
        config.translation < Translation::first_stage || config.translation > Translation::pass_through)
      return {{Error::einval}};
    if (config.translation == Translation::pass_through && config.kind != Kind::pass_through) return {{Error::einval}};
    AddressSpaceRecord a;
    a.kind = config.kind;
    a.translation = config.kind == Kind::pass_through ? Translation::pass_through : config.translation;
    if (a.translation == Translation::first_stage || a.translation == Translation::nested)
      a.first_stage_root = config.first_stage_root;
    if (a.translation == Translation::second_stage || a.translation == Translation::nested)
      a.second_stage_root = config.second_stage_root;
    core_->spaces.reserve_one();
    if (a.kind != Kind::pass_through) {
      const std::optional<Pasid> id = core_->domain_ids.allocate();
      if (!id) return {{Error::enospc}};
      a.domain_id = static_cast<std::uint16_t>(*id);
    }
    return {{}, core_->space_id(core_->spaces.insert(std::move(a)))};
  });
}

Status Engine::destroy_domain(AddressSpace domain) noexcept {
  return core_->call([&]() -> Status {
    const AddressSpaceRecord* const a = core_->find(domain);
    if (a == nullptr) return {Error::bad_handle};
    if (a->kind == Kind::mm) return {Error::misuse};
    if (a->attached > 0 || a->held > 0 || a->work > 0) return {Error::ebusy};
    if (a->domain_id != default_domain_id) core_->domain_ids.free(a->domain_id);
    core_->spaces.erase(domain.index);
    return {};
  });
}

Status Engine::attach_rid(Group group, AddressSpace domain) noexcept {
  return core_->call([&]() -> Status {
    Core& c = *core_;
    GroupRecord* const g = c.find(group);
    const AddressSpaceRecord* const a = c.find(domain);
    if (g == nullptr || a == nullptr) return {Error::bad_handle};
    if (!is_kernel(a->kind)) return {Error::misuse};
    const auto number = static_cast<std::uint32_t>(group);
    const SlotRecord* const s = c.slot(number, rid_pasid);
    if (s == nullptr) {
      if (c.in_recovery(*g)) return {Error::ebusy};
      c.reserve_slot(number, rid_pasid, domain.index).published = true;
      for (const std::uint32_t d : g->devices) c.set_entry(c.devices[d], rid_pasid, domain.index);
      return {};
    }
    if (s->attached == domain.index) return {Error::misuse};
    if (g->lock != 0 || c.work_in_flight(*g, rid_pasid, any_kind)) return {Error::would_block};
    if (c.rid_change == RidChange::refused && under_pasid(c, *g)) return {Error::eperm};
    if (c.in_recovery(*g)) return {Error::ebusy};
    return {Error::ok, c.start_change(number, rid_pasid, {Job::replace, nothing, domain.index})};
  });
}

}  // namespace pasid::engine
