// Properties: what the rules are checked for. Most read one state; those of steps and of calls read two.
#pragma once

#include "spec/state.hpp"

namespace pasid::spec::property {

/// Two live bonds of one mm carry one PASID, on any devices.
template <class A>
Val<A, bool> one_pasid_per_mm(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(f, [&](auto b) {
    return forall<Bond>(f, [&](auto c) {
      return implies(!(s.bond_mm(b) == none) && s.bond_mm(b) == s.bond_mm(c), s.bond_pasid(b) == s.bond_pasid(c));
    });
  });
}

/// The value the mm's threads hold, or would be given by the fault handler, names that mm on the device of its bond b.
template <class A>
Val<A, bool> msr_names_the_mm(const Facts<A>& f, const State<A>& s, Val<A, Bond> b) {
  const auto m = s.bond_mm(b);
  const auto d = bond_dev<A>(f, s, b);
  const auto held = forall<Task>(
      f, [&](auto t) { return implies(s.task_mm(t) == m && !(s.msr(t) == none), s.slot(d, s.msr(t)) == m); });
  const auto would_be_given = forall<Space>(
      f, [&](auto space) { return implies(!(s.pasid_of(space, m) == none), s.slot(d, s.pasid_of(space, m)) == m); });
  return held && implies(f.msr_fill() == MsrFill::mm_value, would_be_given);
}

/// On its device the PASID of bond b is no other mm's bond's, and nothing else is attached under it.
template <class A>
Val<A, bool> names_one_address_space(const Facts<A>& f, const State<A>& s, Val<A, Bond> b) {
  const auto d = bond_dev<A>(f, s, b);
  const auto p = s.bond_pasid(b);
  const auto among_bonds = forall<Bond>(f, [&](auto c) {
    return implies(bond_dev<A>(f, s, c) == d && s.bond_pasid(c) == p, s.bond_mm(c) == s.bond_mm(b));
  });
  return among_bonds && (s.slot(d, p) == none || s.slot(d, p) == s.bond_mm(b));
}

/// On a shared queue's device no PASID names two address spaces; where the MSR is the source, its value names the
/// submitter on every shared queue it has a portal to.
template <class A>
Val<A, bool> shared_queue_unique(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(f, [&](auto b) {
    const auto d = bond_dev<A>(f, s, b);
    const auto beside_shared_queue = exists<Wq>(f, [&](auto w) { return f.shared(w) && f.wq_dev(w) == d; });
    const auto can_enqcmd = s.portal(b) && s.bond_at(b) == Step::live && f.shared(s.bond_wq(b));
    return implies(!(s.bond_mm(b) == none) && beside_shared_queue, names_one_address_space<A>(f, s, b)) &&
           implies(f.pasid_source() == PasidSource::msr && can_enqcmd, msr_names_the_mm<A>(f, s, b));
  });
}

/// No PASID of a live user bond on d is attached to a kernel domain on e, where e is d or shares its unit and tag.
template <class A>
Val<A, bool> kernel_user_disjoint(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(f, [&](auto b) {
    const auto m = s.bond_mm(b);
    const auto d = bond_dev<A>(f, s, b);
    const auto p = s.bond_pasid(b);
    const auto nowhere = forall<Dev>(f, [&](auto e) {
      return forall<As>(f, [&](auto k) {
        const auto confusable = d == e || share_cached<A>(f, d, m, e, k);
        return implies(is_kernel<A>(f, k) && confusable, !(s.slot(e, p) == k) && !(s.entry(e, p) == k));
      });
    });
    return implies(!(m == none), nowhere);
  });
}

/// Completed work touched only the submitter's address space.
template <class A>
Val<A, bool> dma_isolation(const Facts<A>& f, const State<A>& s) {
  return forall<Desc>(
      f, [&](auto x) { return implies(!(s.desc_touched(x) == none), s.desc_touched(x) == s.desc_from(x)); });
}

/// The allocator that d takes numbers from has given p to a.
template <class A>
Val<A, bool> owns(const Facts<A>& f, const State<A>& s, Val<A, Dev> d, Val<A, Pasid> p, Val<A, As> a) {
  return s.owner(f.space_of(d), p) == a || s.owner(f.kernel_space(d), p) == a;
}

/// Something on d, or a register, still takes p to mean a.
template <class A>
Val<A, bool> still_means(const Facts<A>& f, const State<A>& s, Val<A, Dev> d, Val<A, Pasid> p, Val<A, As> a) {
  const auto queued = exists<Desc>(f, [&](auto x) { return in_flight<A>(s, x, d, p) && s.desc_from(x) == a; });
  const auto has_p = exists<Space>(f, [&](auto space) { return s.pasid_of(space, a) == p; });
  const auto in_msr = exists<Task>(f, [&](auto t) { return s.task_mm(t) == a && s.msr(t) == p && !has_p; });
  return s.entry(d, p) == a || s.iotlb(d, p, a) || queued || in_msr;
}

/// A PASID is not given to anyone (by the allocator or by attaching) while an entry, a cached translation, queued work
/// or a valid MSR still means somebody who does not own it any more.
template <class A>
Val<A, bool> no_stale_reuse(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Pasid>(f, [&](auto p) {
      return forall<As>(f, [&](auto a) {
        return forall<As>(f, [&](auto old) {
          const auto has = owns<A>(f, s, d, p, a) || s.slot(d, p) == a;
          const auto reassigned = !(a == old) && has && !owns<A>(f, s, d, p, old);
          return implies(reassigned, !still_means<A>(f, s, d, p, old));
        });
      });
    });
  });
}

