// Facts: rigid symbols, fixed before the first step. A design chooses the knobs; the topology chooses the rest within
// the axioms. Rules speak of the symbols, so that one text serves every design.
#pragma once

#include <tuple>

#include "spec/sorts.hpp"

namespace pasid::spec {

template <class A>
struct Facts : Domain<A> {
  // Knobs.
  Cell<A, "user_scope", UserScope()> user_scope;
  Cell<A, "kernel_scheme", KernelScheme()> kernel_scheme;
  Cell<A, "sets_disjoint", Switch()> sets_disjoint;  ///< kernel values never lie in the users' range
  Cell<A, "pasid_source", PasidSource()> pasid_source;
  Cell<A, "msr_fill", MsrFill()> msr_fill;
  Cell<A, "cache_tag", CacheTag()> cache_tag;
  Cell<A, "free_point", FreePoint()> free_point;
  Cell<A, "occupancy_check", Switch()> occupancy_check;      ///< attach refuses a slot in use (-EBUSY)
  Cell<A, "fork_copies_pasid", Switch()> fork_copies_pasid;  ///< a forked mm starts with its parent's PASID
  Cell<A, "fork_copies_msr", Switch()> fork_copies_msr;      ///< a new thread starts with its parent's IA32_PASID

  // Teardown order, from the design's `teardown` list.
  Cell<A, "next", Step(Step)> next;        ///< the step after this one; none after the last
  Cell<A, "done", bool(Step, Step)> done;  ///< done(at, x): a bond whose last step was `at` has had step x

  // Topology.
  Cell<A, "kind", Kind(As)> kind;
  Cell<A, "unit_of", Unit(Dev)> unit_of;
  Cell<A, "wq_dev", Dev(Wq)> wq_dev;
  Cell<A, "shared", bool(Wq)> shared;                ///< submitted to by ENQCMD from any number of processes
  Cell<A, "space_of", Space(Dev)> space_of;          ///< where a user's PASID for this device is allocated
  Cell<A, "kernel_space", Space(Dev)> kernel_space;  ///< where a kernel PASID for this device is allocated
  Cell<A, "user_range", bool(Pasid)> user_range;
  Cell<A, "kernel_set", bool(Dev, Pasid)> kernel_set;
  Cell<A, "fits", bool(Dev, Pasid)> fits;  ///< below the device's max_pasids

  /// Every cell above, in order (a static assertion in native.cpp notices one left out).
  auto cells() {
    return std::tie(user_scope, kernel_scheme, sets_disjoint, pasid_source, msr_fill, cache_tag, free_point,
                    occupancy_check, fork_copies_pasid, fork_copies_msr, next, done, kind, unit_of, wq_dev, shared,
                    space_of, kernel_space, user_range, kernel_set, fits);
  }
};

/// May a driver attach it for the kernel's own DMA?
template <class A>
Val<A, bool> is_kernel(const Facts<A>& f, Val<A, As> a) {
  return f.kind(a) == Kind::kernel_dma || f.kind(a) == Kind::pass_through;
}

/// VT-d gives SVA and pass-through entries one domain id (FLPT_DEFAULT_DID), every other domain its own.
template <class A>
Val<A, bool> default_domain_id(const Facts<A>& f, Val<A, As> a) {
  return f.kind(a) == Kind::mm || f.kind(a) == Kind::pass_through;
}

/// Do requests of d that resolve to a carry the tag of translations of b filled through e? VT-d tags by domain id, AMD
/// by the device's domain id, SMMUv3 by ASID.
template <class A>
Val<A, bool> same_tag(const Facts<A>& f, Val<A, Dev> d, Val<A, As> a, Val<A, Dev> e, Val<A, As> b) {
  return (f.cache_tag() == CacheTag::vtd && (a == b || (default_domain_id<A>(f, a) && default_domain_id<A>(f, b)))) ||
         (f.cache_tag() == CacheTag::amd && d == e) || (f.cache_tag() == CacheTag::smmu && a == b);
}

/// Translations of b that e's walks cached answer requests of d that resolve to a, and flushing the one flushes the
/// other.
template <class A>
Val<A, bool> share_cached(const Facts<A>& f, Val<A, Dev> d, Val<A, As> a, Val<A, Dev> e, Val<A, As> b) {
  return f.unit_of(d) == f.unit_of(e) && same_tag<A>(f, d, a, e, b);
}

}  // namespace pasid::spec
