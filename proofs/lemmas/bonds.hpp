// Lemmas: open files, their queues and their PASIDs.
#pragma once

#include "proofs/lemmas/vocabulary.hpp"

namespace pasid::proofs::lemma {

template <class A>
Val<A, bool> bond_is_whole(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(f, [&](auto b) {
    return implies(bond_there<A>(s, b), mm_there<A>(s, s.bond_mm(b)) && !(s.bond_wq(b) == none) &&
                                            !(s.bond_pasid(b) == none) && !(s.bond_at(b) == none));
  });
}

template <class A>
Val<A, bool> absent_bond_is_empty(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(f, [&](auto b) {
    return implies(!bond_there<A>(s, b), s.bond_wq(b) == none && s.bond_pasid(b) == none && s.bond_at(b) == none &&
                                             !exists<As>(f, [&](auto m) { return s.portal(b, m); }));
  });
}

template <class A>
Val<A, bool> opening_bond_has_live_mm(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(f, [&](auto b) { return implies(s.bond_at(b) == Step::opening, mm_live<A>(s, s.bond_mm(b))); });
}

template <class A>
Val<A, bool> bond_carries_mm_pasid(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(f, [&](auto b) {
    return implies(bond_there<A>(s, b), s.bond_pasid(b) == s.pasid_of(f.space_of(bond_dev<A>(f, s, b)), s.bond_mm(b)));
  });
}

template <class A>
Val<A, bool> bond_owns_its_pasid(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(f, [&](auto b) {
    return implies(bond_there<A>(s, b), s.owner(f.space_of(bond_dev<A>(f, s, b)), s.bond_pasid(b)) == s.bond_mm(b));
  });
}

template <class A>
Val<A, bool> bonds_pasid_in_user_range(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(f, [&](auto b) { return implies(bond_there<A>(s, b), f.user_range(s.bond_pasid(b))); });
}

/// With a number for each bond, no two have the same.
template <class A>
Val<A, bool> bonds_pasid_is_its_own(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(f, [&](auto b) {
    return forall<Bond>(f, [&](auto c) {
      return implies(f.user_scope() == UserScope::per_bond && bond_there<A>(s, b) && s.bond_pasid(b) == s.bond_pasid(c),
                     b == c);
    });
  });
}

template <class A>
Val<A, bool> bond_is_on_a_users_queue(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(f, [&](auto b) {
    return implies(bond_there<A>(s, b), !f.kernel_queue(s.bond_wq(b)) && f.capable(bond_dev<A>(f, s, b)) &&
                                            f.fits(bond_dev<A>(f, s, b), s.bond_pasid(b)));
  });
}

template <class A>
Val<A, bool> bond_on_shared_queue_needs_enqcmd(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(
      f, [&](auto b) { return implies(bond_there<A>(s, b) && f.shared(s.bond_wq(b)), f.enqcmd() == Switch::on); });
}

/// Where every bind is refused before it has done anything there is no bond.
template <class A>
Val<A, bool> bond_needs_bind(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(f, [&](auto b) { return implies(!undoes_binds<A>(f), !bond_there<A>(s, b)); });
}

/// A bind that asks whether the device is alone in its group has none in another.
template <class A>
Val<A, bool> early_bond_is_alone_in_group(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(f, [&](auto b) {
    return forall<Dev>(f, [&](auto e) {
      return implies(binds_as_5_16<A>(f) && bond_there<A>(s, b) && f.group_of(e) == bond_group<A>(f, s, b),
                     e == bond_dev<A>(f, s, b));
    });
  });
}

/// iommu_sva_lock has one holder.
template <class A>
Val<A, bool> one_sva_lock_holder(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(f, [&](auto b) {
    return forall<Bond>(f, [&](auto c) {
      const auto holds = [&](auto x) { return s.bond_at(x) == Step::opening || bond_had<A>(f, s, x, Step::clear); };
      return implies(holds(b) && holds(c), b == c);
    });
  });
}

template <class A>
Val<A, bool> portal_needs_open_file(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(f, [&](auto b) {
    return forall<As>(f, [&](auto m) {
      return implies(s.portal(b, m),
                     s.bond_at(b) == Step::live && !mm_had<A>(f, s, m, Step::release) && mm_there<A>(s, m));
    });
  });
}

template <class A>
Val<A, bool> portal_is_the_openers(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(f, [&](auto b) {
    return forall<As>(
        f, [&](auto m) { return implies(f.portal_check() == Switch::on && s.portal(b, m), s.bond_mm(b) == m); });
  });
}

template <class A>
Val<A, bool> dedicated_queue_has_one_client(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(f, [&](auto b) {
    return forall<Bond>(f, [&](auto c) {
      return implies(bond_there<A>(s, b) && s.bond_wq(b) == s.bond_wq(c) && !f.shared(s.bond_wq(b)) &&
                         counted<A>(f, s, b) && counted<A>(f, s, c),
                     b == c);
    });
  });
}

/// b's queue is b's own as far as step drain.
template <class A>
Val<A, bool> holds_queue(const Facts<A>& f, const State<A>& s, Val<A, Bond> b) {
  return bond_there<A>(s, b) && s.bond_at(b) != Step::opening && !bond_had<A>(f, s, b, Step::drain);
}

template <class A>
Val<A, bool> dedicated_queue_has_its_clients_pasid(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(f, [&](auto b) {
    return implies(bond_there<A>(s, b) && !f.shared(s.bond_wq(b)) && !forgets_clients<A>(f),
                   ite(holds_queue<A>(f, s, b), s.bond_pasid(b), none) == s.wq_pasid(s.bond_wq(b)));
  });
}

/// The PASID of a queue is that of somebody who has it open.
template <class A>
Val<A, bool> queues_pasid_is_a_clients(const Facts<A>& f, const State<A>& s) {
  return forall<Wq>(f, [&](auto w) {
    return implies(!(s.wq_pasid(w) == none), !f.shared(w) && exists<Bond>(f, [&](auto b) {
      return holds_queue<A>(f, s, b) && s.bond_wq(b) == w && s.bond_pasid(b) == s.wq_pasid(w);
    }));
  });
}

template <class A>
Val<A, bool> only_bonds_are_forgotten(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(f, [&](auto b) {
    return implies(s.forgotten(b), bond_there<A>(s, b) && s.bond_at(b) != Step::opening && forgets_clients<A>(f));
  });
}

}  // namespace pasid::proofs::lemma