/// A valid MSR of a live thread is a PASID of its mm.
template <class A>
Val<A, bool> msr_coherent(const Facts<A>& f, const State<A>& s) {
  return forall<Task>(f, [&](auto t) {
    return implies(!(s.task_mm(t) == none) && !(s.msr(t) == none),
                   exists<Space>(f, [&](auto space) { return s.pasid_of(space, s.task_mm(t)) == s.msr(t); }));
  });
}

/// A new mm, and a new thread's MSR, start with none.
template <class A>
Val<A, bool> new_mm_has_no_pasid(const Facts<A>& f, const State<A>& before, const State<A>& after) {
  const auto new_mm = forall<As>(f, [&](auto m) {
    return implies(!before.mm_there(m) && after.mm_there(m),
                   forall<Space>(f, [&](auto space) { return after.pasid_of(space, m) == none; }));
  });
  const auto new_thread = forall<Task>(f, [&](auto t) {
    return implies(before.task_mm(t) == none && !(after.task_mm(t) == none), after.msr(t) == none);
  });
  return new_mm && new_thread;
}

/// A call that returns an error leaves as it was what others can see: numbers, slots, table entries, bonds, portals and
/// MSRs.
template <class A>
Val<A, bool> failed_call_changes_nothing(const Facts<A>& f, const State<A>& before, const State<A>& after) {
  const auto numbers = forall<Space>(f, [&](auto space) {
    return forall<Pasid>(f, [&](auto p) { return after.owner(space, p) == before.owner(space, p); }) &&
           forall<As>(f, [&](auto m) { return after.pasid_of(space, m) == before.pasid_of(space, m); });
  });
  const auto devices = forall<Dev>(f, [&](auto d) {
    return forall<As>(f, [&](auto a) { return after.kernel_pasid(d, a) == before.kernel_pasid(d, a); }) &&
           forall<Pasid>(f, [&](auto p) {
             return after.slot(d, p) == before.slot(d, p) && after.entry(d, p) == before.entry(d, p);
           });
  });
  const auto bonds = forall<Bond>(f, [&](auto b) {
    return after.bond_mm(b) == before.bond_mm(b) && after.bond_wq(b) == before.bond_wq(b) &&
           after.bond_pasid(b) == before.bond_pasid(b) && after.bond_at(b) == before.bond_at(b) &&
           after.portal(b) == before.portal(b);
  });
  const auto registers = forall<Task>(f, [&](auto t) { return after.msr(t) == before.msr(t); });
  return numbers && devices && bonds && registers;
}

}  // namespace pasid::spec::property
