// Reset of a device (Linux 7.x): its PASIDs are blocked, and restored from what software remembers.
#pragma once

#include "spec/effects.hpp"

namespace pasid::spec::reset {

/// The driver that waits for page requests before a number is taken off the table does so here as well: to block a
/// PASID is to take it off.
template <class A>
Val<A, bool> waits_for_requests(const Facts<A>& f, const State<A>& s, Val<A, Dev> d) {
  return has_page_requests<A>(f) && has_step<A, Step::drain_faults>(f) && exists<Pasid>(f, [&](auto p) {
           return !(s.slot(f.group_of(d), p) == none) && exists<As>(f, [&](auto a) { return s.request(d, p, a); });
         });
}

/// RID and all PASIDs of the device go to the blocked domain; software keeps what is attached. Without ATS
/// (pci_ats_supported()) the core does nothing at all. The reset ends whatever the device was doing.
template <class A>
void prepare(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Dev> d) {
  r.cites("pci_dev_reset_iommu_prepare(), blocking_domain_set_dev_pasid(), intel_iommu_drain_pasid_prq(); Linux 7.3");
  GIVEN(!s.resetting(d), "reset_prepare.running");
  AWAIT(!f.ats(d) || !group_lock_held<A>(f, s, f.group_of(d)), "reset_prepare.group-lock");
  AWAIT(!f.ats(d) || !waits_for_requests<A>(f, s, d), "reset_prepare.requests-answered");
  n.resetting(d) = true;
  when(r, f.ats(d), [&] {
    each<Pasid>(r, [&](auto p) {
      n.entry(d, p) = none;
      each<As>(r, [&](auto a) {
        n.pasid_cache(d, p, a) = false;
        effect::forget_iotlb<A>(n, d, p, a);
        effect::forget_atc<A>(n, d, p, a);
      });
    });
  });
  each<Desc>(r, [&](auto x) {
    when(r, desc_dev<A>(f, s, x) == d && s.desc_touched(x) == none, [&] { effect::forget_work<A>(n, x); });
  });
}

/// The driver takes a back into the table: VT-d asks nothing, SMMUv3 whether the process still has users, AMD refuses
/// every process, because the table it would replace is not nothing but the blocked domain.
template <class A>
Val<A, bool> restored(const Facts<A>& f, const State<A>& s, Val<A, As> a) {
  return f.kind(a) != Kind::mm || f.device_reset() == DeviceReset::restores ||
         (f.device_reset() == DeviceReset::restores_live && mm_live<A>(s, a));
}

/// What the group's array still has is put back into the table of a device that was blocked.
template <class A>
void done(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Dev> d) {
  r.cites(
      "pci_dev_reset_iommu_done(), intel_svm_set_dev_pasid(), iommu_sva_set_dev_pasid(), arm_smmu_sva_set_dev_pasid(); Linux 7.3");
  GIVEN(s.resetting(d), "reset_done.resetting");
  AWAIT(!f.ats(d) || !group_lock_held<A>(f, s, f.group_of(d)), "reset_done.group-lock");
  n.resetting(d) = false;
  each<Pasid>(r, [&](auto p) {
    const auto kept = s.slot(f.group_of(d), p);
    const auto in_table = f.ats(d) && (f.capable(d) || p == f.rid_pasid());
    when(r, in_table && restored<A>(f, s, kept), [&] { n.entry(d, p) = kept; });
  });
}

}  // namespace pasid::spec::reset
