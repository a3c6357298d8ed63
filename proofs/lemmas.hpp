// Lemmas: facts about every reachable state that the properties rest on. The prover starts from all of them and drops
// those a design does not preserve, so none is tied to a design.
#pragma once

#include "spec/designs.hpp"
#include "spec/effects.hpp"
#include "spec/rules/unbind.hpp"
#include "spec/state.hpp"

namespace pasid::proofs::lemma {

using namespace pasid::spec;  // NOLINT(google-build-using-namespace): the vocabulary of the rules

// Threads and mms.

template <class A>
Val<A, bool> thread_has_live_mm(const Facts<A>& f, const State<A>& s) {
  return forall<Task>(f, [&](auto t) { return implies(!(s.task_mm(t) == none), mm_live<A>(s, s.task_mm(t))); });
}

template <class A>
Val<A, bool> thread_state_needs_thread(const Facts<A>& f, const State<A>& s) {
  return forall<Task>(f, [&](auto t) { return implies(s.task_mm(t) == none, s.msr(t) == none && !s.activated(t)); });
}

template <class A>
Val<A, bool> msr_needs_enqcmd(const Facts<A>& f, const State<A>& s) {
  return forall<Task>(f, [&](auto t) { return implies(!msr_source<A>(f), s.msr(t) == none); });
}

template <class A>
Val<A, bool> filled_thread_has_msr(const Facts<A>& f, const State<A>& s) {
  return forall<Task>(f, [&](auto t) { return implies(s.activated(t), !(s.msr(t) == none)); });
}

template <class A>
Val<A, bool> only_mms_live(const Facts<A>& f, const State<A>& s) {
  return forall<As>(f, [&](auto m) { return implies(!(s.mm_at(m) == none), f.kind(m) == Kind::mm); });
}

// Numbers.

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
  const auto one = f.user_scope() == UserScope::global || f.user_scope() == UserScope::per_shared_device ||
                   f.user_scope() == UserScope::per_bond;
  return forall<Dev>(f, [&](auto d) {
    return forall<Space>(f, [&](auto space) {
      return forall<As>(
          f, [&](auto m) { return implies(one && !(s.pasid_of(space, m) == none), f.space_of(d) == space); });
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

template <class A>
Val<A, bool> kernel_pasid_is_owned(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<As>(f, [&](auto k) {
      const auto p = s.kernel_pasid(d, k);
      return implies(!(p == none), is_kernel<A>(f, k) && f.capable(d) && s.owner(f.kernel_space(d), p) == k);
    });
  });
}

template <class A>
Val<A, bool> kernel_pasid_in_set(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<As>(f, [&](auto k) {
      const auto p = s.kernel_pasid(d, k);
      return implies(!(p == none), f.kernel_set(d, p) && f.fits(d, p));
    });
  });
}

/// Two drivers never hold one number of one space, supervisor SVA apart.
template <class A>
Val<A, bool> kernel_pasid_unique(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Dev>(f, [&](auto e) {
      return forall<As>(f, [&](auto k) {
        return implies(f.kernel_space(d) == f.kernel_space(e) && !(s.kernel_pasid(d, k) == none) &&
                           f.kind(k) != Kind::init_mm && s.kernel_pasid(d, k) == s.kernel_pasid(e, k),
                       d == e);
      });
    });
  });
}

/// What the kernel owns is held by a driver of the number space.
template <class A>
Val<A, bool> kernels_number_is_held(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Pasid>(f, [&](auto p) {
      return forall<As>(f, [&](auto k) {
        return implies(!has_supervisor<A>(f) && s.owner(f.kernel_space(d), p) == k && is_kernel<A>(f, k),
                       exists<Dev>(f, [&](auto e) {
                         return f.kernel_space(e) == f.kernel_space(d) && s.kernel_pasid(e, k) == p;
                       }));
      });
    });
  });
}

