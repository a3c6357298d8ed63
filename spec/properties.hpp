// Properties: what the rules are checked for. Each reads one state.
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

/// The value an mm's thread holds, or would be given, names that mm on every shared queue it can submit to.
template <class A>
Val<A, bool> msr_names_the_mm(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(f, [&](auto b) {
    const auto m = s.bond_mm(b);
    const auto d = bond_dev<A>(f, s, b);
    return implies(
        s.portal(b) && s.bond_at(b) == Step::live && f.shared(s.bond_wq(b)),
        forall<Task>(f, [&](auto t) {
          return implies(s.task_mm(t) == m && !(s.msr(t) == none), s.slot(d, s.msr(t)) == m);
        }) && implies(f.msr_fill() == MsrFill::mm_value, forall<Space>(f, [&](auto space) {
                        return implies(!(s.pasid_of(space, m) == none), s.slot(d, s.pasid_of(space, m)) == m);
                      })));
  });
}

/// On a shared queue's device no PASID names two address spaces; where the MSR is the source, its value names the
/// submitter on every shared queue the submitter can reach.
template <class A>
Val<A, bool> shared_queue_unique(const Facts<A>& f, const State<A>& s) {
  return forall<Wq>(f, [&](auto w) {
           const auto d = f.wq_dev(w);
           return implies(f.shared(w), forall<Bond>(f, [&](auto b) {
                            return implies(bond_dev<A>(f, s, b) == d && !(s.bond_mm(b) == none),
                                           forall<Bond>(f, [&](auto c) {
                                             return implies(bond_dev<A>(f, s, c) == d &&
                                                                s.bond_pasid(b) == s.bond_pasid(c),
                                                            s.bond_mm(b) == s.bond_mm(c));
                                           }) && forall<As>(f, [&](auto a) {
                                             return implies(s.slot(d, s.bond_pasid(b)) == a, a == s.bond_mm(b));
                                           }));
                          }));
         }) &&
         implies(f.pasid_source() == PasidSource::msr, msr_names_the_mm<A>(f, s));
}

/// No PASID of a live user bond on d is attached to a kernel domain on e, where e is d or shares its unit and tag.
template <class A>
Val<A, bool> kernel_user_disjoint(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(f, [&](auto b) {
    const auto m = s.bond_mm(b);
    const auto d = bond_dev<A>(f, s, b);
    const auto p = s.bond_pasid(b);
    return implies(!(m == none), forall<Dev>(f, [&](auto e) {
                     return forall<As>(f, [&](auto k) {
                       const auto confusable = d == e || (f.unit_of(d) == f.unit_of(e) && same_tag<A>(f, d, m, e, k));
                       return implies(f.kind(k) == Kind::kernel_dma && confusable,
                                      !(s.slot(e, p) == k) && !(s.entry(e, p) == k));
                     });
                   }));
  });
}

/// Completed work touched only the submitter's address space.
template <class A>
Val<A, bool> dma_isolation(const Facts<A>& f, const State<A>& s) {
  return forall<Desc>(
      f, [&](auto x) { return implies(!(s.desc_touched(x) == none), s.desc_touched(x) == s.desc_from(x)); });
}

/// p is assigned to a on d: the allocator gave it to a, or it is attached for a.
template <class A>
Val<A, bool> assigned(const Facts<A>& f, const State<A>& s, Val<A, Dev> d, Val<A, Pasid> p, Val<A, As> a) {
  return s.owner(f.space_of(d), p) == a || s.owner(f.kernel_space(d), p) == a || s.slot(d, p) == a;
}

/// A PASID is not assigned while an entry, a cached translation, queued work or a valid MSR still means an owner that
/// no longer has it.
template <class A>
Val<A, bool> no_stale_reuse(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Pasid>(f, [&](auto p) {
      return forall<As>(f, [&](auto a) {
        return forall<As>(f, [&](auto old) {
          const auto still_means =
              s.entry(d, p) == old || s.iotlb(d, p, old) || exists<Desc>(f, [&](auto x) {
                return in_flight<A>(s, x, d, p) && s.desc_from(x) == old;
              }) || exists<Task>(f, [&](auto t) {
                return s.task_mm(t) == old && s.msr(t) == p &&
                       !exists<Space>(f, [&](auto space) { return s.pasid_of(space, old) == p; });
              });
          return implies(!(a == old) && assigned<A>(f, s, d, p, a) && !assigned<A>(f, s, d, p, old), !still_means);
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

}  // namespace pasid::spec::property
