// Facts: rigid symbols, fixed before the first step. A design chooses the knobs; the topology chooses the rest within
// the axioms. Rules speak of the symbols, so that one text serves every design.
#pragma once

#include <tuple>

#include "spec/sorts.hpp"

namespace pasid::spec {

template <class A>
struct Facts : Domain<A> {
  // Knobs: who gets which number, and for how long.
  Cell<A, "series", Series()> series;
  Cell<A, "user_scope", UserScope()> user_scope;
  Cell<A, "kernel_scheme", KernelScheme()> kernel_scheme;
  Cell<A, "sets_disjoint", Switch()> sets_disjoint;  ///< kernel values never lie in the users' range
  Cell<A, "free_point", FreePoint()> free_point;
  Cell<A, "put_per_unbind", Switch()> put_per_unbind;    ///< last_unbind: every unbind puts the reference its bind got
  Cell<A, "occupancy_check", Switch()> occupancy_check;  ///< attach refuses a slot in use (-EBUSY)
  Cell<A, "width_check", Switch()> width_check;          ///< attach looks at every device of the group (-EINVAL)
  Cell<A, "reuse_check", ReuseCheck()> reuse_check;      ///< which of its numbers an mm may use again (-EOVERFLOW)
  Cell<A, "fork_copies_pasid", Switch()> fork_copies_pasid;  ///< a forked mm starts with its parent's PASID
  Cell<A, "rid_change", RidChange()> rid_change;             ///< a new RID domain while PASIDs are attached
  // Knobs: submission.
  Cell<A, "enqcmd", Switch()> enqcmd;  ///< off: no shared queue can be enabled
  Cell<A, "pasid_source", PasidSource()> pasid_source;
  Cell<A, "msr_fill", MsrFill()> msr_fill;
  Cell<A, "fork_copies_msr", Switch()> fork_copies_msr;            ///< a new thread starts with its parent's IA32_PASID
  Cell<A, "exec_keeps_activated", Switch()> exec_keeps_activated;  ///< exec leaves task_struct.pasid_activated alone
  Cell<A, "queue_without_sva", QueueWithoutSva()> queue_without_sva;
  Cell<A, "queue_disable", QueueDisable()> queue_disable;  ///< what disabling does to those who have the queue open
  Cell<A, "portal_check", Switch()> portal_check;          ///< mmap and write are for the mm that opened the file
  // Knobs: hardware, and what it is told.
  Cell<A, "cache_tag", CacheTag()> cache_tag;
  Cell<A, "entry_cache", Switch()> entry_cache;      ///< the IOMMU caches PASID table entries
  Cell<A, "dev_tlb", Switch()> dev_tlb;              ///< devices cache translations (ATS)
  Cell<A, "page_requests", Switch()> page_requests;  ///< devices may ask for a page that is not there (PRI)
  Cell<A, "mm_release", MmRelease()> mm_release;     ///< what becomes of an mm's entries when its last thread ends
  Cell<A, "page_changes", PageChanges()> page_changes;
  Cell<A, "visible_from", VisibleFrom()> visible_from;       ///< when a page request's lookup finds an attachment
  Cell<A, "teardown_in_place", Switch()> teardown_in_place;  ///< an entry is zeroed while hardware may read it
  Cell<A, "replace_in_place", Switch()> replace_in_place;    ///< and another one written over it
  // Knobs: what the kernel offers.
  Cell<A, "sva", Switch()> sva;                ///< off: every bind answers -EOPNOTSUPP
  Cell<A, "alloc_call", Switch()> alloc_call;  ///< drivers can have the first section of a bind by itself (until 6.1)
  Cell<A, "user_chosen", Switch()>
      user_chosen;  ///< user space attaches its own page tables under numbers of its choice
  Cell<A, "device_reset", DeviceReset()> device_reset;  ///< a reset blocks a device's PASIDs; what it restores

  // Orders of steps, from the design's `teardown` (a bond's) and `exit` (an address space's) lists.
  Cell<A, "next", Step(Step)> next;            ///< the step after this one; none after the last
  Cell<A, "done", bool(Step, Step)> done;      ///< done(at, x): a bond whose last step was `at` has had step x
  Cell<A, "exit_next", Step(Step)> exit_next;  ///< the same for an address space
  Cell<A, "exit_done", bool(Step, Step)> exit_done;

