// The teardown of a bond, one rule a step; the design gives the order. Started by the release of the file, by whoever
// holds it last (a forked child may).
#pragma once

#include "spec/effects.hpp"

namespace pasid::spec::unbind {

/// No other bond keeps the attachment of b: the shared handle's users count reaches 0.
template <class A>
Val<A, bool> last_user(const Facts<A>& f, const State<A>& s, Val<A, Bond> b) {
  return !exists<Bond>(f, [&](auto c) {
    return !(c == b) && bond_there<A>(s, c) && s.bond_mm(c) == s.bond_mm(b) && s.bond_pasid(c) == s.bond_pasid(b) &&
           bond_group<A>(f, s, c) == bond_group<A>(f, s, b);
  });
}

/// The devices whose table b's attachment is in.
template <class A>
auto devices_of(const Facts<A>& f, const State<A>& s, Val<A, Bond> b) {
  const auto g = bond_group<A>(f, s, b);
  return [&f, g](auto d) { return f.group_of(d) == g; };
}

/// The last reference on the file goes: no mapping of its portal is left.
template <class A>
void stop(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Bond> b) {
  r.cites("idxd_cdev_release(); drivers/dma/idxd/cdev.c; Linux 7.3");
  GIVEN(f.next(s.bond_at(b)) == Step::stop, "stop.turn");
  AWAIT(!exists<As>(f, [&](auto m) { return s.portal(b, m); }), "stop.portal-unmapped");
  n.bond_at(b) = Step::stop;
}

/// The device finishes everything submitted to it under the PASID, on all its queues; or, where the file is of a
/// dedicated queue, everything that is there: that queue is drained and loses its PASID, whoever's it is, and others
/// are not looked at.
template <class A>
void drain(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Bond> b) {
  r.cites("idxd_file_dev_release(), idxd_device_drain_pasid(), idxd_wq_disable_pasid(); drivers/dma/idxd; Linux 7.3");
  GIVEN(f.next(s.bond_at(b)) == Step::drain, "drain.turn");
  const auto w = s.bond_wq(b);
  const auto d = bond_dev<A>(f, s, b);
  AWAIT(!exists<Desc>(f,
                      [&](auto x) {
                        return (f.shared(w) && in_flight<A>(f, s, x, d, s.bond_pasid(b))) ||
                               (!f.shared(w) && s.desc_wq(x) == w && s.desc_touched(x) == none);
                      }),
        "drain.work-finished");
  n.bond_at(b) = Step::drain;
  when(r, !f.shared(w), [&] { n.wq_pasid(w) = none; });
}

/// The table entry is made not present, if this was the last user of the attachment. Takes iommu_sva_lock.
template <class A>
void clear(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Bond> b) {
  r.cites("iommu_sva_unbind_device(), iommu_detach_device_pasid(), intel_pasid_tear_down_entry(); Linux 7.3");
  const auto g = bond_group<A>(f, s, b);
  GIVEN(f.next(s.bond_at(b)) == Step::clear, "clear.turn");
  AWAIT(!sva_lock_held<A>(f, s), "clear.sva-lock");
  AWAIT(!group_lock_held<A>(f, s, g), "clear.group-lock");
  n.bond_at(b) = Step::clear;
  when(r, last_user<A>(f, s, b), [&] {
    each<Dev>(r, [&](auto d) { when(r, f.group_of(d) == g, [&] { n.entry(d, s.bond_pasid(b)) = none; }); });
  });
}

template <class A>
void flush_pasid_cache(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Bond> b) {
  r.cites("intel_pasid_tear_down_entry(): PASID-cache invalidation; Linux 7.3");
  GIVEN(f.next(s.bond_at(b)) == Step::flush_pasid_cache, "flush_pasid_cache.turn");
  n.bond_at(b) = Step::flush_pasid_cache;
  when(r, last_user<A>(f, s, b),
       [&] { effect::flush_pasid_cache<A>(r, f, n, s.bond_pasid(b), s.bond_mm(b), devices_of<A>(f, s, b)); });
}

template <class A>
void flush_iotlb(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Bond> b) {
  r.cites("intel_pasid_tear_down_entry(): IOTLB invalidation by domain id and PASID; Linux 7.3");
  GIVEN(f.next(s.bond_at(b)) == Step::flush_iotlb, "flush_iotlb.turn");
  n.bond_at(b) = Step::flush_iotlb;
  when(r, last_user<A>(f, s, b),
       [&] { effect::flush_iotlb<A>(r, f, n, s.bond_pasid(b), s.bond_mm(b), devices_of<A>(f, s, b)); });
}

template <class A>
void flush_dev_tlb(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Bond> b) {
  r.cites("intel_pasid_tear_down_entry(): Device-TLB invalidation; Linux 7.3");
  GIVEN(f.next(s.bond_at(b)) == Step::flush_dev_tlb, "flush_dev_tlb.turn");
  n.bond_at(b) = Step::flush_dev_tlb;
  when(r, last_user<A>(f, s, b), [&] { effect::flush_dev_tlb<A>(r, n, s.bond_pasid(b), devices_of<A>(f, s, b)); });
}

/// Page requests queued under the PASID are answered before the number can mean anybody else. Where mm release has
/// unlinked the attachment there is nothing left that would wait for them.
template <class A>
void drain_faults(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Bond> b) {
  r.cites("intel_iommu_drain_pasid_prq(); drivers/iommu/intel/prq.c; Linux 7.3");
  const auto unlinked = f.mm_release() == MmRelease::clear_and_unlink && mm_had<A>(f, s, s.bond_mm(b), Step::clear);
  const auto waiting = has_page_requests<A>(f) && exists<Dev>(f, [&](auto d) {
                         return f.group_of(d) == bond_group<A>(f, s, b) &&
                                exists<As>(f, [&](auto a) { return s.request(d, s.bond_pasid(b), a); });
                       });
  GIVEN(f.next(s.bond_at(b)) == Step::drain_faults, "drain_faults.turn");
  AWAIT(unlinked || !last_user<A>(f, s, b) || !waiting, "drain_faults.answered");
  n.bond_at(b) = Step::drain_faults;
}

/// The slot is given up by the last user; the bond and its references on mm and PASID go.
template <class A>
void release(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Bond> b) {
  r.cites("iommu_detach_device_pasid() erasing group->pasid_array, iommu_domain_free(), mmdrop(); Linux 7.3");
  const auto m = s.bond_mm(b);
  const auto p = s.bond_pasid(b);
  const auto last_of_mm = !exists<Bond>(f, [&](auto c) { return !(c == b) && s.bond_mm(c) == m; });
  const auto puts = f.put_per_unbind() == Switch::on || last_of_mm;
  const auto others = exists<Bond>(f, [&](auto c) { return !(c == b) && s.pasid_ref(c) == m; });
  GIVEN(f.next(s.bond_at(b)) == Step::release, "release.turn");
  when(r, last_user<A>(f, s, b), [&] {
    n.slot(bond_group<A>(f, s, b), p) = none;
    n.published(bond_group<A>(f, s, b), p) = false;
  });
  when(r, counts_binds<A>(f) && puts, [&] { n.pasid_ref(b) = none; });
  when(r, f.user_scope() != UserScope::per_bond && counts_binds<A>(f) && puts && !others,
       [&] { effect::free_user_pasids<A>(r, s, n, m); });
  when(r, f.user_scope() == UserScope::per_bond, [&] { n.owner(f.space_of(bond_dev<A>(f, s, b)), p) = none; });
  each<Task>(r, [&](auto t) {
    when(r, f.msr_fill() == MsrFill::broadcast && last_of_mm && s.task_mm(t) == m, [&] { n.msr(t) = none; });
  });
  // One client less, also where the queue does not count this one any more.
  const auto miscounts = !counted<A>(f, s, b);
  each<Bond>(r, [&](auto c) {
    when(r, c == b, [&] { n.forgotten(c) = false; });
    when(r, !(c == b) && miscounts && s.bond_wq(c) == s.bond_wq(b), [&] { n.forgotten(c) = true; });
  });
  n.bond_mm(b) = none;
  n.bond_wq(b) = none;
  n.bond_pasid(b) = none;
  n.bond_at(b) = none;
  each<As>(r, [&](auto x) { n.portal(b, x) = false; });
}

}  // namespace pasid::spec::unbind
