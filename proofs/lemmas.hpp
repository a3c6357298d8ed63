// Lemmas: facts about every reachable state that the properties rest on. The prover starts from all of them and drops
// those a design does not preserve, so none is tied to a design.
#pragma once

#include "spec/state.hpp"

namespace pasid::proofs::lemma {

using namespace pasid::spec;  // NOLINT(google-build-using-namespace): the vocabulary of the rules

/// Has bond b had step x of its teardown?
template <class A>
Val<A, bool> had(const Facts<A>& f, const State<A>& s, Val<A, Bond> b, Val<A, Step> x) {
  return f.done(s.bond_at(b), x);
}

/// No other bond is on the device of b for its mm.
template <class A>
Val<A, bool> only_bond(const Facts<A>& f, const State<A>& s, Val<A, Bond> b) {
  return !exists<Bond>(f, [&](auto c) {
    return !(c == b) && s.bond_mm(c) == s.bond_mm(b) && bond_dev<A>(f, s, c) == bond_dev<A>(f, s, b);
  });
}

template <class A>
Val<A, bool> thread_has_live_mm(const Facts<A>& f, const State<A>& s) {
  return forall<Task>(f, [&](auto t) { return implies(!(s.task_mm(t) == none), s.mm_live(s.task_mm(t))); });
}

template <class A>
Val<A, bool> thread_state_needs_thread(const Facts<A>& f, const State<A>& s) {
  return forall<Task>(f, [&](auto t) { return implies(s.task_mm(t) == none, s.msr(t) == none && !s.activated(t)); });
}

template <class A>
Val<A, bool> msr_needs_enqcmd(const Facts<A>& f, const State<A>& s) {
  return forall<Task>(f,
                      [&](auto t) { return implies(f.pasid_source() == PasidSource::descriptor, s.msr(t) == none); });
}

template <class A>
Val<A, bool> live_mm_exists(const Facts<A>& f, const State<A>& s) {
  return forall<As>(
      f, [&](auto m) { return implies(s.mm_live(m), s.mm_there(m)) && implies(s.mm_there(m), f.kind(m) == Kind::mm); });
}

template <class A>
Val<A, bool> pasid_is_owned(const Facts<A>& f, const State<A>& s) {
  return forall<Space>(f, [&](auto space) {
    return forall<As>(
        f, [&](auto m) { return implies(!(s.pasid_of(space, m) == none), s.owner(space, s.pasid_of(space, m)) == m); });
  });
}

template <class A>
Val<A, bool> owner_has_pasid(const Facts<A>& f, const State<A>& s) {
  return forall<Space>(f, [&](auto space) {
    return forall<Pasid>(f, [&](auto p) {
      return forall<As>(f, [&](auto m) {
        return implies(s.owner(space, p) == m && f.kind(m) == Kind::mm, s.pasid_of(space, m) == p);
      });
    });
  });
}

template <class A>
Val<A, bool> pasid_needs_mm(const Facts<A>& f, const State<A>& s) {
  return forall<Space>(f, [&](auto space) {
    return forall<As>(f, [&](auto m) { return implies(!(s.pasid_of(space, m) == none), s.mm_there(m)); });
  });
}

template <class A>
Val<A, bool> user_pasid_in_user_range(const Facts<A>& f, const State<A>& s) {
  return forall<Space>(f, [&](auto space) {
    return forall<As>(
        f, [&](auto m) { return implies(!(s.pasid_of(space, m) == none), f.user_range(s.pasid_of(space, m))); });
  });
}

/// User numbers are in users' spaces.
template <class A>
Val<A, bool> user_pasid_in_device_space(const Facts<A>& f, const State<A>& s) {
  return forall<Space>(f, [&](auto space) {
    return forall<As>(f, [&](auto m) {
      return implies(!(s.pasid_of(space, m) == none), exists<Dev>(f, [&](auto d) { return f.space_of(d) == space; }));
    });
  });
}

template <class A>
Val<A, bool> kernel_pasid_is_owned(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<As>(f, [&](auto k) {
      const auto p = s.kernel_pasid(d, k);
      return implies(!(p == none), is_kernel<A>(f, k) && s.owner(f.kernel_space(d), p) == k && f.kernel_set(d, p));
    });
  });
}

/// Two drivers never hold one number of one space.
template <class A>
Val<A, bool> kernel_pasid_unique(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Dev>(f, [&](auto e) {
      return forall<As>(f, [&](auto k) {
        return implies(f.kernel_space(d) == f.kernel_space(e) && !(s.kernel_pasid(d, k) == none) &&
                           s.kernel_pasid(d, k) == s.kernel_pasid(e, k),
                       d == e);
      });
    });
  });
}

template <class A>
Val<A, bool> bond_is_whole(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(f, [&](auto b) {
    return implies(!(s.bond_mm(b) == none), s.mm_there(s.bond_mm(b)) && !(s.bond_wq(b) == none) &&
                                                !(s.bond_pasid(b) == none) && !(s.bond_at(b) == none));
  });
}

template <class A>
Val<A, bool> absent_bond_is_empty(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(f, [&](auto b) {
    return implies(s.bond_mm(b) == none,
                   s.bond_wq(b) == none && s.bond_pasid(b) == none && s.bond_at(b) == none && !s.portal(b));
  });
}

template <class A>
Val<A, bool> bond_carries_mm_pasid(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(f, [&](auto b) {
    return implies(!(s.bond_mm(b) == none),
                   s.bond_pasid(b) == s.pasid_of(f.space_of(bond_dev<A>(f, s, b)), s.bond_mm(b)));
  });
}

