// The state: what a step may change. Everything starts absent (none, false).
#pragma once

#include "spec/facts.hpp"

namespace pasid::spec {

template <class A>
struct State {
  // Processes.
  Cell<A, "mm_at", Step(As)> mm_at;            ///< none: no such mm; live; then how far its end has got
  Cell<A, "lam", bool(As)> lam;                ///< tagged user pointers (linear address masking) are on
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
  Cell<A, "bond_at", Step(Bond)> bond_at;    ///< opening, live, then the last step of its teardown
  Cell<A, "pasid_ref", As(Bond)> pasid_ref;  ///< a reference on that mm's PASID, while binds are counted
  Cell<A, "portal", bool(Bond, As)> portal;  ///< that address space has it mapped

  // Queues.
  Cell<A, "disabled", bool(Wq)> disabled;
  Cell<A, "wq_pasid", Pasid(Wq)> wq_pasid;     ///< a dedicated queue's own (WQCFG), while a process has it open
  Cell<A, "forgotten", bool(Bond)> forgotten;  ///< its queue does not count it as a client: it has been disabled since

  // Tables.
  Cell<A, "slot", As(Group, Pasid)> slot;              ///< group->pasid_array: what software attached, or reserved
  Cell<A, "published", bool(Group, Pasid)> published;  ///< the attachment is complete
  Cell<A, "entry", As(Dev, Pasid)> entry;              ///< the PASID table the IOMMU walks
  Cell<A, "torn", bool(Dev, Pasid)> torn;              ///< the entry has been written while hardware may read it
  Cell<A, "resetting", bool(Dev)> resetting;           ///< between reset prepare and done

  // Caches, by the device whose requests filled them.
  Cell<A, "pasid_cache", bool(Dev, Pasid, As)> pasid_cache;        ///< the IOMMU remembers the entry
  Cell<A, "iotlb", bool(Dev, Pasid, As)> iotlb;                    ///< the IOMMU remembers a translation
  Cell<A, "atc", bool(Dev, Pasid, As)> atc;                        ///< the device remembers one (device TLB)
  Cell<A, "iotlb_outdated", bool(Dev, Pasid, As)> iotlb_outdated;  ///< made before the process's pages changed
  Cell<A, "iotlb_kernel_outdated", bool(Dev, Pasid, As)> iotlb_kernel_outdated;  ///< or the kernel's page tables
  Cell<A, "iotlb_dangling", bool(Dev, Pasid, As)> iotlb_dangling;                ///< its page has been freed
  Cell<A, "atc_outdated", bool(Dev, Pasid, As)> atc_outdated;
  Cell<A, "atc_kernel_outdated", bool(Dev, Pasid, As)> atc_kernel_outdated;
  Cell<A, "atc_dangling", bool(Dev, Pasid, As)> atc_dangling;

  // Submitted work.
  Cell<A, "desc_wq", Wq(Desc)> desc_wq;  ///< none: no such work
  Cell<A, "desc_pasid", Pasid(Desc)> desc_pasid;
  Cell<A, "desc_from", As(Desc)> desc_from;        ///< who submitted it
  Cell<A, "desc_for", As(Desc)> desc_for;          ///< whose number it carries
  Cell<A, "desc_touched", As(Desc)> desc_touched;  ///< completed: the address space it reached; none: in flight

  // Page requests.
  Cell<A, "request", bool(Dev, Pasid, As)> request;  ///< queued, for work under that address space's number
  Cell<A, "strayed", bool(As)> strayed;  ///< a request under its number was resolved in another address space

