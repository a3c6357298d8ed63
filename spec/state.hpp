// The state: what a step may change. Everything starts absent (none, false).
#pragma once

#include "spec/facts.hpp"

namespace pasid::spec {

template <class A>
struct State {
  // Processes.
  Cell<A, "mm_live", bool(As)> mm_live;        ///< mm_users > 0: the address space is in use
  Cell<A, "mm_there", bool(As)> mm_there;      ///< mm_count > 0: the mm struct exists
  Cell<A, "task_mm", As(Task)> task_mm;        ///< none: no such thread
  Cell<A, "msr", Pasid(Task)> msr;             ///< IA32_PASID; none: valid bit clear
  Cell<A, "activated", bool(Task)> activated;  ///< task_struct.pasid_activated

  // PASIDs.
  Cell<A, "owner", As(Space, Pasid)> owner;              ///< whom the allocator gave the number to
  Cell<A, "pasid_of", Pasid(Space, As)> pasid_of;        ///< mm->iommu_mm->pasid
  Cell<A, "kernel_pasid", Pasid(Dev, As)> kernel_pasid;  ///< held by the device's driver for a kernel domain

  // Bonds (open files).
  Cell<A, "bond_mm", As(Bond)> bond_mm;  ///< none: no such bond; otherwise also its reference on the mm
  Cell<A, "bond_wq", Wq(Bond)> bond_wq;
  Cell<A, "bond_pasid", Pasid(Bond)> bond_pasid;
  Cell<A, "bond_at", Step(Bond)> bond_at;  ///< the last step of its teardown
  Cell<A, "portal", bool(Bond)> portal;    ///< mapped by bond_mm

  // Tables and caches.
  Cell<A, "slot", As(Dev, Pasid)> slot;          ///< group->pasid_array: what software attached
  Cell<A, "entry", As(Dev, Pasid)> entry;        ///< the PASID table the IOMMU walks
  Cell<A, "iotlb", bool(Dev, Pasid, As)> iotlb;  ///< a cached translation, by the device whose walk filled it

  // Submitted work.
  Cell<A, "desc_dev", Dev(Desc)> desc_dev;  ///< none: no such work
  Cell<A, "desc_pasid", Pasid(Desc)> desc_pasid;
  Cell<A, "desc_from", As(Desc)> desc_from;        ///< whose work it is
  Cell<A, "desc_touched", As(Desc)> desc_touched;  ///< completed: the address space it reached; none: in flight

  auto cells() {
    return std::tie(mm_live, mm_there, task_mm, msr, activated, owner, pasid_of, kernel_pasid, bond_mm, bond_wq,
                    bond_pasid, bond_at, portal, slot, entry, iotlb, desc_dev, desc_pasid, desc_from, desc_touched);
  }
};

/// The device a bond is on.
template <class A>
Val<A, Dev> bond_dev(const Facts<A>& f, const State<A>& s, Val<A, Bond> b) {
  return f.wq_dev(s.bond_wq(b));
}

/// Work x was submitted to d under p and has not completed.
template <class A>
Val<A, bool> in_flight(const State<A>& s, Val<A, Desc> x, Val<A, Dev> d, Val<A, Pasid> p) {
  return s.desc_dev(x) == d && s.desc_pasid(x) == p && s.desc_touched(x) == none;
}

}  // namespace pasid::spec
