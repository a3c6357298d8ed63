// Lemmas: work in flight, page requests, outdated translations.
#pragma once

#include "proofs/lemmas/vocabulary.hpp"

namespace pasid::proofs::lemma {

template <class A>
Val<A, bool> work_is_whole(const Facts<A>& f, const State<A>& s) {
  return forall<Desc>(f, [&](auto x) {
    return implies(!(s.desc_wq(x) == none),
                   !(s.desc_pasid(x) == none) && !(s.desc_from(x) == none) && !(s.desc_for(x) == none)) &&
           implies(s.desc_wq(x) == none, s.desc_touched(x) == none);
  });
}

/// Only a user queue that has lost its PASID, or never got one, lets work go without.
template <class A>
Val<A, bool> work_has_pasid(const Facts<A>& f, const State<A>& s) {
  return forall<Desc>(
      f, [&](auto x) { return implies(!has_work_without_pasid<A>(f), !(s.desc_pasid(x) == f.rid_pasid())); });
}

template <class A>
Val<A, bool> work_needs_submitter(const Facts<A>& f, const State<A>& s) {
  return forall<Desc>(f, [&](auto x) { return implies(!has_work<A>(f), s.desc_wq(x) == none); });
}

/// A process submits through a file that is bound, or through a user queue without SVA.
template <class A>
Val<A, bool> processes_work_needs_sva(const Facts<A>& f, const State<A>& s) {
  return forall<Desc>(f, [&](auto x) {
    return implies(!has_sva<A>(f) && !queue_without_sva<A>(f),
                   f.kind(s.desc_from(x)) != Kind::mm && f.kind(s.desc_for(x)) != Kind::mm);
  });
}

/// Work carries its submitter's number, unless that is a process's and a file is not for its opener alone, or a queue
/// not for those who have it open.
template <class A>
Val<A, bool> work_is_its_submitters(const Facts<A>& f, const State<A>& s) {
  return forall<Desc>(f, [&](auto x) {
    const auto own_queue = f.portal_check() == Switch::on && !forgets_clients<A>(f);
    const auto own = own_queue || !(f.kind(s.desc_for(x)) == Kind::mm);
    return implies(own, s.desc_for(x) == s.desc_from(x));
  });
}

/// Work in flight under a PASID is under one attached for whose number it is.
template <class A>
Val<A, bool> work_has_slot(const Facts<A>& f, const State<A>& s) {
  return forall<Desc>(f, [&](auto x) {
    const auto g = f.group_of(desc_dev<A>(f, s, x));
    const auto p = s.desc_pasid(x);
    return implies(!(s.desc_wq(x) == none) && s.desc_touched(x) == none && !(p == f.rid_pasid()),
                   s.slot(g, p) == s.desc_for(x) && s.published(g, p));
  });
}

/// Work in flight under a process's number has a bond of that process, on its queue and PASID, that is not yet
/// drained.
template <class A>
Val<A, bool> users_work_has_undrained_bond(const Facts<A>& f, const State<A>& s) {
  return forall<Desc>(f, [&](auto x) {
    const auto m = s.desc_for(x);
    return implies(!(s.desc_wq(x) == none) && s.desc_touched(x) == none && f.kind(m) == Kind::mm &&
                       !(s.desc_pasid(x) == f.rid_pasid()),
                   exists<Bond>(f, [&](auto b) {
                     return s.bond_mm(b) == m && s.bond_wq(b) == s.desc_wq(x) && s.bond_pasid(b) == s.desc_pasid(x) &&
                            s.bond_at(b) != Step::opening && !bond_had<A>(f, s, b, Step::drain);
                   }));
  });
}

template <class A>
Val<A, bool> request_has_slot(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Pasid>(f, [&](auto p) {
      return forall<As>(f, [&](auto a) {
        return implies(s.request(d, p, a),
                       s.slot(f.group_of(d), p) == a && s.published(f.group_of(d), p) && f.kind(a) == Kind::mm);
      });
    });
  });
}

template <class A>
Val<A, bool> request_needs_page_requests(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Pasid>(f, [&](auto p) {
      return forall<As>(f, [&](auto a) { return implies(!has_page_requests<A>(f), !s.request(d, p, a)); });
    });
  });
}

template <class A>
Val<A, bool> no_request_strays(const Facts<A>& f, const State<A>& s) {
  return forall<As>(f, [&](auto a) { return !s.strayed(a); });
}

template <class A>
Val<A, bool> outdated_is_cached(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Pasid>(f, [&](auto p) {
      return forall<As>(f, [&](auto a) {
        return implies(s.iotlb_outdated(d, p, a) || s.iotlb_kernel_outdated(d, p, a), s.iotlb(d, p, a)) &&
               implies(s.atc_outdated(d, p, a) || s.atc_kernel_outdated(d, p, a), s.atc(d, p, a));
      });
    });
  });
}

}  // namespace pasid::proofs::lemma
