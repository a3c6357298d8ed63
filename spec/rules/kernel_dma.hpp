// Kernel DMA under a PASID: a driver gives its device's DMA domain a PASID beside the RID, and takes it back.
#pragma once

#include <cerrno>

#include "spec/effects.hpp"

namespace pasid::spec::kernel_dma {

/// The group's RID gets its first domain: when the bus probes it, or when an owner attaches one of its own. The first
/// of these may not fail, but no device that is probed is being reset.
template <class A>
void attach_rid(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Group> g, Val<A, As> domain) {
  r.cites(
      "iommu_setup_default_domain(), iommu_attach_group(), __iommu_group_set_domain_internal(); drivers/iommu/iommu.c; Linux 7.3");
  const auto rid = f.rid_pasid();
  GIVEN(dma_domain<A>(f, domain) && s.slot(g, rid) == none, "rid_attach.first");
  REQUIRE(!in_recovery<A>(f, s, g), EBUSY, "rid_attach.no-reset");
  n.slot(g, rid) = domain;
  n.published(g, rid) = true;
  each<Dev>(r, [&](auto d) { when(r, f.group_of(d) == g, [&] { n.entry(d, rid) = domain; }); });
}

/// The RID's domain changes: the group is handed to another owner, or its default domain gets another type. Whoever has
/// something attached under a PASID, or holds a number, owns the group's DMA.
template <class A>
void change_rid(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Group> g, Val<A, As> old,
                Val<A, As> domain) {
  r.cites(
      "iommu_group_claim_dma_owner(), __iommu_take_dma_ownership(), iommu_group_store_type(); drivers/iommu/iommu.c; Linux 7.3");
  const auto rid = f.rid_pasid();
  const auto under_pasid =
      exists<Pasid>(f, [&](auto p) { return !(p == rid) && !(s.slot(g, p) == none); }) || exists<Dev>(f, [&](auto d) {
        return f.group_of(d) == g && exists<As>(f, [&](auto k) { return !(s.kernel_pasid(d, k) == none); });
      });
  const auto unfinished = exists<Desc>(f, [&](auto x) {
    return f.group_of(desc_dev<A>(f, s, x)) == g && s.desc_pasid(x) == rid && s.desc_touched(x) == none;
  });
  GIVEN(s.slot(g, rid) == old && dma_domain<A>(f, domain) && !(domain == old), "rid_change.other");
  AWAIT(!group_lock_held<A>(f, s, g) && !unfinished, "rid_change.work-finished");
  REQUIRE(f.rid_change() == RidChange::leaves || !under_pasid, EPERM, "rid_change.no-pasid-attached");
  REQUIRE(!in_recovery<A>(f, s, g), EBUSY, "rid_change.no-reset");
  effect::exchange<A>(r, f, s, n, g, rid, domain);
  effect::flush_all<A>(r, f, n, g, rid, old);
}

/// The driver gets a number for the RID's domain on its device, which iommu_get_domain_for_dev() gives also while the
/// device is being reset and does not use it. A device without PASIDs has room for none.
template <class A>
void alloc(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Dev> d, Val<A, As> domain,
           Val<A, Pasid> p) {
  r.cites("idxd_enable_system_pasid(), iommu_alloc_global_pasid() (f5ccf55e1028); drivers/dma/idxd/init.c; Linux 7.3");
  const auto space = f.kernel_space(d);
  const auto allowed = [&](auto q) { return f.kernel_set(d, q) && f.fits(d, q) && s.owner(space, q) == none; };
  GIVEN(dma_domain<A>(f, domain) && s.kernel_pasid(d, domain) == none, "kernel_alloc.none-held");
  REQUIRE(s.slot(f.group_of(d), f.rid_pasid()) == domain, EPERM, "kernel_alloc.domain-of-rid");
  REQUIRE(exists<Pasid>(f, allowed), ENOSPC, "kernel_alloc.pasid-free");
  CHOOSE(p, Pick::lowest_free, "kernel_alloc.pick-pasid", allowed);
  n.owner(space, p) = domain;
  n.kernel_pasid(d, domain) = p;
}

/// Supervisor SVA: init_mm is bound like a process's mm, so all devices share its one number.
template <class A>
void alloc_supervisor(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Dev> d, Val<A, As> domain,
                      Val<A, Pasid> p) {
  r.cites("idxd_enable_system_pasid() with SVM_FLAG_SUPERVISOR_MODE, intel_svm_bind(); Linux 5.15, 6.1");
  const auto space = f.kernel_space(d);
  const auto held = s.pasid_of(space, domain);
  const auto allowed = [&](auto q) { return f.kernel_set(d, q) && f.fits(d, q) && s.owner(space, q) == none; };
  GIVEN(f.kind(domain) == Kind::init_mm && s.kernel_pasid(d, domain) == none, "supervisor_alloc.none-held");
  REQUIRE(f.sva() == Switch::on, EOPNOTSUPP, "supervisor_alloc.sva-supported");
  REQUIRE(!exists<Dev>(f, [&](auto e) { return !(e == d) && f.group_of(e) == f.group_of(d); }), EINVAL,
          "supervisor_alloc.alone-in-group");
  REQUIRE(f.svm(f.unit_of(d)) && f.ats(d) && f.capable(d), ENODEV, "supervisor_alloc.sva-feature-enabled");
  REQUIRE(held == none || f.fits(d, held), EOVERFLOW, "supervisor_alloc.pasid-fits-device");
  REQUIRE(held == none || below_maximum<A>(f, d, held), EOVERFLOW, "supervisor_alloc.pasid-below-maximum");
  REQUIRE(!(held == none) || exists<Pasid>(f, allowed), ENOMEM, "supervisor_alloc.pasid-free");
  CHOOSE(p, Pick::lowest_free, "supervisor_alloc.pick-pasid",
         [&](auto q) { return q == held || (held == none && allowed(q)); });
  n.owner(space, p) = domain;
  n.pasid_of(space, domain) = p;
  n.kernel_pasid(d, domain) = p;
}

/// The slot is reserved for the domain under the number held for it; then the devices are programmed.
template <class A>
void reserve(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Dev> d, Val<A, As> domain,
             Val<A, Memory> memory, Val<A, Group> g) {
  r.cites("iommu_attach_device_pasid(); drivers/iommu/iommu.c; Linux 6.6, 7.3");
  const auto p = s.kernel_pasid(d, domain);
  AWAIT(g == f.group_of(d) && !(p == none) && !(s.slot(g, p) == domain), "kernel_attach.turn");
  AWAIT(!group_lock_held<A>(f, s, g), "kernel_attach.group-lock");
  REQUIRE(!in_recovery<A>(f, s, g), EBUSY, "kernel_attach.no-reset");
  REQUIRE(f.width_check() == Switch::off || fits_group<A>(f, g, p), EINVAL, "kernel_attach.pasid-fits-group");
  REQUIRE(f.occupancy_check() == Switch::off || s.slot(g, p) == none, EBUSY, "kernel_attach.slot-free");
  REQUIRE(memory != Memory::none_for_slot, ENOMEM, "kernel_attach.memory-for-slot");
  effect::reserve<A>(n, g, p, domain);
}

/// Every device of the group has its entry: the attachment counts.
template <class A>
void publish(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Dev> d, Val<A, As> domain) {
  r.cites("iommu_attach_device_pasid() publishing in group->pasid_array (5e9f822c9c68); Linux 7.3");
  const auto g = f.group_of(d);
  const auto p = s.kernel_pasid(d, domain);
  AWAIT(!(p == none) && s.slot(g, p) == domain && !s.published(g, p), "kernel_publish.reserved");
  AWAIT(programmed<A>(f, s, g, p, domain), "kernel_publish.devices-programmed");
  n.published(g, p) = true;
}

/// The kernel's own work under p on the group of d has come to an end.
template <class A>
Val<A, bool> quiesced(const Facts<A>& f, const State<A>& s, Val<A, Group> g, Val<A, Pasid> p) {
  return !exists<Desc>(f, [&](auto x) {
    return f.group_of(desc_dev<A>(f, s, x)) == g && s.desc_pasid(x) == p && s.desc_touched(x) == none &&
           is_kernel<A>(f, s.desc_from(x));
  });
}

/// The domain is detached: entries cleared, caches flushed, slot given up. The driver has quiesced its queues first.
template <class A>
void detach(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Dev> d, Val<A, As> domain) {
  r.cites("idxd_disable_system_pasid(), iommu_detach_device_pasid(); Linux 6.6, 7.3");
  const auto g = f.group_of(d);
  const auto p = s.kernel_pasid(d, domain);
  GIVEN(!(p == none) && s.slot(g, p) == domain && s.published(g, p), "kernel_detach.attached");
  AWAIT(!group_lock_held<A>(f, s, g), "kernel_detach.group-lock");
  AWAIT(quiesced<A>(f, s, g, p), "kernel_detach.work-finished");
  effect::tear_down<A>(r, f, n, g, p, domain);
}

/// The number goes over to the domain that the RID has by now: tear the old entry down, set the new one up.
template <class A>
void replace(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Dev> d, Val<A, As> old,
             Val<A, As> domain) {
  r.cites("iommu_replace_device_pasid(), domain_setup_first_level(): tear down, then set up (c3b1edea3791); Linux 7.3");
  const auto g = f.group_of(d);
  const auto p = s.kernel_pasid(d, old);
  GIVEN(!(p == none) && s.slot(g, p) == old && s.published(g, p), "kernel_replace.attached");
  GIVEN(s.slot(g, f.rid_pasid()) == domain && !(domain == old) && dma_domain<A>(f, domain) &&
            s.kernel_pasid(d, domain) == none,
        "kernel_replace.other-domain-of-rid");
  AWAIT(!group_lock_held<A>(f, s, g) && quiesced<A>(f, s, g, p), "kernel_replace.work-finished");
  REQUIRE(!in_recovery<A>(f, s, g), EBUSY, "kernel_replace.no-reset");
  effect::exchange<A>(r, f, s, n, g, p, domain);
  effect::flush_all<A>(r, f, n, g, p, old);
  n.owner(f.kernel_space(d), p) = domain;
  each<As>(r, [&](auto k) {
    when(r, k == domain, [&] { n.kernel_pasid(d, k) = p; });
    when(r, !(k == domain) && k == old, [&] { n.kernel_pasid(d, k) = none; });
  });
}

/// The driver gives the number back, after detaching or because attaching failed.
template <class A>
void free(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Dev> d, Val<A, As> domain) {
  r.cites(
      "idxd_disable_system_pasid(), iommu_free_global_pasid(); error path of iommu_attach_device_pasid(); Linux 7.3");
  const auto g = f.group_of(d);
  const auto p = s.kernel_pasid(d, domain);
  AWAIT(!(p == none) && !(s.slot(g, p) == domain && s.published(g, p)), "kernel_free.detached");
  when(r, s.slot(g, p) == domain, [&] { effect::tear_down<A>(r, f, n, g, p, domain); });
  n.owner(f.kernel_space(d), p) = none;
  n.kernel_pasid(d, domain) = none;
}

/// Supervisor SVA gives back init_mm's number when binds are counted and this was the last; init_mm itself never ends.
template <class A>
void free_supervisor(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Dev> d, Val<A, As> domain) {
  r.cites("idxd_disable_system_pasid(), intel_svm_unbind_mm(), iommu_sva_free_pasid() (until 5.17); Linux 5.15, 6.1");
  const auto g = f.group_of(d);
  const auto p = s.kernel_pasid(d, domain);
  const auto last = !exists<Dev>(f, [&](auto e) { return !(e == d) && !(s.kernel_pasid(e, domain) == none); });
  AWAIT(!(p == none) && !(s.slot(g, p) == domain && s.published(g, p)), "supervisor_free.detached");
  when(r, s.slot(g, p) == domain, [&] { effect::tear_down<A>(r, f, n, g, p, domain); });
  when(r, counts_binds<A>(f) && last, [&] { effect::free_user_pasids<A>(r, s, n, domain); });
  n.kernel_pasid(d, domain) = none;
}

}  // namespace pasid::spec::kernel_dma