  // Topology.
  Cell<A, "kind", Kind(As)> kind;
  Cell<A, "group_of", Group(Dev)> group_of;
  Cell<A, "unit_of", Unit(Dev)> unit_of;
  Cell<A, "capable", bool(Dev)> capable;        ///< it has PASIDs at all (max_pasids > 0)
  Cell<A, "ats", bool(Dev)> ats;                ///< it has ATS, which is enabled
  Cell<A, "privileged", bool(Dev)> privileged;  ///< its PASID capability has privileged mode
  Cell<A, "svm", bool(Unit)> svm;               ///< the IOMMU can walk a process's page table
  Cell<A, "wq_dev", Dev(Wq)> wq_dev;
  Cell<A, "shared", bool(Wq)> shared;                ///< submitted to by ENQCMD from any number of processes
  Cell<A, "kernel_queue", bool(Wq)> kernel_queue;    ///< the kernel's own; otherwise user space opens it
  Cell<A, "space_of", Space(Dev)> space_of;          ///< where a user's PASID for this device is allocated
  Cell<A, "kernel_space", Space(Dev)> kernel_space;  ///< where a kernel PASID for this device is allocated
  Cell<A, "rid_pasid", Pasid()> rid_pasid;           ///< the table index of requests without PASID (0)
  Cell<A, "user_range", bool(Pasid)> user_range;
  Cell<A, "kernel_set", bool(Dev, Pasid)> kernel_set;
  Cell<A, "fits", bool(Dev, Pasid)> fits;        ///< below the device's max_pasids
  Cell<A, "highest", bool(Dev, Pasid)> highest;  ///< max_pasids - 1, where reuse_check asks for it; else false

  /// Every cell above, in order (a static assertion in native.cpp notices one left out).
  auto cells() {
    return std::tie(series, user_scope, kernel_scheme, sets_disjoint, free_point, put_per_unbind, occupancy_check,
                    width_check, reuse_check, fork_copies_pasid, rid_change, enqcmd, pasid_source, msr_fill,
                    fork_copies_msr, exec_keeps_activated, queue_without_sva, queue_disable, portal_check, cache_tag,
                    entry_cache, dev_tlb, page_requests, mm_release, page_changes, visible_from, teardown_in_place,
                    replace_in_place, sva, alloc_call, user_chosen, device_reset, next, done, exit_next, exit_done,
                    kind, group_of, unit_of, capable, ats, privileged, svm, wq_dev, shared, kernel_queue, space_of,
                    kernel_space, rid_pasid, user_range, kernel_set, fits, highest);
  }
};

/// An mm's number p passes the comparison with the allocator's maximum, the highest number of d.
template <class A>
Val<A, bool> below_maximum(const Facts<A>& f, Val<A, Dev> d, Val<A, Pasid> p) {
  return f.reuse_check() == ReuseCheck::inclusive || !f.highest(d, p);
}

/// A domain of devices' own requests; a PASID of the kernel is attached for one, supervisor SVA apart.
template <class A>
Val<A, bool> dma_domain(const Facts<A>& f, Val<A, As> a) {
  return f.kind(a) == Kind::kernel_dma || f.kind(a) == Kind::pass_through;
}

/// May a driver attach it for the kernel's own DMA?
template <class A>
Val<A, bool> is_kernel(const Facts<A>& f, Val<A, As> a) {
  return dma_domain<A>(f, a) || f.kind(a) == Kind::init_mm;
}

/// VT-d tags what it caches by domain id, and its invalidations name a domain id and not the device.
template <class A>
Val<A, bool> tags_by_domain_id(const Facts<A>& f) {
  return f.cache_tag() == CacheTag::vtd;
}

/// VT-d gives SVA and pass-through entries one domain id (FLPT_DEFAULT_DID), every other domain its own.
template <class A>
Val<A, bool> default_domain_id(const Facts<A>& f, Val<A, As> a) {
  return f.cache_tag() == CacheTag::vtd &&
         (f.kind(a) == Kind::mm || f.kind(a) == Kind::init_mm || f.kind(a) == Kind::pass_through);
}

/// Do requests of d that resolve to a carry the tag of translations of b filled through e? VT-d tags by domain id, AMD
/// by the device's domain id, SMMUv3 by ASID.
template <class A>
Val<A, bool> same_tag(const Facts<A>& f, Val<A, Dev> d, Val<A, As> a, Val<A, Dev> e, Val<A, As> b) {
  return (tags_by_domain_id<A>(f) && (a == b || (default_domain_id<A>(f, a) && default_domain_id<A>(f, b)))) ||
         (f.cache_tag() == CacheTag::amd && d == e) || (f.cache_tag() == CacheTag::smmu && a == b) ||
         f.cache_tag() == CacheTag::unit;
}

/// Translations of b that e's walks cached answer requests of d that resolve to a, and flushing the one flushes the
/// other.
template <class A>
Val<A, bool> share_cached(const Facts<A>& f, Val<A, Dev> d, Val<A, As> a, Val<A, Dev> e, Val<A, As> b) {
  return f.unit_of(d) == f.unit_of(e) && same_tag<A>(f, d, a, e, b);
}

}  // namespace pasid::spec