/// In a space that only the kernel allocates from, what is owned is owned by the kernel, and no mm has a number.
template <class A>
Val<A, bool> kernels_space_is_the_kernels(const Facts<A>& f, const State<A>& s) {
  const auto its_own = f.kernel_scheme() == KernelScheme::reserved || f.kernel_scheme() == KernelScheme::one_set ||
                       f.kernel_scheme() == KernelScheme::per_device_sets;
  return forall<Dev>(f, [&](auto d) {
    return forall<As>(f, [&](auto a) {
      return implies(its_own, s.pasid_of(f.kernel_space(d), a) == none) && forall<Pasid>(f, [&](auto p) {
               return implies(its_own && s.owner(f.kernel_space(d), p) == a, is_kernel<A>(f, a));
             });
    });
  });
}

/// With a number for each bond, the mm itself has none.
template <class A>
Val<A, bool> numbers_are_the_bonds(const Facts<A>& f, const State<A>& s) {
  return forall<Space>(f, [&](auto space) {
    return forall<As>(f, [&](auto m) {
      return implies(f.user_scope() == UserScope::per_bond && f.kind(m) == Kind::mm, s.pasid_of(space, m) == none);
    });
  });
}

/// With a number for each bond, what an mm owns is a bond's of it.
template <class A>
Val<A, bool> owned_number_is_a_bonds(const Facts<A>& f, const State<A>& s) {
  return forall<Space>(f, [&](auto space) {
    return forall<Pasid>(f, [&](auto p) {
      return forall<As>(f, [&](auto m) {
        return implies(f.user_scope() == UserScope::per_bond && s.owner(space, p) == m && f.kind(m) == Kind::mm,
                       exists<Bond>(f, [&](auto b) {
                         return s.bond_mm(b) == m && s.bond_pasid(b) == p && f.space_of(bond_dev<A>(f, s, b)) == space;
                       }));
      });
    });
  });
}

/// Before 6.2 a supervisor bind's device is alone in its group too.
template <class A>
Val<A, bool> early_supervisor_is_alone_in_group(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Dev>(f, [&](auto e) {
      return forall<As>(f, [&](auto k) {
        return implies(has_supervisor<A>(f) && !(s.kernel_pasid(d, k) == none) && f.group_of(e) == f.group_of(d),
                       e == d);
      });
    });
  });
}

/// Either drivers hold numbers for init_mm or for DMA domains.
template <class A>
Val<A, bool> kernel_pasid_is_of_the_scheme(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<As>(f, [&](auto k) {
      return implies(!(s.kernel_pasid(d, k) == none), iff(f.kind(k) == Kind::init_mm, has_supervisor<A>(f)));
    });
  });
}

template <class A>
Val<A, bool> supervisor_holds_its_number(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<As>(f, [&](auto k) {
      return implies(f.kind(k) == Kind::init_mm && !(s.kernel_pasid(d, k) == none),
                     s.pasid_of(f.kernel_space(d), k) == s.kernel_pasid(d, k));
    });
  });
}

// Bonds.

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
    return implies(!bond_there<A>(s, b),
                   s.bond_wq(b) == none && s.bond_pasid(b) == none && s.bond_at(b) == none && !s.portal(b));
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
    return implies(s.portal(b), s.bond_at(b) == Step::live && !mm_had<A>(f, s, s.bond_mm(b), Step::release) &&
                                    mm_there<A>(s, s.bond_mm(b)));
  });
}

template <class A>
Val<A, bool> dedicated_queue_has_one_client(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(f, [&](auto b) {
    return forall<Bond>(f, [&](auto c) {
      return implies(bond_there<A>(s, b) && s.bond_wq(b) == s.bond_wq(c) && !f.shared(s.bond_wq(b)), b == c);
    });
  });
}

template <class A>
Val<A, bool> dedicated_queue_has_its_clients_pasid(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(f, [&](auto b) {
    return implies(bond_there<A>(s, b) && !f.shared(s.bond_wq(b)),
                   ite(s.bond_at(b) != Step::opening, s.bond_pasid(b), none) == s.wq_pasid(s.bond_wq(b)));
  });
}

