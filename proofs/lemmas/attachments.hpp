// Lemmas: slots and table entries.
#pragma once

#include "proofs/lemmas/vocabulary.hpp"

namespace pasid::proofs::lemma {

/// A bond that is open has the slot, published.
template <class A>
Val<A, bool> bond_has_slot(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(f, [&](auto b) {
    const auto g = bond_group<A>(f, s, b);
    return implies(bond_there<A>(s, b) && s.bond_at(b) != Step::opening,
                   s.slot(g, s.bond_pasid(b)) == s.bond_mm(b) && s.published(g, s.bond_pasid(b)));
  });
}

template <class A>
Val<A, bool> published_slot_is_taken(const Facts<A>& f, const State<A>& s) {
  return forall<Group>(f, [&](auto g) {
    return forall<Pasid>(f, [&](auto p) { return implies(s.published(g, p), !(s.slot(g, p) == none)); });
  });
}

/// Bond b is of what is attached for m under p on g.
template <class A>
Val<A, bool> bond_of(const Facts<A>& f, const State<A>& s, Val<A, Bond> b, Val<A, Group> g, Val<A, Pasid> p,
                     Val<A, As> m) {
  return s.bond_mm(b) == m && bond_group<A>(f, s, b) == g && s.bond_pasid(b) == p;
}

template <class A>
Val<A, bool> users_slot_has_bond(const Facts<A>& f, const State<A>& s) {
  return forall<Group>(f, [&](auto g) {
    return forall<Pasid>(f, [&](auto p) {
      return forall<As>(f, [&](auto m) {
        const auto open = [&](auto b) { return s.published(g, p) && s.bond_at(b) != Step::opening; };
        const auto reserved = [&](auto b) { return !s.published(g, p) && s.bond_at(b) == Step::opening; };
        return implies(s.slot(g, p) == m && f.kind(m) == Kind::mm, exists<Bond>(f, [&](auto b) {
                         return bond_of<A>(f, s, b, g, p, m) && (open(b) || reserved(b));
                       }));
      });
    });
  });
}

template <class A>
Val<A, bool> users_slot_in_user_range(const Facts<A>& f, const State<A>& s) {
  return forall<Group>(f, [&](auto g) {
    return forall<Pasid>(f, [&](auto p) {
      return forall<As>(f,
                        [&](auto m) { return implies(s.slot(g, p) == m && f.kind(m) == Kind::mm, f.user_range(p)); });
    });
  });
}

/// While a slot is reserved no other bond shares it.
template <class A>
Val<A, bool> reserved_slot_has_one_bond(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(f, [&](auto b) {
    const auto g = bond_group<A>(f, s, b);
    const auto p = s.bond_pasid(b);
    return implies(bond_there<A>(s, b) && s.slot(g, p) == s.bond_mm(b) && !s.published(g, p),
                   s.bond_at(b) == Step::opening);
  });
}

/// group->mutex has one holder: an attachment on its way, or a teardown.
template <class A>
Val<A, bool> one_group_lock_holder(const Facts<A>& f, const State<A>& s) {
  return forall<Group>(f, [&](auto g) {
    const auto reserved = [&](auto p) { return !(s.slot(g, p) == none) && !s.published(g, p); };
    return forall<Pasid>(f, [&](auto p) {
      return forall<Pasid>(f, [&](auto q) { return implies(reserved(p) && reserved(q), p == q); }) &&
             forall<Bond>(f, [&](auto b) {
               return implies(reserved(p), !(bond_had<A>(f, s, b, Step::clear) && bond_group<A>(f, s, b) == g));
             });
    });
  });
}

template <class A>
Val<A, bool> kernels_slot_is_held(const Facts<A>& f, const State<A>& s) {
  return forall<Group>(f, [&](auto g) {
    return forall<Pasid>(f, [&](auto p) {
      return forall<As>(f, [&](auto k) {
        return implies(s.slot(g, p) == k && is_kernel<A>(f, k) && !(p == f.rid_pasid()),
                       exists<Dev>(f, [&](auto d) { return f.group_of(d) == g && s.kernel_pasid(d, k) == p; }));
      });
    });
  });
}

/// A driver attaches the domain of its RID.
template <class A>
Val<A, bool> kernels_domain_is_the_rids(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<As>(f, [&](auto k) {
      return implies(!(s.kernel_pasid(d, k) == none) && f.kind(k) != Kind::init_mm,
                     s.slot(f.group_of(d), f.rid_pasid()) == k);
    });
  });
}

/// User space's own tables are attached only where it may choose numbers.
template <class A>
Val<A, bool> user_managed_needs_choice(const Facts<A>& f, const State<A>& s) {
  return forall<Group>(f, [&](auto g) {
    return forall<Pasid>(f, [&](auto p) {
      return forall<As>(f, [&](auto a) {
        return implies(s.slot(g, p) == a && f.kind(a) == Kind::user_managed, f.user_chosen() == Switch::on);
      });
    });
  });
}

template <class A>
Val<A, bool> rids_slot(const Facts<A>& f, const State<A>& s) {
  return forall<Group>(f, [&](auto g) {
    return forall<As>(f, [&](auto a) {
      return implies(s.slot(g, f.rid_pasid()) == a, s.published(g, f.rid_pasid()) && dma_domain<A>(f, a));
    });
  });
}

template <class A>
Val<A, bool> rids_entry(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return implies(!blocked<A>(f, s, d), s.entry(d, f.rid_pasid()) == s.slot(f.group_of(d), f.rid_pasid()));
  });
}

/// What the hardware table holds, software attached or is attaching.
template <class A>
Val<A, bool> entry_has_slot(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Pasid>(f, [&](auto p) {
      return forall<As>(f, [&](auto a) { return implies(s.entry(d, p) == a, s.slot(f.group_of(d), p) == a); });
    });
  });
}

template <class A>
Val<A, bool> entry_needs_pasids(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Pasid>(f,
                         [&](auto p) { return implies(!(s.entry(d, p) == none), f.capable(d) || p == f.rid_pasid()); });
  });
}

template <class A>
Val<A, bool> slot_fits_group(const Facts<A>& f, const State<A>& s) {
  return forall<Group>(f, [&](auto g) {
    return forall<Pasid>(f, [&](auto p) {
      return forall<Dev>(f, [&](auto d) {
        return implies(!(s.slot(g, p) == none) && !(p == f.rid_pasid()) && f.group_of(d) == g && f.capable(d),
                       f.fits(d, p));
      });
    });
  });
}

/// An attachment in the making and a reset wait for each other.
template <class A>
Val<A, bool> reserved_slot_is_not_under_reset(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Pasid>(f, [&](auto p) {
      return implies(blocked<A>(f, s, d) && !(s.slot(f.group_of(d), p) == none), s.published(f.group_of(d), p));
    });
  });
}

template <class A>
Val<A, bool> blocked_device_has_no_entry(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Pasid>(f, [&](auto p) { return implies(blocked<A>(f, s, d), s.entry(d, p) == none); });
  });
}

}  // namespace pasid::proofs::lemma
