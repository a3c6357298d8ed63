// Shared virtual addressing: a process opens a queue and its address space is bound to the device; and back.
#pragma once

#include <cerrno>

#include "spec/effects.hpp"

namespace pasid::spec::sva {

/// iommu_sva_lock: held from the table change of an unbind to its end.
template <class A>
Val<A, bool> unbind_holds_lock(const Facts<A>& f, const State<A>& s) {
  return exists<Bond>(f, [&](auto b) { return f.done(s.bond_at(b), Step::clear); });
}

/// No other bond keeps the (device, mm) attachment of b: the shared handle's users count reaches 0.
template <class A>
Val<A, bool> last_user(const Facts<A>& f, const State<A>& s, Val<A, Bond> b) {
  return !exists<Bond>(f, [&](auto c) {
    return !(c == b) && !(s.bond_mm(c) == none) && s.bond_mm(c) == s.bond_mm(b) &&
           bond_dev<A>(f, s, c) == bond_dev<A>(f, s, b);
  });
}

/// First half of a bind: the mm gets its PASID if it has none in this number space. A later failure leaves it there.
template <class A>
void alloc_pasid(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Task> t, Val<A, Wq> w,
                 Val<A, Pasid> p, Val<A, Memory> memory) {
  r.cites(
      "iommu_sva_bind_device(), iommu_alloc_mm_data(), iommu_alloc_global_pasid(); drivers/iommu/iommu-sva.c; Linux 7.3");
  const auto m = s.task_mm(t);
  const auto d = f.wq_dev(w);
  const auto space = f.space_of(d);
  const auto held = s.pasid_of(space, m);
  const auto allowed = [&](auto q) { return f.user_range(q) && f.fits(d, q) && s.owner(space, q) == none; };
  AWAIT(!(m == none), "bind.caller-runs");
  AWAIT(!unbind_holds_lock<A>(f, s), "bind.sva-lock");
  AWAIT(held == none, "bind.no-pasid-yet");
  REQUIRE(memory == Memory::available, ENOMEM, "bind.memory-for-mm-data");
  REQUIRE(exists<Pasid>(f, allowed), ENOSPC, "bind.pasid-free");
  CHOOSE(p, Pick::lowest_free, "bind.pick-pasid", allowed);
  n.owner(space, p) = m;
  n.pasid_of(space, m) = p;
}

/// Second half of a bind: the first bond of a (device, mm) reserves the slot and programs the table, later ones share
/// it.
template <class A>
void attach(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Task> t, Val<A, Wq> w, Val<A, Bond> b,
            Val<A, Memory> memory) {
  r.cites("iommu_sva_bind_device(), iommu_attach_device_pasid(); drivers/iommu/iommu-sva.c, iommu.c; Linux 7.3");
  const auto m = s.task_mm(t);
  const auto d = f.wq_dev(w);
  const auto p = s.pasid_of(f.space_of(d), m);
  const auto attached = exists<Bond>(f, [&](auto c) { return s.bond_mm(c) == m && bond_dev<A>(f, s, c) == d; });
  AWAIT(!(m == none) && !(p == none), "bind.caller-has-pasid");
  AWAIT(!unbind_holds_lock<A>(f, s), "attach.sva-lock");
  CHOOSE(b, Pick::any, "bind.new-file", [&](auto x) { return s.bond_mm(x) == none; });
  REQUIRE(f.fits(d, p), EOVERFLOW, "bind.pasid-fits-device");
  REQUIRE(f.occupancy_check() == Switch::off || s.slot(d, p) == none || s.slot(d, p) == m, EBUSY, "bind.slot-free");
  REQUIRE(attached || memory == Memory::available, ENOMEM, "bind.memory-for-handle");
  n.bond_mm(b) = m;
  n.bond_wq(b) = w;
  n.bond_pasid(b) = p;
  n.bond_at(b) = Step::live;
  when(r, !attached, [&] {
    n.slot(d, p) = m;
    n.entry(d, p) = m;
  });
}

// The teardown of a bond, one rule a step; the design gives the order. Started by the release of the file, by whoever
// holds it last (a forked child may).

/// The last reference on the file goes: no mapping of its portal is left.
template <class A>
void stop(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Bond> b) {
  r.cites("idxd_cdev_release(); drivers/dma/idxd/cdev.c; Linux 7.3");
  AWAIT(f.next(s.bond_at(b)) == Step::stop, "stop.turn");
  AWAIT(!s.portal(b), "stop.portal-unmapped");
  n.bond_at(b) = Step::stop;
}

/// The device finishes everything submitted to it under the PASID.
template <class A>
void drain(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Bond> b) {
  r.cites("idxd_device_drain_pasid(); drivers/dma/idxd/cdev.c; Linux 7.3");
  AWAIT(f.next(s.bond_at(b)) == Step::drain, "drain.turn");
  AWAIT(!exists<Desc>(f, [&](auto x) { return in_flight<A>(s, x, bond_dev<A>(f, s, b), s.bond_pasid(b)); }),
        "drain.work-finished");
  n.bond_at(b) = Step::drain;
}

/// The table entry is made not present, if this was the last user of the attachment. Takes iommu_sva_lock.
template <class A>
void clear(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Bond> b) {
  r.cites("iommu_sva_unbind_device(), iommu_detach_device_pasid(), intel_pasid_tear_down_entry(); Linux 7.3");
  AWAIT(f.next(s.bond_at(b)) == Step::clear, "clear.turn");
  AWAIT(!unbind_holds_lock<A>(f, s), "clear.sva-lock");
  n.bond_at(b) = Step::clear;
  when(r, last_user<A>(f, s, b), [&] { n.entry(bond_dev<A>(f, s, b), s.bond_pasid(b)) = none; });
}

/// Cached translations are invalidated.
template <class A>
void flush_iotlb(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Bond> b) {
  r.cites("intel_pasid_tear_down_entry(): PASID-cache, IOTLB and Device-TLB in one step here; Linux 7.3");
  AWAIT(f.next(s.bond_at(b)) == Step::flush_iotlb, "flush_iotlb.turn");
  n.bond_at(b) = Step::flush_iotlb;
  const auto d = bond_dev<A>(f, s, b);
  when(r, last_user<A>(f, s, b), [&] { effect::flush_iotlb<A>(r, f, n, d, s.bond_pasid(b), s.bond_mm(b)); });
}

/// The slot is given up by the last user; the bond and its reference on the mm go.
template <class A>
void release(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Bond> b) {
  r.cites("iommu_detach_device_pasid() erasing group->pasid_array, iommu_domain_free(), mmdrop(); Linux 7.3");
  AWAIT(f.next(s.bond_at(b)) == Step::release, "release.turn");
  when(r, last_user<A>(f, s, b), [&] { n.slot(bond_dev<A>(f, s, b), s.bond_pasid(b)) = none; });
  n.bond_mm(b) = none;
  n.bond_wq(b) = none;
  n.bond_pasid(b) = none;
  n.bond_at(b) = none;
  n.portal(b) = false;
}

}  // namespace pasid::spec::sva