template <class A>
Val<A, bool> queue_without_client_has_no_pasid(const Facts<A>& f, const State<A>& s) {
  return forall<Wq>(f, [&](auto w) {
    return implies(!(s.wq_pasid(w) == none),
                   !f.shared(w) && exists<Bond>(f, [&](auto b) { return s.bond_wq(b) == w; }));
  });
}

// What is attached.

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
      return implies(s.slot(g, f.rid_pasid()) == a, s.published(g, f.rid_pasid()) && (f.kind(a) == Kind::kernel_dma ||
                                                                                      f.kind(a) == Kind::pass_through));
    });
  });
}

template <class A>
Val<A, bool> rids_entry(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return implies(!s.resetting(d), s.entry(d, f.rid_pasid()) == s.slot(f.group_of(d), f.rid_pasid()));
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
      return implies(s.resetting(d) && !(s.slot(f.group_of(d), p) == none), s.published(f.group_of(d), p));
    });
  });
}

template <class A>
Val<A, bool> resetting_device_has_no_entry(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Pasid>(f, [&](auto p) { return implies(s.resetting(d), s.entry(d, p) == none); });
  });
}

// Caches: what they name is attached.

template <class A>
Val<A, bool> cached_entry_has_slot(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Pasid>(f, [&](auto p) {
      return forall<As>(f, [&](auto a) { return implies(s.pasid_cache(d, p, a), s.slot(f.group_of(d), p) == a); });
    });
  });
}

template <class A>
Val<A, bool> iotlb_has_slot(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Pasid>(f, [&](auto p) {
      return forall<As>(f, [&](auto a) { return implies(s.iotlb(d, p, a), s.slot(f.group_of(d), p) == a); });
    });
  });
}

template <class A>
Val<A, bool> atc_has_slot(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Pasid>(f, [&](auto p) {
      return forall<As>(f, [&](auto a) { return implies(s.atc(d, p, a), s.slot(f.group_of(d), p) == a); });
    });
  });
}

// The teardown of the last bond of an attachment: what each step has emptied stays empty.

/// Of the last bond's devices, once it has had step x, `empty(d, p, a)` holds.
template <class A, class Empty>
Val<A, bool> emptied(const Facts<A>& f, const State<A>& s, Val<A, Step> x, Empty empty) {
  return forall<Bond>(f, [&](auto b) {
    return forall<Dev>(f, [&](auto d) {
      return forall<As>(f, [&](auto a) {
        return implies(
            bond_had<A>(f, s, b, x) && unbind::last_user<A>(f, s, b) && f.group_of(d) == bond_group<A>(f, s, b),
            empty(d, s.bond_pasid(b), a));
      });
    });
  });
}

template <class A>
Val<A, bool> cleared_bond_has_no_entry(const Facts<A>& f, const State<A>& s) {
  return emptied<A>(f, s, Step::clear, [&](auto d, auto p, auto a) { return !(s.entry(d, p) == a); });
}
template <class A>
Val<A, bool> flushed_bond_has_no_cached_entry(const Facts<A>& f, const State<A>& s) {
  return emptied<A>(f, s, Step::flush_pasid_cache, [&](auto d, auto p, auto a) { return !s.pasid_cache(d, p, a); });
}
template <class A>
Val<A, bool> flushed_bond_has_no_translation(const Facts<A>& f, const State<A>& s) {
  return emptied<A>(f, s, Step::flush_iotlb, [&](auto d, auto p, auto a) { return !s.iotlb(d, p, a); });
}
template <class A>
Val<A, bool> flushed_bond_has_no_device_translation(const Facts<A>& f, const State<A>& s) {
  return emptied<A>(f, s, Step::flush_dev_tlb, [&](auto d, auto p, auto a) { return !s.atc(d, p, a); });
}
template <class A>
Val<A, bool> drained_bond_has_no_request(const Facts<A>& f, const State<A>& s) {
  return emptied<A>(f, s, Step::drain_faults, [&](auto d, auto p, auto a) { return !s.request(d, p, a); });
}

