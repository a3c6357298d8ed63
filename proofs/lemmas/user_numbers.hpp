// Lemmas: which PASIDs mms have, and from where.
#pragma once

#include "proofs/lemmas/vocabulary.hpp"

namespace pasid::proofs::lemma {

template <class A>
Val<A, bool> pasid_is_owned(const Facts<A>& f, const State<A>& s) {
  return forall<Space>(f, [&](auto space) {
    return forall<As>(
        f, [&](auto m) { return implies(!(s.pasid_of(space, m) == none), s.owner(space, s.pasid_of(space, m)) == m); });
  });
}

/// a is of a kind whose numbers pasid_of has.
template <class A>
Val<A, bool> bound_by_sva(const Facts<A>& f, Val<A, As> a) {
  return f.kind(a) == Kind::mm || f.kind(a) == Kind::init_mm;
}

template <class A>
Val<A, bool> owner_has_pasid(const Facts<A>& f, const State<A>& s) {
  return forall<Space>(f, [&](auto space) {
    return forall<Pasid>(f, [&](auto p) {
      return forall<As>(f, [&](auto m) {
        return implies(s.owner(space, p) == m && bound_by_sva<A>(f, m), s.pasid_of(space, m) == p);
      });
    });
  });
}

template <class A>
Val<A, bool> only_sva_has_pasid(const Facts<A>& f, const State<A>& s) {
  return forall<Space>(f, [&](auto space) {
    return forall<As>(f, [&](auto m) { return implies(!(s.pasid_of(space, m) == none), bound_by_sva<A>(f, m)); });
  });
}

template <class A>
Val<A, bool> pasid_needs_mm(const Facts<A>& f, const State<A>& s) {
  return forall<Space>(f, [&](auto space) {
    return forall<As>(f, [&](auto m) {
      return implies(!(s.pasid_of(space, m) == none) && f.kind(m) == Kind::mm, mm_there<A>(s, m));
    });
  });
}

template <class A>
Val<A, bool> counted_pasid_needs_bond(const Facts<A>& f, const State<A>& s) {
  return forall<Space>(f, [&](auto space) {
    return forall<As>(f, [&](auto m) {
      return implies(counts_binds<A>(f) && !(s.pasid_of(space, m) == none) && f.kind(m) == Kind::mm,
                     exists<Bond>(f, [&](auto b) { return s.bond_mm(b) == m; }));
    });
  });
}

template <class A>
Val<A, bool> counted_pasid_has_reference(const Facts<A>& f, const State<A>& s) {
  return forall<Space>(f, [&](auto space) {
    return forall<As>(f, [&](auto m) {
      return implies(counts_binds<A>(f) && !(s.pasid_of(space, m) == none) && f.kind(m) == Kind::mm,
                     exists<Bond>(f, [&](auto b) { return s.pasid_ref(b) == m; }));
    });
  });
}

template <class A>
Val<A, bool> reference_is_on_an_mm(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(f,
                      [&](auto b) { return implies(!(s.pasid_ref(b) == none), f.kind(s.pasid_ref(b)) == Kind::mm); });
}

template <class A>
Val<A, bool> reference_is_on_a_pasid(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(f, [&](auto b) {
    return forall<Dev>(f, [&](auto d) {
      return implies(one_users_space<A>(f) && !(s.pasid_ref(b) == none),
                     !(s.pasid_of(f.space_of(d), s.pasid_ref(b)) == none));
    });
  });
}

template <class A>
Val<A, bool> counted_bond_has_reference(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(f, [&](auto b) { return implies(counts_binds<A>(f), s.pasid_ref(b) == s.bond_mm(b)); });
}

/// Even where not every unbind puts its reference.
template <class A>
Val<A, bool> counted_bond_is_counted(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(
      f, [&](auto b) { return implies(counts_binds<A>(f) && bond_there<A>(s, b), s.pasid_ref(b) == s.bond_mm(b)); });
}

template <class A>
Val<A, bool> uncounted_bond_has_none(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(f, [&](auto b) { return implies(!counts_binds<A>(f), s.pasid_ref(b) == none); });
}

template <class A>
Val<A, bool> users_number_in_user_range(const Facts<A>& f, const State<A>& s) {
  return forall<Space>(f, [&](auto space) {
    return forall<As>(
        f, [&](auto m) { return implies(!(s.pasid_of(space, m) == none), f.user_range(s.pasid_of(space, m))); });
  });
}

/// Where all devices share a number space, mms have numbers in that one.
template <class A>
Val<A, bool> users_number_in_the_one_space(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Space>(f, [&](auto space) {
      return forall<As>(f, [&](auto m) {
        return implies(one_users_space<A>(f) && !(s.pasid_of(space, m) == none), f.space_of(d) == space);
      });
    });
  });
}

/// What an allocator has given to an mm is from the users' range.
template <class A>
Val<A, bool> owned_by_mm_in_user_range(const Facts<A>& f, const State<A>& s) {
  return forall<Space>(f, [&](auto space) {
    return forall<Pasid>(f, [&](auto p) {
      return forall<As>(
          f, [&](auto m) { return implies(s.owner(space, p) == m && f.kind(m) == Kind::mm, f.user_range(p)); });
    });
  });
}

/// What an allocator has given away is the RID's index nowhere.
template <class A>
Val<A, bool> owned_is_not_the_rid(const Facts<A>& f, const State<A>& s) {
  return forall<Space>(f, [&](auto space) { return s.owner(space, f.rid_pasid()) == none; });
}

}  // namespace pasid::proofs::lemma
