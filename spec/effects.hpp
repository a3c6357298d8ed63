// Effects: the state changes that several rules share, each written once; and the locks that several rules wait for.
#pragma once

#include "spec/designs.hpp"
#include "spec/lang/guards.hpp"
#include "spec/state.hpp"

namespace pasid::spec {

/// iommu_sva_lock: held over a bind, and from the table change of an unbind to its end.
template <class A>
Val<A, bool> sva_lock_held(const Facts<A>& f, const State<A>& s) {
  return exists<Bond>(f, [&](auto b) { return s.bond_at(b) == Step::opening || bond_had<A>(f, s, b, Step::clear); });
}

/// group->mutex: held from the reservation of a slot to its publication or undoing, and over the table change of an
/// unbind.
template <class A>
Val<A, bool> group_lock_held(const Facts<A>& f, const State<A>& s, Val<A, Group> g) {
  return exists<Pasid>(f, [&](auto p) { return !(s.slot(g, p) == none) && !s.published(g, p); }) ||
         exists<Bond>(f, [&](auto b) { return bond_had<A>(f, s, b, Step::clear) && bond_group<A>(f, s, b) == g; });
}

/// group->recovery_cnt: a device of the group is blocked.
template <class A>
Val<A, bool> in_recovery(const Facts<A>& f, const State<A>& s, Val<A, Group> g) {
  return has_reset<A>(f) && exists<Dev>(f, [&](auto d) { return f.group_of(d) == g && blocked<A>(f, s, d); });
}

/// p is below the max_pasids of every device of the group that has PASIDs.
template <class A>
Val<A, bool> fits_group(const Facts<A>& f, Val<A, Group> g, Val<A, Pasid> p) {
  return forall<Dev>(f, [&](auto d) { return implies(f.group_of(d) == g && f.capable(d), f.fits(d, p)); });
}

}  // namespace pasid::spec

namespace pasid::spec::effect {

/// A thread is gone, and its register state with it.
template <class A>
void end_thread(State<A>& n, Val<A, Task> t) {
  n.task_mm(t) = none;
  n.msr(t) = none;
  n.activated(t) = false;
}

/// mm_pasid_drop(): the numbers an mm owns return to their allocators.
template <class A>
void free_user_pasids(Rule<A>& r, const State<A>& s, State<A>& n, Val<A, As> m) {
  each<Space>(r, [&](auto space) {
    n.owner(space, s.pasid_of(space, m)) = none;
    n.pasid_of(space, m) = none;
  });
}

/// An attachment starts: the slot is reserved for a.
template <class A>
void reserve(State<A>& n, Val<A, Group> g, Val<A, Pasid> p, Val<A, As> a) {
  n.slot(g, p) = a;
}

/// What is attached under p leaves the group: slot and entries.
template <class A>
void detach(Rule<A>& r, const Facts<A>& f, State<A>& n, Val<A, Group> g, Val<A, Pasid> p) {
  n.slot(g, p) = none;
  n.published(g, p) = false;
  each<Dev>(r, [&](auto d) { when(r, f.group_of(d) == g, [&] { n.entry(d, p) = none; }); });
}

/// One table for another under p, on every device of the group that has it.
template <class A>
void exchange(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Group> g, Val<A, Pasid> p,
              Val<A, As> a) {
  n.slot(g, p) = a;
  each<Dev>(r, [&](auto d) { when(r, f.group_of(d) == g && !(s.entry(d, p) == none), [&] { n.entry(d, p) = a; }); });
}

/// Work x on queue w, from the address space `from`, under p, which is the number of `owner`.
template <class A>
void submit(State<A>& n, Val<A, Desc> x, Val<A, Wq> w, Val<A, Pasid> p, Val<A, As> from, Val<A, As> owner) {
  n.desc_wq(x) = w;
  n.desc_pasid(x) = p;
  n.desc_from(x) = from;
  n.desc_for(x) = owner;
}

/// Work that is over and has been read, or never was.
template <class A>
void forget_work(State<A>& n, Val<A, Desc> x) {
  n.desc_wq(x) = none;
  n.desc_pasid(x) = none;
  n.desc_from(x) = none;
  n.desc_for(x) = none;
  n.desc_touched(x) = none;
}

template <class A>
void forget_iotlb(State<A>& n, Val<A, Dev> d, Val<A, Pasid> p, Val<A, As> a) {
  n.iotlb(d, p, a) = false;
  n.iotlb_outdated(d, p, a) = false;
  n.iotlb_kernel_outdated(d, p, a) = false;
  n.iotlb_dangling(d, p, a) = false;
}

template <class A>
void forget_atc(State<A>& n, Val<A, Dev> d, Val<A, Pasid> p, Val<A, As> a) {
  n.atc(d, p, a) = false;
  n.atc_outdated(d, p, a) = false;
  n.atc_kernel_outdated(d, p, a) = false;
  n.atc_dangling(d, p, a) = false;
}

// Invalidations, for the devices of `among` on which a was attached under p. Each names what the hardware's command
// names: VT-d's the domain id and the PASID, whatever the device; AMD's and SMMUv3's cached entries the device.

/// Cached table entries.
template <class A, class Among>
void flush_pasid_cache(Rule<A>& r, const Facts<A>& f, State<A>& n, Val<A, Pasid> p, Val<A, As> a, Among among) {
  each<Dev>(r, [&](auto e) {
    each<As>(r, [&](auto b) {
      const auto named = exists<Dev>(f, [&](auto d) {
        const auto by_tag = tags_by_domain_id<A>(f) && share_cached<A>(f, d, a, e, b);
        return among(d) && (by_tag || (!tags_by_domain_id<A>(f) && d == e));
      });
      when(r, named, [&] { n.pasid_cache(e, p, b) = false; });
    });
  });
}

/// Translations cached by the IOMMU: every one of p with the tag.
template <class A, class Among>
void flush_iotlb(Rule<A>& r, const Facts<A>& f, State<A>& n, Val<A, Pasid> p, Val<A, As> a, Among among) {
  each<Dev>(r, [&](auto e) {
    each<As>(r, [&](auto b) {
      const auto named = exists<Dev>(f, [&](auto d) { return among(d) && share_cached<A>(f, d, a, e, b); });
      when(r, named, [&] { forget_iotlb<A>(n, e, p, b); });
    });
  });
}

/// Translations cached by the devices: every one of p.
template <class A, class Among>
void flush_dev_tlb(Rule<A>& r, State<A>& n, Val<A, Pasid> p, Among among) {
  each<Dev>(r, [&](auto d) { each<As>(r, [&](auto b) { when(r, among(d), [&] { forget_atc<A>(n, d, p, b); }); }); });
}

/// All three, in the order of the hardware's: entries, translations, the devices' copies.
template <class A>
void flush_all(Rule<A>& r, const Facts<A>& f, State<A>& n, Val<A, Group> g, Val<A, Pasid> p, Val<A, As> a) {
  const auto members = [&](auto d) { return f.group_of(d) == g; };
  flush_pasid_cache<A>(r, f, n, p, a, members);
  flush_iotlb<A>(r, f, n, p, a, members);
  flush_dev_tlb<A>(r, n, p, members);
}

/// What is attached for a under p leaves the group, with everything cached of it.
template <class A>
void tear_down(Rule<A>& r, const Facts<A>& f, State<A>& n, Val<A, Group> g, Val<A, Pasid> p, Val<A, As> a) {
  detach<A>(r, f, n, g, p);
  flush_all<A>(r, f, n, g, p, a);
}

}  // namespace pasid::spec::effect