// The end of an address space: the same, on every device.

template <class A, class Empty>
Val<A, bool> ended(const Facts<A>& f, const State<A>& s, Val<A, Step> x, Empty empty) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Pasid>(f, [&](auto p) {
      return forall<As>(f, [&](auto m) { return implies(mm_had<A>(f, s, m, x), empty(d, p, m)); });
    });
  });
}

template <class A>
Val<A, bool> ended_mm_is_not_walked(const Facts<A>& f, const State<A>& s) {
  return ended<A>(f, s, Step::clear, [&](auto d, auto p, auto m) { return !walks_to<A>(f, s, d, p, m); });
}
template <class A>
Val<A, bool> ended_mm_has_no_cached_entry(const Facts<A>& f, const State<A>& s) {
  return ended<A>(f, s, Step::flush_pasid_cache, [&](auto d, auto p, auto m) { return !s.pasid_cache(d, p, m); });
}
template <class A>
Val<A, bool> ended_mm_has_no_translation(const Facts<A>& f, const State<A>& s) {
  return ended<A>(f, s, Step::flush_iotlb, [&](auto d, auto p, auto m) { return !s.iotlb(d, p, m); });
}
template <class A>
Val<A, bool> ended_mm_has_no_device_translation(const Facts<A>& f, const State<A>& s) {
  return ended<A>(f, s, Step::flush_dev_tlb, [&](auto d, auto p, auto m) { return !s.atc(d, p, m); });
}

// Work and page requests.

template <class A>
Val<A, bool> work_is_whole(const Facts<A>& f, const State<A>& s) {
  return forall<Desc>(f, [&](auto x) {
    return implies(!(s.desc_wq(x) == none), !(s.desc_pasid(x) == none) && !(s.desc_from(x) == none)) &&
           implies(s.desc_wq(x) == none, s.desc_touched(x) == none);
  });
}

/// Only a user queue without SVA lets work go without a PASID.
template <class A>
Val<A, bool> work_has_pasid(const Facts<A>& f, const State<A>& s) {
  return forall<Desc>(f,
                      [&](auto x) { return implies(!queue_without_sva<A>(f), !(s.desc_pasid(x) == f.rid_pasid())); });
}

/// Work in flight under a PASID is under one attached for its submitter.
template <class A>
Val<A, bool> work_has_slot(const Facts<A>& f, const State<A>& s) {
  return forall<Desc>(f, [&](auto x) {
    const auto g = f.group_of(desc_dev<A>(f, s, x));
    const auto p = s.desc_pasid(x);
    return implies(!(s.desc_wq(x) == none) && s.desc_touched(x) == none && !(p == f.rid_pasid()),
                   s.slot(g, p) == s.desc_from(x) && s.published(g, p));
  });
}

/// A process's work in flight has a bond of its submitter, on its device and PASID, that is not yet drained.
template <class A>
Val<A, bool> users_work_has_undrained_bond(const Facts<A>& f, const State<A>& s) {
  return forall<Desc>(f, [&](auto x) {
    const auto m = s.desc_from(x);
    return implies(!(s.desc_wq(x) == none) && s.desc_touched(x) == none && f.kind(m) == Kind::mm &&
                       !(s.desc_pasid(x) == f.rid_pasid()),
                   exists<Bond>(f, [&](auto b) {
                     return s.bond_mm(b) == m && bond_dev<A>(f, s, b) == desc_dev<A>(f, s, x) &&
                            s.bond_pasid(b) == s.desc_pasid(x) && s.bond_at(b) != Step::opening &&
                            !bond_had<A>(f, s, b, Step::drain);
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
Val<A, bool> outdated_is_cached(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Pasid>(f, [&](auto p) {
      return forall<As>(f, [&](auto a) {
        return implies(s.iotlb_outdated(d, p, a), s.iotlb(d, p, a)) && implies(s.atc_outdated(d, p, a), s.atc(d, p, a));
      });
    });
  });
}

}  // namespace pasid::proofs::lemma