  auto cells() {
    return std::tie(mm_at, lam, task_mm, msr, activated, owner, pasid_of, kernel_pasid, bond_mm, bond_wq, bond_pasid,
                    bond_at, pasid_ref, portal, disabled, wq_pasid, forgotten, slot, published, entry, torn, resetting,
                    pasid_cache, iotlb, atc, iotlb_outdated, iotlb_kernel_outdated, iotlb_dangling, atc_outdated,
                    atc_kernel_outdated, atc_dangling, desc_wq, desc_pasid, desc_from, desc_for, desc_touched, request,
                    strayed);
  }
};

/// mm_users > 0: threads run in it.
template <class A>
Val<A, bool> mm_live(const State<A>& s, Val<A, As> m) {
  return s.mm_at(m) == Step::live;
}

/// mm_count > 0: the mm struct exists.
template <class A>
Val<A, bool> mm_there(const State<A>& s, Val<A, As> m) {
  return !(s.mm_at(m) == none) && s.mm_at(m) != Step::dropped;
}

/// The mm's end has got as far as step x.
template <class A>
Val<A, bool> mm_had(const Facts<A>& f, const State<A>& s, Val<A, As> m, Val<A, Step> x) {
  return f.exit_done(s.mm_at(m), x);
}

template <class A>
Val<A, bool> bond_there(const State<A>& s, Val<A, Bond> b) {
  return !(s.bond_mm(b) == none);
}

/// Bond b's teardown has got as far as step x.
template <class A>
Val<A, bool> bond_had(const Facts<A>& f, const State<A>& s, Val<A, Bond> b, Val<A, Step> x) {
  return f.done(s.bond_at(b), x);
}

/// The device a bond is on.
template <class A>
Val<A, Dev> bond_dev(const Facts<A>& f, const State<A>& s, Val<A, Bond> b) {
  return f.wq_dev(s.bond_wq(b));
}

template <class A>
Val<A, Group> bond_group(const Facts<A>& f, const State<A>& s, Val<A, Bond> b) {
  return f.group_of(bond_dev<A>(f, s, b));
}

/// The queue of b counts it as a client.
template <class A>
Val<A, bool> counted(const Facts<A>& f, const State<A>& s, Val<A, Bond> b) {
  return !(forgets_clients<A>(f) && s.forgotten(b));
}

/// The device a piece of work was submitted to.
template <class A>
Val<A, Dev> desc_dev(const Facts<A>& f, const State<A>& s, Val<A, Desc> x) {
  return f.wq_dev(s.desc_wq(x));
}

/// Work x was submitted to d under p and has not completed.
template <class A>
Val<A, bool> in_flight(const Facts<A>& f, const State<A>& s, Val<A, Desc> x, Val<A, Dev> d, Val<A, Pasid> p) {
  return desc_dev<A>(f, s, x) == d && s.desc_pasid(x) == p && s.desc_touched(x) == none;
}

/// A lookup in the group's array (by a page request, which takes no lock) finds what is attached under p.
template <class A>
Val<A, bool> visible(const Facts<A>& f, const State<A>& s, Val<A, Group> g, Val<A, Pasid> p) {
  return !(s.slot(g, p) == none) && (s.published(g, p) || f.visible_from() == VisibleFrom::reservation);
}

/// Every device of the group that has PASIDs has a in its table.
template <class A>
Val<A, bool> programmed(const Facts<A>& f, const State<A>& s, Val<A, Group> g, Val<A, Pasid> p, Val<A, As> a) {
  return forall<Dev>(f, [&](auto d) { return implies(f.group_of(d) == g && f.capable(d), s.entry(d, p) == a); });
}

/// A reset has RID and PASIDs of the device blocked.
template <class A>
Val<A, bool> blocked(const Facts<A>& f, const State<A>& s, Val<A, Dev> d) {
  return f.ats(d) && s.resetting(d);
}

/// The IOMMU finds a in its table, and walks it: with MmRelease::keep not after a's mm has ended.
template <class A>
Val<A, bool> walks_to(const Facts<A>& f, const State<A>& s, Val<A, Dev> d, Val<A, Pasid> p, Val<A, As> a) {
  const auto off = f.mm_release() == MmRelease::keep && mm_had<A>(f, s, a, Step::clear);
  return !(a == none) && s.entry(d, p) == a && !off;
}

/// A request of d under p resolves to a: by the table, or by an entry of it that is still cached.
template <class A>
Val<A, bool> resolves_to(const Facts<A>& f, const State<A>& s, Val<A, Dev> d, Val<A, Pasid> p, Val<A, As> a) {
  return walks_to<A>(f, s, d, p, a) || s.pasid_cache(d, p, a);
}

/// The translation of b that e's walk cached answers a request of d under p: e is behind the same IOMMU, and the
/// translation has the tag of the address space that the request resolves to.
template <class A>
Val<A, bool> iotlb_hit(const Facts<A>& f, const State<A>& s, Val<A, Dev> d, Val<A, Pasid> p, Val<A, Dev> e,
                       Val<A, As> b) {
  return s.iotlb(e, p, b) &&
         exists<As>(f, [&](auto a) { return resolves_to<A>(f, s, d, p, a) && share_cached<A>(f, d, a, e, b); });
}

}  // namespace pasid::spec