/// iommu_sva_lock has one holder.
template <class A>
Val<A, bool> one_unbind_at_a_time(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(f, [&](auto b) {
    return forall<Bond>(
        f, [&](auto c) { return implies(had<A>(f, s, b, Step::clear) && had<A>(f, s, c, Step::clear), b == c); });
  });
}

template <class A>
Val<A, bool> portal_needs_open_file(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(
      f, [&](auto b) { return implies(s.portal(b), s.bond_at(b) == Step::live && s.mm_live(s.bond_mm(b))); });
}

template <class A>
Val<A, bool> bond_has_slot(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(f, [&](auto b) {
    return implies(!(s.bond_mm(b) == none), s.slot(bond_dev<A>(f, s, b), s.bond_pasid(b)) == s.bond_mm(b));
  });
}

/// A live bond's entry is its mm's, while the mm is live and no bond of the pair has reached clear.
template <class A>
Val<A, bool> bond_has_entry(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(f, [&](auto b) {
    return implies(!(s.bond_mm(b) == none) && s.mm_live(s.bond_mm(b)) && !had<A>(f, s, b, Step::clear),
                   s.entry(bond_dev<A>(f, s, b), s.bond_pasid(b)) == s.bond_mm(b));
  });
}

/// A user's slot has a bond.
template <class A>
Val<A, bool> user_slot_has_bond(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Pasid>(f, [&](auto p) {
      return forall<As>(f, [&](auto m) {
        return implies(s.slot(d, p) == m && f.kind(m) == Kind::mm, exists<Bond>(f, [&](auto b) {
                         return s.bond_mm(b) == m && bond_dev<A>(f, s, b) == d && s.bond_pasid(b) == p;
                       }));
      });
    });
  });
}

template <class A>
Val<A, bool> kernel_slot_is_held(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Pasid>(f, [&](auto p) {
      return forall<As>(f, [&](auto k) {
        return implies(s.slot(d, p) == k && is_kernel<A>(f, k), s.kernel_pasid(d, k) == p && s.entry(d, p) == k);
      });
    });
  });
}

/// What the hardware table holds, software attached.
template <class A>
Val<A, bool> entry_has_slot(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Pasid>(f, [&](auto p) {
      return forall<As>(f, [&](auto a) {
        return implies(s.entry(d, p) == a, s.slot(d, p) == a && implies(f.kind(a) == Kind::mm, s.mm_live(a)));
      });
    });
  });
}

/// An entry of a user has no bond past clear.
template <class A>
Val<A, bool> cleared_bond_has_no_entry(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(f, [&](auto b) {
    return implies(had<A>(f, s, b, Step::clear) && only_bond<A>(f, s, b),
                   s.entry(bond_dev<A>(f, s, b), s.bond_pasid(b)) == none);
  });
}

/// A cached translation is attached for whom it names.
template <class A>
Val<A, bool> cached_has_slot(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Pasid>(
        f, [&](auto p) { return forall<As>(f, [&](auto a) { return implies(s.iotlb(d, p, a), s.slot(d, p) == a); }); });
  });
}

/// A cached translation equals the entry, or the only bond of that owner lies between clear and flush.
template <class A>
Val<A, bool> cached_equals_entry(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Pasid>(f, [&](auto p) {
      return forall<As>(f, [&](auto a) {
        return implies(s.iotlb(d, p, a), s.entry(d, p) == a || exists<Bond>(f, [&](auto b) {
                                           return s.bond_mm(b) == a && bond_dev<A>(f, s, b) == d &&
                                                  s.bond_pasid(b) == p && had<A>(f, s, b, Step::clear) &&
                                                  !had<A>(f, s, b, Step::flush_iotlb) && only_bond<A>(f, s, b);
                                         }));
      });
    });
  });
}

template <class A>
Val<A, bool> work_is_whole(const Facts<A>& f, const State<A>& s) {
  return forall<Desc>(f, [&](auto x) {
    return implies(!(s.desc_dev(x) == none), !(s.desc_pasid(x) == none) && !(s.desc_from(x) == none)) &&
           implies(s.desc_dev(x) == none, s.desc_touched(x) == none);
  });
}

/// A user's work in flight has a bond of its submitter, on its device and PASID, that is not yet drained.
template <class A>
Val<A, bool> user_work_has_undrained_bond(const Facts<A>& f, const State<A>& s) {
  return forall<Desc>(f, [&](auto x) {
    const auto m = s.desc_from(x);
    return implies(!(s.desc_dev(x) == none) && s.desc_touched(x) == none && f.kind(m) == Kind::mm,
                   exists<Bond>(f, [&](auto b) {
                     return s.bond_mm(b) == m && bond_dev<A>(f, s, b) == s.desc_dev(x) &&
                            s.bond_pasid(b) == s.desc_pasid(x) && !had<A>(f, s, b, Step::drain);
                   }));
  });
}

template <class A>
Val<A, bool> kernel_work_has_slot(const Facts<A>& f, const State<A>& s) {
  return forall<Desc>(f, [&](auto x) {
    const auto k = s.desc_from(x);
    return implies(!(s.desc_dev(x) == none) && s.desc_touched(x) == none && is_kernel<A>(f, k),
                   s.slot(s.desc_dev(x), s.desc_pasid(x)) == k);
  });
}

}  // namespace pasid::proofs::lemma
